"""Delivery: accepted pairs go into the document, or beside it; none that was paid for is lost."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path

from lsprotocol import types

from dlm_lsp.document import Document, Edit, Pair, Section, Span, apply_edits, parse, remove
from dlm_lsp.document.qa_fields import QUESTION_AND_ANSWER, read_qa_fields
from dlm_lsp.document.text_diff import diff_edit
from dlm_lsp.errors import StoreError
from dlm_lsp.ide.overview import first_pair
from dlm_lsp.ide.provenance import source_sections
from dlm_lsp.server.cancellation import run_unless_stopped
from dlm_lsp.server.changes import Annotate, ChangeOutcome, send_change
from dlm_lsp.server.jobs import REOPENED_WITHIN, Job, PairChange, RunEnd, RunEndCode
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.report import setting_of
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.synthesis_request import EditorRequest
from dlm_lsp.store.lock import shared_document_lock
from dlm_lsp.store.plan import StagedSection, add_to_plan, load_plan, take_from_plan
from dlm_lsp.synth.insertion import SOURCE_GONE, InsertionPlan, Unplaced, plan_insertion
from dlm_lsp.synth.nothing_accepted import why_nothing
from dlm_lsp.synth.pipeline import SynthResult
from dlm_lsp.synth.report import Report
from dlm_lsp.synth.saved_report import save_run

_AFTER_CANCEL = 0.05
"""Seconds that a job may go on after a cancel, waiting for the store."""

_CHANGE_NOTIFIED = 1.0
"""Seconds within which a client notifies of the change that it has answered for."""

_DONE = (ChangeOutcome.YES, ChangeOutcome.NOTHING)


async def open_text(server: DlmServer, job: Job) -> LiveDocument | None:
    """Return the document of a job: a client renames it by closing and opening it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(REOPENED_WITHIN):
            while server.text_document(job.uri) is None:
                server.opened.clear()
                await server.opened.wait()
    return server.text_document(job.uri)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a run came to, on its way to the user."""

    server: DlmServer
    job: Job
    request: EditorRequest
    store: Path
    result: SynthResult

    async def deliver(self) -> RunEnd:
        """Put in what was accepted, or stage it, and return what became of it.

        A cancel ends the step that waits, and the next one goes on with what is finished.
        """
        sections, request, server = self.result.sections, self.request, self.server
        await self._in_store(lambda: save_run(self.store, self.result))
        if not sections:
            return _empty_end(self.result.report, len(request.replaced))
        preview = request.review == "preview"
        if preview and server.client.reviews:
            end = run_end(None, await self._stage(sections, "for review"))
            return replace(end, code="to-review") if end.code == "staged" else end
        if request.review == "stage":
            return run_end(None, await self._stage(sections, "for review"))
        if preview and not server.client.annotated_edits:
            reason = "for review: this editor cannot show a preview"
            return run_end(None, await self._stage(sections, reason))
        plan = DeliveryPlan()
        previewed: Mapping[Edit, StagedSection] = {}

        def compute(document: Document) -> Sequence[Edit]:
            nonlocal plan, previewed
            plan = plan_delivery(document, request, sections)
            previewed = edits_one_by_one(document, request, plan) if preview else {}
            return list(previewed) if preview else plan.edits

        def annotate(edit: Edit) -> types.ChangeAnnotation:
            return pair_annotation(previewed[edit])

        outcome = await self._send(compute, annotate if preview else None)
        if outcome not in _DONE:
            staging = await self._stage(sections, outcome.value)
            self._unstage_when_applied(sections)
            return run_end(None, staging)
        await self._unstage(sections)
        unticked = self._unticked(plan) if preview else []
        stagings: list[StagingResult] = []
        if unticked:
            stagings.append(await self._stage(unticked, "not ticked in the preview"))
        if plan.left:
            left = [unplaced.section for unplaced in plan.left]
            stagings.append(await self._stage(left, plan.left[0].reason))
        end = run_end(len(plan.placed) - len(unticked), *stagings)
        left_out = {section.id for section in unticked}
        end = replace(end, sections=tuple(id_ for id_ in plan.placed if id_ not in left_out))
        return (
            replacement_end(end, plan.changes, len(request.replaced)) if request.replaced else end
        )

    async def _send(
        self, compute: Callable[[Document], Sequence[Edit]], annotate: Annotate | None
    ) -> ChangeOutcome:
        """Let the client put the pairs in where the document is open, under a new name too."""
        label = f"Synthesize instructions ({self.result.teacher})"
        outcome = ChangeOutcome.CLOSED
        while text_document := await open_text(self.server, self.job):
            stop = self.job.next_step()
            outcome = await send_change(
                self.server, text_document.uri, compute, label, annotate=annotate, stop=stop
            )
            still_open = self.server.text_document(text_document.uri) is text_document
            if still_open or outcome in (*_DONE, ChangeOutcome.STOPPED):
                break
        return outcome

    def _unstage_when_applied(self, sections: Sequence[StagedSection]) -> None:
        """Take sections off the plan if the client makes the change after all."""

        def answered(answer: "asyncio.Future[bool]") -> None:
            if not answer.cancelled() and answer.result():
                unstaging = asyncio.create_task(self._unstage_once_there(sections))
                self.server.tasks.add(unstaging)
                unstaging.add_done_callback(self.server.tasks.discard)

        pending = self.server.open_document(self.job.uri).pending_edit
        if pending and not pending.answer.done():
            pending.answer.add_done_callback(answered)

    async def _unstage_once_there(self, sections: Sequence[StagedSection]) -> None:
        typed = self.server.open_document(self.job.uri).typed
        with suppress(TimeoutError):
            async with asyncio.timeout(_CHANGE_NOTIFIED):
                while not (there := [s for s in sections if s.id in self._present()]):
                    typed.clear()
                    await typed.wait()
            await self._unstage(there)

    async def _unstage(self, sections: Sequence[StagedSection]) -> None:
        """Take what is in the document off the plan, where an earlier run may have put it too."""
        ids = {section.id for section in sections}
        with suppress(StoreError):
            plan = load_plan(self.store)
            if plan and any(section.id in ids for section in plan.sections):
                await self._in_store(lambda: take_from_plan(self.store, ids))

    def _unticked(self, plan: "DeliveryPlan") -> list[StagedSection]:
        """Return what the user has left out of a preview."""
        there = self._present()
        return [section for id_, section in plan.placed.items() if id_ not in there]

    def _present(self) -> Set[str]:
        """Return the ids of the sections that the document has now."""
        text_document = self.server.text_document(self.job.uri)
        sections = text_document.incremental.document.sections if text_document else ()
        return {section.id for section in sections}

    async def _stage(self, sections: Sequence[StagedSection], why: str) -> "StagingResult":
        name = self.job.uri.rpartition("/")[2] or "untitled.dlm"
        path, at, count = self.server.path(self.job.uri), self.result.at, len(sections)
        outcome = await self._in_store(
            lambda: add_to_plan(self.store, path or Path(name), sections, at)
        )
        match outcome:
            case StoreOutcome.YES:
                return StagingResult(count, f"{count} staged ({why})")
            case StoreOutcome.LATER:
                return StagingResult(count, f"{count} to be staged once nobody else writes ({why})")
            case StoreOutcome.NO:
                return StagingResult(
                    0, f"{count} in the report and nowhere else, for they could not be staged"
                )

    async def _in_store(self, write: Callable[[], object]) -> "StoreOutcome":
        """Write once nobody else does; a cancel ends the waiting, and not the writing."""
        writing = asyncio.create_task(self._write(write))
        self.server.tasks.add(writing)
        writing.add_done_callback(self.server.tasks.discard)
        stop, timeout = self.job.next_step(), _AFTER_CANCEL if self.job.cancelled else None
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                return await run_unless_stopped(stop, _until(writing)) or StoreOutcome.LATER
        return StoreOutcome.LATER

    async def _write(self, write: Callable[[], object]) -> "StoreOutcome":
        """Write once nobody else does; of what goes wrong the user is told."""
        try:
            async with shared_document_lock(self.store, "dlm-lsp", self._tell):
                write()
        except StoreError as error:
            self.server.tell_error(str(error))
            return StoreOutcome.NO
        return StoreOutcome.YES

    def _tell(self, words: str) -> None:
        self.server.jobs.report(self.job, words, 1, 1)


class StoreOutcome(Enum):
    """What became of something that was to be written."""

    YES = auto()
    LATER = auto()
    NO = auto()


@dataclass(frozen=True, slots=True)
class StagingResult:
    """What became of pairs that were to be staged: how many wait (0: none could), in words."""

    count: int
    message: str


def run_end(inserted: int | None, *stagings: StagingResult) -> RunEnd:
    """Return the end of a run that put in so many pairs (None: it did not come to that)."""
    messages = [] if inserted is None else [f"{inserted} inserted"]
    messages += [staging.message for staging in stagings]
    code: RunEndCode = "staged" if stagings else "inserted"
    if any(staging.count == 0 for staging in stagings):
        code = "not-delivered"
    staged = sum(staging.count for staging in stagings)
    return RunEnd(code, ", ".join(messages), inserted or 0, staged)


def replacement_end(end: RunEnd, changes: tuple[PairChange, ...], wanted: int) -> RunEnd:
    """Return the end of a run that was to replace so many pairs, in words that count those."""
    messages = [f"{len(changes)} replaced"]
    if others := end.message.partition(", ")[2]:
        messages.append(others)
    if stay := wanted - len(changes):
        old = "the old one stays" if stay == 1 else f"{stay} old ones stay"
        messages.append(f"{old}, for nothing came in the place")
    return replace(end, message=", ".join(messages), replaced=changes)


def _empty_end(report: Report, replaced: int) -> RunEnd:
    """Return the end of a run that accepted nothing, and was to replace so many pairs."""
    if report.stopped:
        return RunEnd("cancelled", "cancelled")
    stay = {0: "", 1: ", so the old one stays"}.get(replaced, ", so the old ones stay")
    cause = why_nothing(report)
    if cause is None:
        return RunEnd("nothing-accepted", f"nothing was accepted{stay}; the report says why")
    why = cause.worded(setting_of)
    return RunEnd("nothing-accepted", f"nothing was accepted{stay}: {why}", cause=cause.code)


async def _until(writing: "asyncio.Task[StoreOutcome]") -> StoreOutcome:
    # It goes on where nobody waits for it any more.
    return await asyncio.shield(writing)


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """Edits that put sections in, these by the ids that they get, and those without a place."""

    edits: Sequence[Edit] = ()
    placed: Mapping[str, StagedSection] = field(default_factory=dict)
    left: tuple[Unplaced, ...] = ()
    changes: tuple[PairChange, ...] = ()


def plan_delivery(
    document: Document, request: EditorRequest, sections: Sequence[StagedSection]
) -> DeliveryPlan:
    """Return how to put accepted sections into a document.

    Those that are to replace others take their places; a section goes only where another comes.
    """
    if not request.replaced:
        insertion = plan_insertion(document, sections, request.options.placement)
        return DeliveryPlan(insertion.edits, _by_id(insertion), insertion.unplaced)
    new: dict[str, list[StagedSection]] = defaultdict(list)
    for section in sections:
        new[section.source_section_id or ""].append(section)
    sources = source_sections(document)
    old: dict[str, list[Section]] = defaultdict(list)
    for present in document.sections:
        if present.synth:
            old[present.id].append(present)
    swaps: list[tuple[Section, StagedSection]] = []
    left: list[Unplaced] = []
    for old_id, source_id in request.replaced:
        if not new[source_id]:
            continue
        section = new[source_id].pop(0)
        if source_id not in sources:
            left.append(Unplaced(section, SOURCE_GONE))
        elif not old[old_id]:
            left.append(Unplaced(section, "the section that it was to replace has changed"))
        else:
            swaps.append((old[old_id].pop(), section))
    left += [
        Unplaced(section, "more than were to be replaced")
        for surplus in new.values()
        for section in surplus
    ]
    while True:
        without = apply_edits(document.text, remove(document, [gone for gone, _ in swaps]))
        insertion = plan_insertion(
            parse(without), [section for _, section in swaps], request.options.placement
        )
        if len(insertion.placed) == len(swaps):
            break
        left += insertion.unplaced
        swaps = [(gone, section) for gone, section in swaps if section in insertion.placed]
    edit = diff_edit(document.text, apply_edits(without, insertion.edits))
    changes = tuple(_change(gone, section) for gone, section in swaps if gone.pairs)
    return DeliveryPlan([edit] if edit else [], _by_id(insertion), tuple(left), changes)


def _change(gone: Section, section: StagedSection) -> PairChange:
    turns, _ = read_qa_fields(section.content, Span(0, len(section.content)), QUESTION_AND_ANSWER)
    question, answer = turns[0]
    return PairChange(gone.pairs[0].pair, Pair(question.text, answer.text))


def edits_one_by_one(
    document: Document, request: EditorRequest, plan: DeliveryPlan
) -> dict[Edit, StagedSection]:
    """Return an edit for each section that is put in, so that each can be left out."""
    return {
        edit: section
        for section in plan.placed.values()
        for edit in plan_insertion(document, [section], request.options.placement).edits
    }


def pair_annotation(section: StagedSection) -> types.ChangeAnnotation:
    """Return what a preview says of a pair: its question as what it is, its answer below."""
    question, answer = first_pair(section.content)
    return types.ChangeAnnotation(
        label=question, needs_confirmation=True, description=" ".join(answer.split())
    )


def _by_id(insertion: InsertionPlan) -> dict[str, StagedSection]:
    return dict(zip(insertion.added, insertion.placed, strict=True))
