"""Synthesis: from a command to blocks in the document, in the background."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import anyio

from dlm_lsp.api.reviewing import now
from dlm_lsp.document import Document
from dlm_lsp.document.base_models import short_name
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import DlmError, JudgeError
from dlm_lsp.local.model_paths import frontmatter_beside
from dlm_lsp.server.availability import NO_FRONTMATTER, document_availability, outside_model
from dlm_lsp.server.changes import ChangeOutcome
from dlm_lsp.server.command_error import (
    ALREADY_RUNNING,
    NO_PROSE,
    CommandError,
    error_code,
)
from dlm_lsp.server.delivery import Delivery, open_text
from dlm_lsp.server.editor_messages import editor_message
from dlm_lsp.server.fetch import fetch_with_consent
from dlm_lsp.server.jobs import Job, RunEnd
from dlm_lsp.server.report import FailedRun
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.synthesis_request import EditorRequest, request_from_settings
from dlm_lsp.synth.estimate import describe_estimate
from dlm_lsp.synth.events import (
    ModelLoading,
    ModelReady,
    PairAccepted,
    PairRefused,
    PairVerified,
    RequestFailed,
    RunFinished,
    RunStarted,
    SectionDone,
    SynthEvent,
    TeacherNotice,
)
from dlm_lsp.synth.models_in_progress import ModelsInProgress
from dlm_lsp.synth.pipeline import SynthResult, open_session
from dlm_lsp.synth.saved_report import SavedReport
from dlm_lsp.synth.synth_request import SynthRequest, needed_models, request_beside
from dlm_lsp.teachers.availability import Unavailable, client_package

_NOT_OPEN = Unavailable("not-open", "the document is not open")

# What is still read of it may be prose that the user has deleted.
_OUT_OF_STEP = Unavailable("out-of-step", ChangeOutcome.OUT_OF_STEP.value)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run on a document: its frontmatter and what to do are as when it was asked for."""

    server: DlmServer
    frontmatter: Frontmatter
    store: Path
    request: EditorRequest
    synth_request: SynthRequest

    async def work(self, job: Job) -> RunEnd:
        """Run to the end, and tell the user of what goes wrong."""
        try:
            counts = _ProgressCounts(self.server, job)
            end = await self._deliver(job, await self._result(job, counts))
            return replace(end, failure=counts.failure)
        except DlmError as error:
            message = editor_message(error)
            self.server.reports[self.store] = FailedRun(message, now())
            if not self.server.client.shows_failures:
                self.server.tell_error(message)
            failure = Unavailable(error_code(error), message)
            return RunEnd("failed", "failed", cause="failed", failure=failure)
        finally:
            self.server.refresh(job.uri)

    async def _result(self, job: Job, counts: "_ProgressCounts") -> SynthResult | None:
        """Return what the pipeline came to; None where it was cancelled before it asked."""
        result: SynthResult | None = None
        has_asked = False
        scope = anyio.CancelScope()

        async def give_up() -> None:
            await job.stop.wait()
            # Once it asks, the run itself stops, and returns what is finished.
            if not has_asked:
                scope.cancel()

        giving_up = asyncio.create_task(give_up())
        try:
            with scope:
                self._tell_preparing(job)
                if outside := outside_model(
                    self.server, job.uri, self.store, self.frontmatter, self.synth_request
                ):
                    raise CommandError(outside.code, outside.message)
                await fetch_with_consent(
                    self.server, needed_models(self.synth_request, self.frontmatter.base_model)
                )
                # The user may have typed for minutes before the answer.
                document, sections = await self._current_text(job)
                await _import_in_thread(client_package(self.synth_request.teacher))
                async with open_session(
                    document, self.frontmatter, self.store, self.synth_request, sections
                ) as session:
                    has_asked = True
                    for warning in (*session.notes.of_teacher, *session.notes.own):
                        self.server.tell_warning(warning)
                    lines = (describe_estimate(session.estimate), session.notes.asked_by)
                    self.server.jobs.report(job, "; ".join(filter(None, lines)), 0, 0)
                    result = await session.run(counts.show, job.stop)
        finally:
            giving_up.cancel()
        return result

    def _tell_preparing(self, job: Job) -> None:
        """Tell at once which models on this machine are looked at."""
        needed = needed_models(self.synth_request, self.frontmatter.base_model)
        if names := dict.fromkeys(short_name(model.name) for model in needed):
            self.server.jobs.report(job, f"preparing {', '.join(names)}", 0, 0)

    async def _current_text(self, job: Job) -> tuple[Document, tuple[str, ...]]:
        """Return the document as it is now, and what it still has of the sections.

        Raises:
            CommandError: it is closed, may not be the text of the editor, or has none of them.
        """
        text_document = await open_text(self.server, job)
        if text_document is None:
            raise CommandError(_NOT_OPEN.code, _NOT_OPEN.message)
        if text_document.out_of_step:
            raise CommandError(_OUT_OF_STEP.code, _OUT_OF_STEP.message)
        document = text_document.incremental.document
        there = {section.id for section in document.sections}
        sections = tuple(id_ for id_ in self.request.sections if id_ in there)
        if not sections:
            raise CommandError(NO_PROSE.code, "the prose to ask about has changed; run it again")
        return document, sections

    async def _deliver(self, job: Job, result: SynthResult | None) -> RunEnd:
        if result is None:
            return RunEnd("cancelled", "cancelled")
        try:
            end = await Delivery(self.server, job, self.request, self.store, result).deliver()
        except Exception as error:
            # The pairs are paid for: whatever happens, the report has them.
            message = editor_message(error)
            self.server.tell_error(f"the pairs are in the report, and nowhere else: {message}")
            end = RunEnd("not-delivered", f"not delivered: {message}")
        self.server.reports[self.store] = SavedReport.of(result)
        return replace(end, refused=len(result.report.refused))


def start_synthesis(server: DlmServer, request: EditorRequest) -> Job | Unavailable:
    """Begin a run in the background and return its job, or why there is none."""
    text_document = server.text_document(request.uri)
    if text_document is None:
        return _NOT_OPEN
    if text_document.out_of_step:
        return _OUT_OF_STEP
    document = text_document.incremental.document
    busy = server.jobs.on(server.store(document))
    sections = tuple(id_ for id_ in request.sections if id_ not in busy)
    if not sections:
        return ALREADY_RUNNING if request.sections else NO_PROSE
    state = server.open_document(request.uri)
    settings = state.settings
    if unavailable := document_availability(server, document, settings, state.profile_error):
        return unavailable
    store, frontmatter = server.store(document), document.frontmatter
    if store is None or frontmatter is None:
        return NO_FRONTMATTER
    # Taken now: of a document that is closed meanwhile no settings are kept.
    synth_request = request_from_settings(settings, state.profile, request.options)
    if path := server.path(request.uri):
        frontmatter = frontmatter_beside(frontmatter, path.parent)
        synth_request = request_beside(synth_request, path.parent)
    count = len(sections)
    title = "Synthesizing instructions" + ("" if count == 1 else f" from {count} sections")
    run = _Run(server, frontmatter, store, replace(request, sections=sections), synth_request)
    copies = server.copies_beside(request.uri, store)
    job = Job(store, request.uri, frozenset(sections), title, copies)
    server.jobs.start(job, run.work)
    server.refresh(request.uri)
    return job


async def _import_in_thread(package: str | None) -> None:
    """Import a package in a thread: that takes half a second, and somebody may be typing."""
    if package:
        with suppress(ImportError):
            await asyncio.to_thread(import_module, package)


class _ProgressCounts:
    """How far a run is, as its progress shows it."""

    def __init__(self, server: DlmServer, job: Job) -> None:
        self._server = server
        self._job = job
        self._models = ModelsInProgress()
        self._accepted = self._refused = 0
        self._done = self._total = 0
        self.failure: Unavailable | None = None
        """What came to nothing first, if anything did."""

    def show(self, event: SynthEvent) -> None:
        """Take note of an event, and show where a section is done."""
        self._models.take(event)
        match event:
            case RunStarted():
                self._show(0, event.sections)
            case ModelLoading() | ModelReady():
                self._show(self._done, self._total)
            case PairAccepted():
                self._accepted += 1
            case PairRefused():
                self._refused += 1
            case SectionDone():
                self._show(event.done, event.total)
            case TeacherNotice():
                self._tell(event.message)
            case RequestFailed():
                self.failure = self.failure or Unavailable(event.code, event.message)
            case PairVerified():
                noun = "pair" if event.total == 1 else "pairs"
                self._tell(f"{event.done} of {event.total} {noun} verified")
            case RunFinished(report=report):
                # Which pairs stay is known last.
                self._accepted, self._refused = len(report.accepted), len(report.refused)
                if report.failure and not self.failure:
                    self.failure = Unavailable(JudgeError.code, report.failure)
                self._show(self._done, self._total)
            case _:
                pass

    def _show(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        self._tell(f"{done} of {total} {'section' if total == 1 else 'sections'}")

    def _tell(self, step: str) -> None:
        message = f"{self._models.words}{step}, {self._accepted} kept, {self._refused} refused"
        # A share never falls: verification comes behind the sections.
        self._server.jobs.report(self._job, message, self._done, self._total)
