"""Commands: each answers at once, and the work goes on behind it.

The one argument of a command is an object that names the document by `uri`, and for most of them
sections by `sections`, a list of ids. `teachers` and `workspace` are about no document and need
none. With `force` a copy of a document uses what is staged for the other. `estimate` takes what
`synthesize` takes, or with `regenerate` what that takes. With `more`, `synthesize` asks for other
pairs than are there. `decide` takes a `decision`, `accepted` or `rejected`, and where a single pair
is to be accepted in other words, its `question` and `answer`; until it is carried out `review`
lists its pairs as `deciding`. `review` takes a `filter`, with `state` (a list), `teacher`, `below`,
`lowFirst` and `all` as the flags of `dlm synth review` mean them, and tells what that has `chosen`.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

from lsprotocol import types

from dlm_lsp.api.reviewing import now
from dlm_lsp.document import Document, Edit, Placement, Section, remove, remove_marker
from dlm_lsp.errors import StoreError
from dlm_lsp.ide.code_actions import prose_sections
from dlm_lsp.ide.hover import hover
from dlm_lsp.ide.markdown import with_links_to
from dlm_lsp.ide.provenance import as_synthesized, opening_span, source_sections
from dlm_lsp.server import diagnostics, synthesis
from dlm_lsp.server.changes import ChangeOutcome, send_change
from dlm_lsp.server.command_args import (
    ChosenSections,
    section_ids,
    sections_to_change,
    sections_to_revert,
)
from dlm_lsp.server.command_error import CommandError, error_code
from dlm_lsp.server.command_names import COMMANDS
from dlm_lsp.server.copies import copy_refusal, is_forced
from dlm_lsp.server.editor_messages import editor_message
from dlm_lsp.server.estimate import estimate_answer
from dlm_lsp.server.hover_context import hover_context
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.overview import overview_answer
from dlm_lsp.server.report import last_report_markdown
from dlm_lsp.server.review import items_in_editor, read_decision, review_answer
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.synthesis_request import (
    EditorRequest,
    ReviewMode,
    options_for_more,
    options_from_settings,
    regeneration_request,
)
from dlm_lsp.server.teachers import teachers_answer
from dlm_lsp.store.decisions import record_decisions
from dlm_lsp.store.discarded import discard_from_plan, restore_discarded
from dlm_lsp.store.files import make_folder, replace_file
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import shared_document_lock
from dlm_lsp.store.plan import StagedSection, load_plan, take_from_plan
from dlm_lsp.synth.insertion import InsertionPlan, plan_insertion
from dlm_lsp.synth.options import StrategyChoice
from dlm_lsp.synth.review_change import reject_items
from dlm_lsp.teachers.availability import Unavailable

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
            raise CommandError(
                "bad-argument", f"{name} takes an object such as {{'uri': 'file:///notes.dlm'}}"
            )
        if isinstance(uri := argument.get("uri"), str) and server.text_document(uri):
            # In turn: what is asked after a decision is to know of it, and a cancel of a run.
            async with server.open_document(uri).command_turn:
                await server.settings(uri)
                await server.load_profile(uri)
        result = _COMMAND_HANDLERS[name](server, argument)
        return await result if isinstance(result, Awaitable) else result
    except Exception as error:
        message = editor_message(error)
        server.tell_error(message)
        return {"error": message, "code": error_code(error)}


def _run(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    request = _run_request(server, argument)
    _refuse_copy(server, _text_document(server, argument), argument)
    return _start(server, request)


def _run_request(server: DlmServer, argument: Mapping[str, Any]) -> EditorRequest:
    text_document = _text_document(server, argument)
    settings = server.open_document(text_document.uri).settings
    prose = prose_sections(text_document.incremental.document.sections)
    wanted = section_ids(argument)
    sections = prose if wanted is None else tuple(id_ for id_ in prose if id_ in wanted)
    strategy = argument.get("strategy")
    if strategy not in (None, *get_args(StrategyChoice)):
        raise CommandError(
            "bad-argument", f"strategy is {strategy!r}; it takes extraction, expansion or both"
        )
    review = argument.get("review") or settings.review
    if review not in get_args(ReviewMode):
        raise CommandError(
            "bad-argument", f"review is {review!r}; it takes insert, preview or stage"
        )
    options = options_from_settings(settings, strategy)
    if argument.get("more") is True:
        document = text_document.incremental.document
        options = options_for_more(document, sections, options)
    return EditorRequest(text_document.uri, sections, options, review)


def _regenerate(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    request = _regeneration(server, argument)
    _refuse_copy(server, _text_document(server, argument), argument)
    return _start(server, request)


def _regeneration(server: DlmServer, argument: Mapping[str, Any]) -> EditorRequest:
    text_document = _text_document(server, argument)
    settings = server.open_document(text_document.uri).settings
    sections = sections_to_change(text_document.incremental.document, argument).sections
    request = regeneration_request(
        text_document.incremental.document, sections, text_document.uri, settings
    )
    if isinstance(request, Unavailable):
        raise CommandError(request.code, request.message)
    return request


async def _estimate(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    requested = _regeneration if argument.get("regenerate") is True else _run_request
    return await estimate_answer(server, requested(server, argument))


def _refuse_copy(
    server: DlmServer, text_document: LiveDocument, argument: Mapping[str, Any]
) -> None:
    """Refuse to pay for pairs that could only be staged among those of another document."""
    store = server.store(text_document.incremental.document)
    refusal = copy_refusal(server, text_document, store, argument) if store else None
    if refusal:
        raise refusal


def _cancel(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    token, uri = argument.get("token"), argument.get("uri")
    if token is not None:
        return {"cancelled": server.jobs.cancel(token=str(token))}
    text_document = server.text_document(uri) if isinstance(uri, str) else None
    store = server.store(text_document.incremental.document) if text_document else None
    return {"cancelled": server.jobs.cancel(document=store or uri)}


def _keep(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    return _change(server, argument, sections_to_change, remove_marker, "Keep synthesized section")


def _remove(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    text_document = _text_document(server, argument)
    document = text_document.incremental.document
    store = server.store(document)
    ids = {section.id for section in sections_to_change(document, argument).sections}
    items = [item for item in items_in_editor(server, document) if item.id in ids]

    async def remember() -> None:
        # Of equal sections another may stay.
        there = {section.id for section in text_document.incremental.document.sections}
        gone = [item for item in items if item.is_editable and item.id not in there]
        if store:
            record_decisions(store, reject_items(document, gone, now()).decisions)

    label = "Remove synthesized section"
    return _change(server, argument, sections_to_change, remove, label, then=remember)


def _revert(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    store = server.store(_text_document(server, argument).incremental.document)
    ledger = Ledger(store).all() if store else ()

    def choose(document: Document, argument: Mapping[str, Any]) -> ChosenSections:
        return sections_to_revert(document, argument, ledger)

    spared = choose(_text_document(server, argument).incremental.document, argument).spared
    answer = _change(server, argument, choose, remove, "Revert synthesized instructions")
    return {**answer, "edited": list(spared)}


def _apply(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    text_document, wanted = _text_document(server, argument), section_ids(argument)
    store = _store(server, text_document)
    plan = load_plan(store)
    staged = [s for s in (plan.sections if plan else ()) if wanted is None or s.id in wanted]
    if not staged:
        raise CommandError("nothing-staged", "nothing is staged for this document")
    placement = server.open_document(text_document.uri).settings.placement
    application = _StagedApplication(server, text_document.uri, store, staged, placement)
    refusal = copy_refusal(server, text_document, store, argument)

    async def work() -> None:
        if refusal is None or await is_forced(server, refusal):
            await application.run()

    _in_background(server, text_document.uri, work)
    return {"applying": [section.id for section in staged]}


@dataclass(slots=True)
class _StagedApplication:
    """Staged sections on their way into a document."""

    server: DlmServer
    uri: str
    store: Path
    staged: Sequence[StagedSection]
    placement: Placement
    insertion: InsertionPlan | None = None

    async def run(self) -> None:
        """Put them in, take what is in off the plan, and tell the user of the rest."""
        outcome = await send_change(self.server, self.uri, self._edits, "Apply staged instructions")
        insertion = self.insertion
        if insertion is None or outcome not in (ChangeOutcome.YES, ChangeOutcome.NOTHING):
            self.server.tell_error(f"nothing was applied: {outcome.value}")
            return
        done = {section.id for section in (*insertion.placed, *insertion.present)}
        async with shared_document_lock(self.store, "dlm-lsp", self.server.tell):
            take_from_plan(self.store, done)
        if insertion.unplaced:
            count, reason = len(insertion.unplaced), insertion.unplaced[0].reason
            self.server.tell_error(f"{count} stay staged: {reason}")

    def _edits(self, document: Document) -> Sequence[Edit]:
        plan = load_plan(self.store)
        # What was discarded while an edit before this one waited is not put in.
        waiting = [section for section in self.staged if plan and section in plan.sections]
        self.insertion = plan_insertion(document, waiting, self.placement)
        return self.insertion.edits


def _discard(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    text_document, wanted = _text_document(server, argument), section_ids(argument)
    store = _store(server, text_document)
    # Of a plan that cannot be read, all can be dropped, and nothing else.
    unreadable = wanted is None and _is_unreadable(store)
    plan = None if unreadable else load_plan(store)
    ids = [s.id for s in (plan.sections if plan else ()) if wanted is None or s.id in wanted]
    refusal = copy_refusal(server, text_document, store, argument) if ids else None

    async def work() -> None:
        if refusal and not await is_forced(server, refusal):
            return
        async with shared_document_lock(store, "dlm-lsp", server.tell):
            if unreadable and _is_unreadable(store):
                discard_from_plan(store)
            else:
                discard_from_plan(store, ids)

    _in_background(server, text_document.uri, work)
    return {"discarding": ids}


def _restore_discarded(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    text_document = _text_document(server, argument)
    store = _store(server, text_document)

    async def work() -> None:
        async with shared_document_lock(store, "dlm-lsp", server.tell):
            if not restore_discarded(store):
                server.tell("nothing was discarded last that could be put back")

    _in_background(server, text_document.uri, work)
    return {}


def _is_unreadable(store: Path) -> bool:
    try:
        load_plan(store)
    except StoreError:
        return True
    return False


def _review(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    return review_answer(server, _text_document(server, argument), argument)


def _decide(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    text_document = _text_document(server, argument)
    store = _store(server, text_document)
    decision = read_decision(server, text_document, store, argument)
    refusal = copy_refusal(server, text_document, store, argument)

    deciding = server.open_document(text_document.uri).deciding
    deciding.append(decision.ids)

    async def work() -> None:
        try:
            if refusal is None or await is_forced(server, refusal):
                await decision.run()
        finally:
            deciding.remove(decision.ids)

    _in_background(server, text_document.uri, work)
    return {"deciding": list(decision.ids)}


def _report(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    text_document = _text_document(server, argument)
    markdown = last_report_markdown(server, text_document, _store(server, text_document))
    if markdown is None:
        raise CommandError("no-report", "nothing was synthesized from this document yet")
    return _show_markdown(server, text_document, "report.md", markdown)


def _overview(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    return overview_answer(server, _text_document(server, argument))


async def _workspace_overview(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    if server.workspace_overview is None:
        from dlm_lsp.server.workspace_overview import WorkspaceOverview

        server.workspace_overview = WorkspaceOverview(server)
    return await server.workspace_overview.answer()


def _teachers(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    return teachers_answer()


def _show_provenance(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    text_document = _text_document(server, argument)
    section = as_synthesized(
        sections_to_change(text_document.incremental.document, argument).sections[0]
    )
    if section is None:
        raise CommandError("not-synthesized", "this section was not synthesized")
    context = hover_context(server, text_document)
    shown = hover(
        text_document.incremental.document,
        section.line.start,
        provenance=context.provenance,
        link=context.link,
        now=context.now,
    )
    markdown = f"{shown.markdown if shown else ''}\n"
    return _show_markdown(server, text_document, "provenance.md", markdown)


def _go_to_source(server: DlmServer, argument: Mapping[str, Any]) -> CommandResult:
    text_document = _text_document(server, argument)
    marker = sections_to_change(text_document.incremental.document, argument).sections[0].synth
    source = source_sections(text_document.incremental.document).get(
        marker.source_section_id if marker else ""
    )
    if source is None:
        raise CommandError("source-gone", "the source section has changed or is gone")
    range_ = text_document.positions.range(opening_span(source))
    if server.client.shows_documents:
        server.window_show_document(
            types.ShowDocumentParams(text_document.uri, take_focus=True, selection=range_)
        )
    return {"uri": text_document.uri, "line": range_.start.line}


def _start(server: DlmServer, request: EditorRequest) -> CommandResult:
    job = synthesis.start_synthesis(server, request)
    if isinstance(job, Unavailable):
        raise CommandError(job.code, job.message)
    return {"token": job.token, "sections": sorted(job.sections)}


def _change(
    server: DlmServer,
    argument: Mapping[str, Any],
    choose: Callable[[Document, Mapping[str, Any]], ChosenSections],
    edits: Callable[[Document, Sequence[Section]], Sequence[Edit]],
    label: str,
    *,
    then: Callable[[], Awaitable[None]] | None = None,
) -> CommandResult:
    """Let the client change the sections that are meant, and `then`, if it has, do what follows."""
    text_document = _text_document(server, argument)
    ids = [section.id for section in choose(text_document.incremental.document, argument).sections]

    def compute(document: Document) -> Sequence[Edit]:
        try:
            again = choose(document, argument).sections
        except CommandError:
            return ()
        # What came meanwhile, the user has not seen.
        return edits(document, [section for section in again if section.id in ids])

    async def work() -> None:
        applied = await send_change(server, text_document.uri, compute, label)
        if applied not in (ChangeOutcome.YES, ChangeOutcome.NOTHING):
            server.tell_error(f"{label}: {applied.value}")
        elif then and applied is ChangeOutcome.YES:
            await then()

    _in_background(server, text_document.uri, work)
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


def _show_markdown(
    server: DlmServer, text_document: LiveDocument, name: str, markdown: str
) -> CommandResult:
    """Write a Markdown document into the store, where the client can show it, and return it."""
    path = _store(server, text_document) / "synth" / name
    make_folder(path.parent)
    link = _link_from(path.parent, server, text_document.uri)
    written = with_links_to(markdown, text_document.uri, link)
    replace_file(path, written.encode("utf-8", "replace"))
    if server.client.shows_documents:
        server.window_show_document(types.ShowDocumentParams(path.as_uri(), take_focus=True))
    else:
        message = types.ShowMessageParams(types.MessageType.Info, f"written to {path}")
        server.window_show_message(message)
    return {"uri": path.as_uri(), "markdown": markdown}


def _link_from(folder: Path, server: DlmServer, uri: str) -> str:
    """Return how a document is linked to from `folder`: by a path that is seen from there."""
    path = server.path(uri)
    try:
        return quote(Path(os.path.relpath(path, folder)).as_posix()) if path else uri
    except ValueError:
        # Between two drives there is none.
        return uri


def _text_document(server: DlmServer, argument: Mapping[str, Any]) -> LiveDocument:
    uri = argument.get("uri")
    text_document = server.text_document(uri) if isinstance(uri, str) else None
    if text_document is None:
        raise CommandError("not-open", "no open document is named: give its `uri`")
    return text_document


def _store(server: DlmServer, text_document: LiveDocument) -> Path:
    store = server.store(text_document.incremental.document)
    if store is None:
        raise CommandError(
            "no-frontmatter", "the document has no sound frontmatter, and so no store"
        )
    return store


_Handler = Callable[[DlmServer, Mapping[str, Any]], CommandResult | Awaitable[CommandResult]]
_COMMAND_HANDLERS: dict[str, _Handler] = {
    COMMANDS["synthesize"]: _run,
    COMMANDS["estimate"]: _estimate,
    COMMANDS["cancel"]: _cancel,
    COMMANDS["keep"]: _keep,
    COMMANDS["remove"]: _remove,
    COMMANDS["regenerate"]: _regenerate,
    COMMANDS["source"]: _go_to_source,
    COMMANDS["provenance"]: _show_provenance,
    COMMANDS["apply"]: _apply,
    COMMANDS["discard"]: _discard,
    COMMANDS["restore"]: _restore_discarded,
    COMMANDS["revert"]: _revert,
    COMMANDS["review"]: _review,
    COMMANDS["decide"]: _decide,
    COMMANDS["report"]: _report,
    COMMANDS["overview"]: _overview,
    COMMANDS["workspace"]: _workspace_overview,
    COMMANDS["teachers"]: _teachers,
}
