"""What the client can have done: each command answers at once, and the work goes on behind it.

The one argument of a command is an object that names the document by `uri`, and for most of them
sections by `sections`, a list of ids.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from lsprotocol import types

from dlm_lsp.document import Document, Edit, Section, keep, remove
from dlm_lsp.ide.actions import prose
from dlm_lsp.ide.hover import hover
from dlm_lsp.ide.origin import as_synthesized, opening, sources
from dlm_lsp.server import diagnostics, synthesis
from dlm_lsp.server.changes import Applied, change
from dlm_lsp.server.chosen import Chosen, CommandError, named, section_ids, to_revert
from dlm_lsp.server.knowledge import knowledge
from dlm_lsp.server.names import COMMANDS
from dlm_lsp.server.overview import overview_of
from dlm_lsp.server.request import Request, Review, options_of, regeneration
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.workarounds import LiveDocument
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.files import make_folder, replace_file
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import shared_document_lock
from dlm_lsp.store.plan import clear_plan, load_plan, take_from_plan
from dlm_lsp.synth.options import OptionError, StrategyChoice
from dlm_lsp.synth.place import Placing, place

_log = logging.getLogger(__name__)

Answer = dict[str, Any]


async def run(server: DlmServer, name: str, arguments: Sequence[Any]) -> Answer:
    """Do a command; what is wrong with it is part of the answer, and shown to the user."""
    argument = arguments[0] if arguments else {}
    if isinstance(argument, str):
        # Some editors can pass a text only: the document, or the job to cancel.
        argument = {"token" if argument.startswith("dlm-") else "uri": argument}
    try:
        if not isinstance(argument, Mapping):
            raise CommandError(f"{name} takes an object such as {{'uri': 'file:///notes.dlm'}}")
        if isinstance(uri := argument.get("uri"), str) and server.live(uri):
            await server.settings(uri)
        return _DONE_BY[name](server, argument)
    except (CommandError, StoreError, OptionError) as error:
        server.tell_error(str(error))
        return {"error": str(error)}


def _run(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    live = _live(server, argument)
    settings = server.watch(live.uri).settings
    known = prose(live.pieces.document.sections)
    wanted = section_ids(argument)
    sections = known if wanted is None else tuple(id_ for id_ in known if id_ in wanted)
    strategy = argument.get("strategy")
    if strategy not in (None, *get_args(StrategyChoice)):
        raise CommandError(f"strategy is {strategy!r}; it takes extraction, expansion or both")
    review = argument.get("review") or settings.review
    if review not in get_args(Review):
        raise CommandError(f"review is {review!r}; it takes insert, preview or stage")
    options = options_of(settings, strategy)
    return _started(server, Request(live.uri, sections, options, review))


def _regenerate(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    live = _live(server, argument)
    settings = server.watch(live.uri).settings
    chosen = named(live.pieces.document, argument).sections
    request = regeneration(live.pieces.document, chosen, live.uri, settings)
    if isinstance(request, str):
        raise CommandError(request)
    return _started(server, request)


def _cancel(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    token, uri = argument.get("token"), argument.get("uri")
    if token is not None:
        return {"cancelled": server.jobs.cancel(token=str(token))}
    live = server.live(uri) if isinstance(uri, str) else None
    return {"cancelled": server.jobs.cancel(uri=live.uri if live else uri)}


def _keep(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    return _change(server, argument, named, keep, "Keep synthesized section")


def _remove(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    return _change(server, argument, named, remove, "Remove synthesized section")


def _revert(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    store = server.store(_live(server, argument).pieces.document)
    ledger = Ledger(store).all() if store else ()

    def choose(document: Document, argument: Mapping[str, Any]) -> Chosen:
        return to_revert(document, argument, ledger)

    spared = choose(_live(server, argument).pieces.document, argument).spared
    answer = _change(server, argument, choose, remove, "Revert synthesized instructions")
    return {**answer, "edited": list(spared)}


def _apply(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    live, wanted = _live(server, argument), section_ids(argument)
    store = _store(server, live)
    plan = load_plan(store)
    staged = [s for s in (plan.sections if plan else ()) if wanted is None or s.id in wanted]
    if not staged:
        raise CommandError("nothing is staged for this document")
    placement = server.watch(live.uri).settings.placement
    placing: Placing | None = None

    def compute(document: Document) -> Sequence[Edit]:
        nonlocal placing
        plan = load_plan(store)
        # What was discarded while an edit before this one waited is not put in.
        waiting = [section for section in staged if plan and section in plan.sections]
        placing = place(document, waiting, placement)
        return placing.edits

    async def work() -> None:
        applied = await change(server, live.uri, compute, "Apply staged instructions")
        if placing is None or applied not in (Applied.YES, Applied.NOTHING):
            server.tell_error(f"nothing was applied: {applied.value}")
            return
        done = {section.id for section in (*placing.placed, *placing.present)}
        async with shared_document_lock(store, "dlm-lsp", server.tell):
            take_from_plan(store, done)
        if placing.left:
            server.tell_error(f"{len(placing.left)} stay staged: {placing.left[0].reason}")

    _in_background(server, live.uri, work)
    return {"applying": [section.id for section in staged]}


def _discard(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    live, wanted = _live(server, argument), section_ids(argument)
    store = _store(server, live)
    # Of a plan that cannot be read, all can be dropped, and nothing else.
    unreadable = wanted is None and _is_unreadable(store)
    plan = None if unreadable else load_plan(store)
    ids = [s.id for s in (plan.sections if plan else ()) if wanted is None or s.id in wanted]

    async def work() -> None:
        async with shared_document_lock(store, "dlm-lsp", server.tell):
            if unreadable and _is_unreadable(store):
                clear_plan(store)
            else:
                take_from_plan(store, ids)

    _in_background(server, live.uri, work)
    return {"discarding": ids}


def _is_unreadable(store: Path) -> bool:
    try:
        load_plan(store)
    except StoreError:
        return True
    return False


def _report(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    live = _live(server, argument)
    markdown = server.reports.get(live.uri)
    if markdown is None:
        raise CommandError("nothing was synthesized from this document since it was opened")
    return _shown(server, live, "report.md", markdown)


def _overview(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    return overview_of(server, _live(server, argument))


def _show_provenance(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    live = _live(server, argument)
    one = as_synthesized(named(live.pieces.document, argument).sections[0])
    if one is None:
        raise CommandError("this section was not synthesized")
    known = knowledge(server, live)
    told = hover(
        live.pieces.document,
        one.line.start,
        provenance=known.provenance,
        link=known.link,
        now=known.now,
    )
    return _shown(server, live, "provenance.md", f"{told.markdown if told else ''}\n")


def _go_to_source(server: DlmServer, argument: Mapping[str, Any]) -> Answer:
    live = _live(server, argument)
    marker = named(live.pieces.document, argument).sections[0].synth
    source = sources(live.pieces.document).get(marker.source_section_id if marker else "")
    if source is None:
        raise CommandError("the source section has changed or is gone")
    range_ = live.places.range(opening(source))
    if server.client.shows_documents:
        server.window_show_document(
            types.ShowDocumentParams(live.uri, take_focus=True, selection=range_)
        )
    return {"uri": live.uri, "line": range_.start.line}


def _started(server: DlmServer, request: Request) -> Answer:
    job = synthesis.start(server, request)
    if isinstance(job, str):
        raise CommandError(job)
    return {"token": job.token, "sections": sorted(job.sections)}


def _change(
    server: DlmServer,
    argument: Mapping[str, Any],
    choose: Callable[[Document, Mapping[str, Any]], Chosen],
    edits: Callable[[Document, Sequence[Section]], Sequence[Edit]],
    label: str,
) -> Answer:
    live = _live(server, argument)
    ids = [section.id for section in choose(live.pieces.document, argument).sections]

    def compute(document: Document) -> Sequence[Edit]:
        try:
            again = choose(document, argument).sections
        except CommandError:
            return ()
        # What came meanwhile, the user has not seen.
        return edits(document, [section for section in again if section.id in ids])

    async def work() -> None:
        applied = await change(server, live.uri, compute, label)
        if applied not in (Applied.YES, Applied.NOTHING):
            server.tell_error(f"{label}: {applied.value}")

    _in_background(server, live.uri, work)
    return {"sections": ids}


def _in_background(server: DlmServer, uri: str, work: Callable[[], Awaitable[None]]) -> None:
    async def safely() -> None:
        try:
            await work()
        except StoreError as error:
            server.tell_error(str(error))
        server.refresh(uri)
        diagnostics.again(server, uri)

    task = asyncio.create_task(safely())
    server.tasks.add(task)
    task.add_done_callback(server.tasks.discard)


def _shown(server: DlmServer, live: LiveDocument, name: str, markdown: str) -> Answer:
    """Write a Markdown document into the store, where the client can show it, and return it."""
    path = _store(server, live) / "synth" / name
    make_folder(path.parent)
    replace_file(path, markdown.encode("utf-8", "replace"))
    if server.client.shows_documents:
        server.window_show_document(types.ShowDocumentParams(path.as_uri(), take_focus=True))
    else:
        told = types.ShowMessageParams(types.MessageType.Info, f"written to {path}")
        server.window_show_message(told)
    return {"uri": path.as_uri(), "markdown": markdown}


def _live(server: DlmServer, argument: Mapping[str, Any]) -> LiveDocument:
    uri = argument.get("uri")
    live = server.live(uri) if isinstance(uri, str) else None
    if live is None:
        raise CommandError("no open document is named: give its `uri`")
    return live


def _store(server: DlmServer, live: LiveDocument) -> Any:
    store = server.store(live.pieces.document)
    if store is None:
        raise CommandError("the document has no sound frontmatter, and so no store")
    return store


_DONE_BY: dict[str, Callable[[DlmServer, Mapping[str, Any]], Answer]] = {
    COMMANDS["synthesize"]: _run,
    COMMANDS["cancel"]: _cancel,
    COMMANDS["keep"]: _keep,
    COMMANDS["remove"]: _remove,
    COMMANDS["regenerate"]: _regenerate,
    COMMANDS["source"]: _go_to_source,
    COMMANDS["provenance"]: _show_provenance,
    COMMANDS["apply"]: _apply,
    COMMANDS["discard"]: _discard,
    COMMANDS["revert"]: _revert,
    COMMANDS["report"]: _report,
    COMMANDS["overview"]: _overview,
}
