"""Synthesis in the background: from a command to blocks in the document."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from importlib import import_module

import anyio

from dlm_lsp.document import Document
from dlm_lsp.errors import DlmError
from dlm_lsp.server.availability import why_unavailable
from dlm_lsp.server.delivery import Delivery
from dlm_lsp.server.editor_messages import editor_message
from dlm_lsp.server.jobs import Job
from dlm_lsp.server.report import report_markdown
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.synthesis_request import EditorRequest
from dlm_lsp.synth.events import PairAccepted, PairRefused, RunStarted, SectionDone, SynthEvent
from dlm_lsp.synth.pipeline import SynthRequest, SynthResult, open_session
from dlm_lsp.teachers.availability import client_package


def start_synthesis(server: DlmServer, request: EditorRequest) -> Job | str:
    """Begin a run in the background and return its job, or why there is none."""
    live = server.live(request.uri)
    if live is None:
        return "the document is not open"
    busy = server.jobs.on(request.uri)
    sections = tuple(id_ for id_ in request.sections if id_ not in busy)
    if not sections:
        return "already running" if request.sections else "there is no prose to ask about"
    document = live.pieces.document
    settings = server.open_document(request.uri).settings
    if why := why_unavailable(server, document, settings):
        return why
    # Taken now: of a document that is closed meanwhile no settings are kept.
    synth_request = SynthRequest(settings.teacher, settings.judge or None, request.options)
    count = len(sections)
    title = "Synthesizing instructions" + ("" if count == 1 else f" from {count} sections")
    job = Job(request.uri, frozenset(sections), title)

    async def work(job: Job) -> str:
        asked = replace(request, sections=sections)
        try:
            return await _run(server, job, document, asked, synth_request)
        except DlmError as error:
            message = editor_message(error)
            server.reports[request.uri] = f"# Synthesis failed\n\n{message}\n"
            server.tell_error(message)
            return "failed"
        finally:
            server.refresh(request.uri)

    started = server.jobs.start(job, work)
    server.refresh(request.uri)
    return started


async def _run(
    server: DlmServer,
    job: Job,
    document: Document,
    request: EditorRequest,
    synth_request: SynthRequest,
) -> str:
    store = server.store(document)
    if store is None or document.frontmatter is None:
        return "the document has no frontmatter"
    result: SynthResult | None = None
    asking = False
    scope = anyio.CancelScope()

    async def give_up() -> None:
        await job.stop.wait()
        # Once it asks, the run itself stops, and returns what is finished.
        if not asking:
            scope.cancel()

    giving_up = asyncio.create_task(give_up())
    try:
        with scope:
            await _imported(client_package(synth_request.teacher))
            async with open_session(
                document, document.frontmatter, store, synth_request, request.sections
            ) as ready:
                asking = True
                result = await ready.run(_Counts(server, job).show, job.stop)
    finally:
        giving_up.cancel()
    if result is None:
        return "cancelled"
    try:
        said = await Delivery(server, job, request, store, result).made()
    except Exception as error:
        # The pairs are paid for: whatever happens, the report has them.
        message = editor_message(error)
        server.tell_error(f"the pairs are in the report, and nowhere else: {message}")
        said = f"not delivered: {message}"
    server.reports[request.uri] = report_markdown(result, said)
    return said


async def _imported(package: str | None) -> None:
    """Import a package in a thread: that takes half a second, and somebody may be typing."""
    if package:
        with suppress(ImportError):
            await asyncio.to_thread(import_module, package)


class _Counts:
    """How far a run is, as its progress shows it."""

    def __init__(self, server: DlmServer, job: Job) -> None:
        self._server = server
        self._job = job
        self._kept = self._refused = 0

    def show(self, event: SynthEvent) -> None:
        """Take note of an event, and show where a section is done."""
        match event:
            case RunStarted():
                self._show(0, event.sections)
            case PairAccepted():
                self._kept += 1
            case PairRefused():
                self._refused += 1
            case SectionDone():
                self._show(event.done, event.total)
            case _:
                pass

    def _show(self, done: int, total: int) -> None:
        sections = "section" if total == 1 else "sections"
        message = f"{done} of {total} {sections}, {self._kept} kept, {self._refused} refused"
        self._server.jobs.report(self._job, message, done, total)
