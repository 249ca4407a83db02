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

from dlm_lsp.document import Document, Edit, Section, remove, remove_marker
from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.ide.code_actions import prose_sections
from dlm_lsp.ide.hover import hover
from dlm_lsp.ide.provenance import as_synthesized, opening_span, source_sections
from dlm_lsp.server import diagnostics, synthesis
from dlm_lsp.server.changes import ChangeOutcome, send_change
from dlm_lsp.server.command_args import (
    ChosenSections,
    section_ids,
    sections_to_change,
    sections_to_revert,
)
from dlm_lsp.server.command_names import COMMANDS
from dlm_lsp.server.document_context import hover_context
from dlm_lsp.server.editor_messages import editor_message
from dlm_lsp.server.overview import overview_answer
from dlm_lsp.server.pygls_patches import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.synthesis_request import (
    EditorRequest,
    ReviewMode,
    options_from_settings,
    regeneration_request,
)
from dlm_lsp.store.files import make_folder, replace_file
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import shared_document_lock
from dlm_lsp.store.plan import clear_plan, load_plan, take_from_plan
from dlm_lsp.synth.insertion import InsertionPlan, plan_insertion
from dlm_lsp.synth.options import StrategyChoice

_log = logging.getLogger(__name__)

CommandResult = dict[str, Any]


async def execute_command(server: DlmServer, name: str, arguments: Sequence[Any]) -> CommandResult:
    """Do a command; what is wrong with it is part of the answer, and shown to the user."""
    argument = arguments[0] if arguments else {}
    if isinstance(argument, str):
        # Some editors can pass a text only: the document, or the job to cancel.
        argument = {"token" if argument.startswith("dlm-") else "uri": argument}
    try:
        if not isinstance(argument, Mapping):
            raise UsageError(f"{name} takes an object such as {{'uri': 'file:///notes.dlm'}}")
        if isinstance(uri := argument.get("uri"), str) and server.live(uri):
            await server.settings(uri)
        return _DONE_BY[name](server, argument)
    except Exception as error:
        message = editor_message(error)
        server.tell_error(message)
        return {"error": message}


def _run(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    live = _live(server, argument)
    settings = server.open_document(live.uri).settings
    known = prose_sections(live.pieces.document.sections)
    wanted = section_ids(argument)
    sections = known if wanted is None else tuple(id_ for id_ in known if id_ in wanted)
    strategy = argument.get("strategy")
    if strategy not in (None, *get_args(StrategyChoice)):
        raise UsageError(f"strategy is {strategy!r}; it takes extraction, expansion or both")
    review = argument.get("review") or settings.review
    if review not in get_args(ReviewMode):
        raise UsageError(f"review is {review!r}; it takes insert, preview or stage")
    options = options_from_settings(settings, strategy)
    return _started(server, EditorRequest(live.uri, sections, options, review))


def _regenerate(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    live = _live(server, argument)
    settings = server.open_document(live.uri).settings
    chosen = sections_to_change(live.pieces.document, argument).sections
    request = regeneration_request(live.pieces.document, chosen, live.uri, settings)
    if isinstance(request, str):
        raise UsageError(request)
    return _started(server, request)


def _cancel(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    token, uri = argument.get("token"), argument.get("uri")
    if token is not None:
        return {"cancelled": server.jobs.cancel(token=str(token))}
    live = server.live(uri) if isinstance(uri, str) else None
    return {"cancelled": server.jobs.cancel(uri=live.uri if live else uri)}


def _keep(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    return _change(server, argument, sections_to_change, remove_marker, "Keep synthesized section")


def _remove(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    return _change(server, argument, sections_to_change, remove, "Remove synthesized section")


def _revert(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    store = server.store(_live(server, argument).pieces.document)
    ledger = Ledger(store).all() if store else ()

    def choose(document: Document, argument: Mapping[str, Any]) -> ChosenSections:
        return sections_to_revert(document, argument, ledger)

    spared = choose(_live(server, argument).pieces.document, argument).spared
    answer = _change(server, argument, choose, remove, "Revert synthesized instructions")
    return {**answer, "edited": list(spared)}


def _apply(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    live, wanted = _live(server, argument), section_ids(argument)
    store = _store(server, live)
    plan = load_plan(store)
    staged = [s for s in (plan.sections if plan else ()) if wanted is None or s.id in wanted]
    if not staged:
        raise UsageError("nothing is staged for this document")
    placement = server.open_document(live.uri).settings.placement
    insertion: InsertionPlan | None = None

    def compute(document: Document) -> Sequence[Edit]:
        nonlocal insertion
        plan = load_plan(store)
        # What was discarded while an edit before this one waited is not put in.
        waiting = [section for section in staged if plan and section in plan.sections]
        insertion = plan_insertion(document, waiting, placement)
        return insertion.edits

    async def work() -> None:
        applied = await send_change(server, live.uri, compute, "Apply staged instructions")
        if insertion is None or applied not in (ChangeOutcome.YES, ChangeOutcome.NOTHING):
            server.tell_error(f"nothing was applied: {applied.value}")
            return
        done = {section.id for section in (*insertion.placed, *insertion.present)}
        async with shared_document_lock(store, "dlm-lsp", server.tell):
            take_from_plan(store, done)
        if insertion.unplaced:
            server.tell_error(
                f"{len(insertion.unplaced)} stay staged: {insertion.unplaced[0].reason}"
            )

    _in_background(server, live.uri, work)
    return {"applying": [section.id for section in staged]}


def _discard(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
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


def _report(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    live = _live(server, argument)
    markdown = server.reports.get(live.uri)
    if markdown is None:
        raise UsageError("nothing was synthesized from this document since it was opened")
    return _shown(server, live, "report.md", markdown)


def _overview(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    return overview_answer(server, _live(server, argument))


def _show_provenance(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    live = _live(server, argument)
    one = as_synthesized(sections_to_change(live.pieces.document, argument).sections[0])
    if one is None:
        raise UsageError("this section was not synthesized")
    known = hover_context(server, live)
    told = hover(
        live.pieces.document,
        one.line.start,
        provenance=known.provenance,
        link=known.link,
        now=known.now,
    )
    return _shown(server, live, "provenance.md", f"{told.markdown if told else ''}\n")


def _go_to_source(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    live = _live(server, argument)
    marker = sections_to_change(live.pieces.document, argument).sections[0].synth
    source = source_sections(live.pieces.document).get(marker.source_section_id if marker else "")
    if source is None:
        raise UsageError("the source section has changed or is gone")
    range_ = live.positions.range(opening_span(source))
    if server.client.shows_documents:
        server.window_show_document(
            types.ShowDocumentParams(live.uri, take_focus=True, selection=range_)
        )
    return {"uri": live.uri, "line": range_.start.line}


def _started(server: DlmServer, request: EditorRequest) -> CommandResult:
    job = synthesis.start_synthesis(server, request)
    if isinstance(job, str):
        raise UsageError(job)
    return {"token": job.token, "sections": sorted(job.sections)}


def _change(
    server: DlmServer,
    argument: Mapping[str, Any],
    choose: Callable[[Document, Mapping[str, Any]], ChosenSections],
    edits: Callable[[Document, Sequence[Section]], Sequence[Edit]],
    label: str,
) -> CommandResult:
    live = _live(server, argument)
    ids = [section.id for section in choose(live.pieces.document, argument).sections]

    def compute(document: Document) -> Sequence[Edit]:
        try:
            again = choose(document, argument).sections
        except UsageError:
            return ()
        # What came meanwhile, the user has not seen.
        return edits(document, [section for section in again if section.id in ids])

    async def work() -> None:
        applied = await send_change(server, live.uri, compute, label)
        if applied not in (ChangeOutcome.YES, ChangeOutcome.NOTHING):
            server.tell_error(f"{label}: {applied.value}")

    _in_background(server, live.uri, work)
    return {"sections": ids}


def _in_background(server: DlmServer, uri: str, work: Callable[[], Awaitable[None]]) -> None:
    async def safely() -> None:
        try:
            await work()
        except Exception as error:
            server.tell_error(editor_message(error))
        server.refresh(uri)
        diagnostics.refresh_diagnostics(server, uri)

    task = asyncio.create_task(safely())
    server.tasks.add(task)
    task.add_done_callback(server.tasks.discard)


def _shown(server: DlmServer, live: LiveDocument, name: str, markdown: str) -> CommandResult:
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
        raise UsageError("no open document is named: give its `uri`")
    return live


def _store(server: DlmServer, live: LiveDocument) -> Any:
    store = server.store(live.pieces.document)
    if store is None:
        raise UsageError("the document has no sound frontmatter, and so no store")
    return store


_DONE_BY: dict[str, Callable[[DlmServer, Mapping[str, Any]], CommandResult]] = {
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
