"""Synthesis in the background: from a command to blocks in the document."""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Literal

import anyio

from dlm_lsp.document import Document, Edit, Section, apply_edits, parse, remove
from dlm_lsp.document.difference import difference
from dlm_lsp.ide.actions import prose
from dlm_lsp.ide.origin import sources
from dlm_lsp.server.changes import Applied, change
from dlm_lsp.server.jobs import Job
from dlm_lsp.server.report import as_markdown
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.settings import Settings
from dlm_lsp.server.unless import unless
from dlm_lsp.store.adapters import current_adapter
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import shared_document_lock
from dlm_lsp.store.plan import StagedSection, add_to_plan
from dlm_lsp.synth.events import Event, PairAccepted, PairRefused, SectionDone, Started
from dlm_lsp.synth.judge import JudgeError
from dlm_lsp.synth.options import OptionError, StrategyChoice, SynthOptions
from dlm_lsp.synth.place import Left, place
from dlm_lsp.synth.session import Result, Wishes, session
from dlm_lsp.teachers.obstacle import client_package
from dlm_lsp.teachers.obstacle import obstacle as teacher_obstacle
from dlm_lsp.teachers.protocol import Sampling, TeacherError

_log = logging.getLogger(__name__)

Review = Literal["insert", "preview", "stage"]
_COMMAND = "dlm-lsp"
# What was asked for once at temperature 0 would be answered in the same words again.
_LIVELY = 0.8


@dataclass(frozen=True, slots=True)
class Request:
    """What to synthesize: from which sections, how, and in the place of which sections.

    `replaced` names each section that is to go, and the source that it is asked for from.
    """

    uri: str
    sections: tuple[str, ...]
    options: SynthOptions
    review: Review
    replaced: tuple[tuple[str, str], ...] = ()


def obstacle(server: DlmServer, document: Document, settings: Settings) -> str | None:
    """Return why nothing can be synthesized from a document; None where nothing shows."""
    if error := next(document.errors, None):
        return f"the document has an error: {error.message}"
    store = server.store(document)
    if store is None:
        return "the document has no frontmatter"
    try:
        # Another teacher needs no adapter, and a pointer that is broken is none of its business.
        has_adapter = settings.teacher == "self" and current_adapter(store) is not None
    except StoreError as problem:
        return str(problem)
    return teacher_obstacle(settings.teacher, has_adapter=has_adapter)


def options_of(settings: Settings, strategy: StrategyChoice | None = None) -> SynthOptions:
    """Return the options of a run by the settings.

    Raises:
        OptionError: two settings do not go together.
    """
    sampling = Sampling(
        settings.max_new_tokens, settings.temperature, settings.top_p, settings.seed
    )
    return SynthOptions(
        per_section=settings.per_section,
        strategy=strategy or settings.strategy,
        filter=settings.filter,
        threshold=settings.threshold if settings.filter == "sway" else None,
        max_pairs=settings.max_pairs,
        placement=settings.placement,
        sampling=sampling,
        concurrency=settings.concurrency,
    )


def regeneration(
    document: Document, ids: Sequence[str], uri: str, settings: Settings
) -> Request | str:
    """Return what to ask to replace synthesized sections, or why that cannot be.

    A section whose source has changed is asked for from the prose above it.
    """
    known = sources(document)
    asked: list[str] = []
    replaced: list[tuple[str, str]] = []
    above: Section | None = None
    for section in document.sections:
        if prose([section]):
            above = section
        marker = section.synth if section.id in ids else None
        if marker is None:
            continue
        source = known.get(marker.source_section_id, above)
        if source is not None and prose([source]):
            asked.append(source.id)
            replaced.append((section.id, source.id))
    if not asked:
        return "there is no prose to ask about again"
    options = options_of(settings)
    here = sum(1 for s in document.sections if s.synth and s.synth.source_section_id in asked)
    sampling = replace(
        options.sampling,
        temperature=max(_LIVELY, options.sampling.temperature),
        seed=random.randrange(2**31),
    )
    again = replace(
        options,
        # As many as are there would come again and be refused as duplicates.
        per_section=min(here + len(replaced), 12),
        max_pairs=None,
        fresh=True,
        sampling=sampling,
    )
    return Request(uri, tuple(dict.fromkeys(asked)), again, "insert", tuple(replaced))


def start(server: DlmServer, request: Request) -> Job | str:
    """Begin a run in the background and return its job, or why there is none."""
    live = server.live(request.uri)
    if live is None:
        return "the document is not open"
    busy = server.jobs.on(request.uri)
    sections = tuple(id_ for id_ in request.sections if id_ not in busy)
    if not sections:
        return "already running" if request.sections else "there is no prose to ask about"
    document = live.pieces.document
    settings = server.watch(request.uri).settings
    if why := obstacle(server, document, settings):
        return why
    # Taken now: of a document that is closed meanwhile no settings are kept.
    wishes = Wishes(settings.teacher, settings.judge or None, request.options)
    count = len(sections)
    title = "Synthesizing instructions" + ("" if count == 1 else f" from {count} sections")
    job = Job(request.uri, frozenset(sections), title)

    async def work(job: Job) -> str:
        asked = replace(request, sections=sections)
        try:
            return await _run(server, job, document, asked, wishes)
        except (TeacherError, JudgeError, StoreError, OptionError) as error:
            server.reports[request.uri] = f"# Synthesis failed\n\n{error}\n"
            server.tell_error(str(error))
            return "failed"
        finally:
            server.refresh(request.uri)

    started = server.jobs.start(job, work)
    server.refresh(request.uri)
    return started


async def _run(
    server: DlmServer, job: Job, document: Document, request: Request, wishes: Wishes
) -> str:
    store = server.store(document)
    if store is None or document.frontmatter is None:
        return "the document has no frontmatter"
    result: Result | None = None
    asking = False
    scope = anyio.CancelScope()

    async def give_up() -> None:
        await job.stop.wait()
        # Once it asks, the run itself stops, and returns what is finished.
        if not asking:
            scope.cancel()

    giving_up = asyncio.create_task(give_up())
    try:
        with suppress(ImportError):
            # It takes half a second, and somebody may be typing.
            await asyncio.to_thread(import_module, client_package(wishes.teacher) or __name__)
        with scope:
            async with session(
                document, document.frontmatter, store, wishes, request.sections
            ) as ready:
                asking = True
                result = await ready.run(_Counts(server, job).show, job.stop)
    finally:
        giving_up.cancel()
    if result is None:
        return "cancelled"
    # A cancel that comes now is about the delivery: what is finished is delivered.
    job.stop = anyio.Event()
    try:
        said = await _deliver(server, job, request, store, result)
    except Exception as error:
        # The pairs are paid for: whatever happens, the report has them.
        if not isinstance(error, StoreError):
            _log.exception("not delivered")
        server.tell_error(f"the pairs are in the report, and nowhere else: {error}")
        said = f"not delivered: {error}"
    server.reports[request.uri] = as_markdown(result, said)
    return said


class _Counts:
    """How far a run is, as its progress shows it."""

    def __init__(self, server: DlmServer, job: Job) -> None:
        self._server = server
        self._job = job
        self._kept = self._refused = 0

    def show(self, event: Event) -> None:
        """Take note of an event, and show where a section is done."""
        match event:
            case Started():
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


async def _deliver(
    server: DlmServer, job: Job, request: Request, store: Path, result: Result
) -> str:
    """Put what was accepted where it is to go; whatever cannot go there is staged."""
    sections = result.sections
    if not sections:
        stopped = result.report.stopped
        return "cancelled" if stopped else "nothing was accepted; the report says why"
    path = server.path(request.uri) or Path(request.uri.rpartition("/")[2] or "untitled.dlm")

    def told(words: str) -> None:
        server.jobs.report(job, words, 1, 1)

    async def note() -> bool:
        async with shared_document_lock(store, _COMMAND, told):
            Ledger(store).add(result.entries)
        return True

    async def stage(sections: Sequence[StagedSection], why: str) -> str:
        async def add() -> bool:
            async with shared_document_lock(store, _COMMAND, told):
                add_to_plan(store, path, sections, result.at)
            return True

        if job.stop.is_set():
            job.stop = anyio.Event()
        if await unless(job.stop, add()):
            return f"{len(sections)} staged ({why})"
        return f"cancelled; {len(sections)} are in the report, and nowhere else"

    try:
        if not await unless(job.stop, note()):
            # Somebody else holds the store; the pairs can go into the document all the same.
            job.stop = anyio.Event()
    except StoreError as error:
        # The pairs are paid for: without the ledger they have their markers still.
        server.tell_error(str(error))
    if request.review == "stage":
        return await stage(sections, "for review")
    if request.review == "preview" and not server.client.annotated_edits:
        why = "for review: this editor cannot show a preview"
        return await stage(sections, why)
    placed = 0
    left: list[Left] = []

    def compute(document: Document) -> Sequence[Edit]:
        nonlocal placed, left
        edits, placed, left = _edits(document, request, sections)
        return edits

    label = f"Synthesize instructions ({result.teacher})"
    preview = request.review == "preview"
    applied = await change(server, request.uri, compute, label, preview=preview, stop=job.stop)
    if applied not in (Applied.YES, Applied.NOTHING):
        return await stage(sections, applied.value)
    said = f"{placed} inserted"
    if left:
        kept = [one.section for one in left]
        why = await stage(kept, left[0].reason)
        return f"{said}, {why}"
    return said


def _edits(
    document: Document, request: Request, sections: Sequence[StagedSection]
) -> tuple[Sequence[Edit], int, list[Left]]:
    """Return the edits, how many sections they put in, and those that cannot be put in."""
    if not request.replaced:
        placing = place(document, sections, request.options.placement)
        return placing.edits, len(placing.placed), list(placing.left)
    new: dict[str, list[StagedSection]] = defaultdict(list)
    for section in sections:
        new[section.source_section_id or ""].append(section)
    known = sources(document)
    swaps: list[tuple[Section, StagedSection]] = []
    left: list[Left] = []
    for old_id, source_id in request.replaced:
        if not new[source_id]:
            continue
        old, section = known.get(old_id), new[source_id].pop(0)
        if source_id not in known:
            left.append(Left(section, f"its source section {source_id} is gone"))
        elif old is None or not old.synth:
            left.append(Left(section, "the section that it was to replace has changed"))
        else:
            swaps.append((old, section))
    left += [Left(one, "more than were to be replaced") for some in new.values() for one in some]
    # A section goes only where another takes its place.
    while True:
        without = apply_edits(document.text, remove(document, [old for old, _ in swaps]))
        placing = place(parse(without), [one for _, one in swaps], request.options.placement)
        if len(placing.placed) == len(swaps):
            break
        left += placing.left
        swaps = [(old, one) for old, one in swaps if one in placing.placed]
    edit = difference(document.text, apply_edits(without, placing.edits))
    return [edit] if edit else [], len(placing.placed), left
