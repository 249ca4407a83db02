"""Document synthesis: one document from its file to pairs that are staged or written into it."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

import anyio

from dlm_lsp.api.applying import insert_sections
from dlm_lsp.api.documents import DocumentHead, LoadedDocument, load_head, load_valid_document
from dlm_lsp.api.finish_in_thread import finish_in_thread
from dlm_lsp.document import Placement
from dlm_lsp.errors import StoreError
from dlm_lsp.store.copies import refuse_copy
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import SharedLock
from dlm_lsp.store.plan import StagedSection, add_to_plan, load_plan, take_from_plan
from dlm_lsp.synth.corpus import Corpus, CorpusPlace
from dlm_lsp.synth.cost import Budget, budget_of
from dlm_lsp.synth.events import OnEvent, RunStarted, SynthEvent
from dlm_lsp.synth.insertion import InsertionPlan
from dlm_lsp.synth.pipeline import SynthResult, SynthSession, open_session
from dlm_lsp.synth.report import Report
from dlm_lsp.synth.run_models import RunModels
from dlm_lsp.synth.saved_report import save_run
from dlm_lsp.synth.synth_request import SynthRequest, request_beside
from dlm_lsp.synth.turns import StoreTurns, Ticket, Turns

_T = TypeVar("_T")
Destination = Literal["document", "stage", "nowhere"]
OnDocumentEvent = Callable[[Path, SynthEvent], None]


@dataclass(frozen=True, slots=True)
class SavedPairs:
    """Where accepted pairs went; `waiting` is how many are staged in all.

    `failure` says why pairs that were to be written into the document were staged.
    """

    insertion: InsertionPlan | None = None
    staged: tuple[StagedSection, ...] = ()
    waiting: int = 0
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSynthesis:
    """What a run over one document came to, and where its pairs went."""

    path: Path
    result: SynthResult
    saved: SavedPairs

    @property
    def report(self) -> Report:
        """What was accepted, refused and skipped, each with its reason."""
        return self.result.report


def load_for_synthesis(path: Path, destination: Destination, *, force: bool) -> LoadedDocument:
    """Return a valid document whose store can be read, so that nothing is spent in vain.

    Raises:
        CopyError: sections are staged for the document that this one is a copy of, and the pairs of
            both would become one plan; not with `force`.
        StoreError: the document has an error, or its plan or ledger cannot be read.
    """
    loaded = load_valid_document(path)
    load_plan(loaded.folder)
    if destination != "nowhere" and not force:
        refuse_copy(loaded.folder, path)
    Ledger(loaded.folder).all()
    return loaded


async def run_on_document(
    loaded: LoadedDocument,
    request: SynthRequest,
    run: Callable[[SynthSession], Awaitable[_T]],
    sections: Sequence[str] | None = None,
    models: RunModels | None = None,
) -> _T:
    """Get teacher and judge ready, let `run` use them, and let go of them.

    A path that names one of them is seen from the document, as that of a base model is. `models`
    are those of a run over several documents, which go on to the next.

    Raises:
        TeacherError, JudgeError, StoreError: with the remedy.
    """
    async with open_session(
        loaded.document,
        loaded.frontmatter,
        loaded.folder,
        request_beside(request, loaded.path.parent),
        sections,
        models=models,
    ) as ready:
        return await run(ready)


def save_pairs(
    loaded: LoadedDocument, result: SynthResult, destination: Destination, placement: Placement
) -> SavedPairs:
    """Put what was accepted where it is to go; nothing of it is lost if the document refuses it.

    Raises:
        StoreError: the store cannot be written.
    """
    path, folder, sections = loaded.path, loaded.folder, result.sections
    if destination == "nowhere":
        return SavedPairs()
    save_run(folder, result)
    if not sections:
        return SavedPairs()
    if destination == "stage":
        return SavedPairs(staged=sections, waiting=add_to_plan(folder, path, sections, result.at))
    try:
        insertion = insert_sections(path, sections, placement)
    except StoreError as error:
        waiting = add_to_plan(folder, path, sections, result.at)
        return SavedPairs(
            staged=sections, waiting=waiting, failure=f"{error}; the pairs are staged"
        )
    with suppress(StoreError):  # A plan that cannot be read is no matter to what is in.
        take_from_plan(folder, {section.id for section in (*insertion.placed, *insertion.present)})
    if insertion.unplaced:
        unplaced = [unplaced.section for unplaced in insertion.unplaced]
        add_to_plan(folder, path, unplaced, result.at)
    return SavedPairs(insertion=insertion)


@dataclass(frozen=True, slots=True)
class RunContext:
    """What the documents of one run have in common, and who hears of it.

    Setting `stop` ends the run with what is finished; `force` lets a copy join what is staged for
    its original. `on_wait` hears who holds a store, `on_ready` what is going to be asked about a
    document, `on_event` what happens. `swept` are folders without leftovers of killed processes.
    By `turns` documents begin in their order, where one depends on those before; `corpus` has the
    pairs of all of them, where these are not to repeat each other.
    """

    request: SynthRequest
    destination: Destination
    models: RunModels
    budget: Budget
    stop: anyio.Event
    on_event: OnDocumentEvent
    on_ready: Callable[[Path, SynthSession], None]
    on_wait: Callable[[str], None]
    force: bool = False
    swept: set[Path] = field(default_factory=set)
    turns: Turns = field(default_factory=Turns)
    stores: StoreTurns = field(default_factory=StoreTurns)
    corpus: Corpus | None = None

    @property
    def is_ordered(self) -> bool:
        """Whether what comes of a document depends on those before it."""
        return self.request.options.max_cost is not None or self.corpus is not None


async def synthesize_document(
    path: Path, context: RunContext, sections: Sequence[str] | None = None
) -> DocumentSynthesis:
    """Synthesize pairs for one document while other tasks go on, and keep what is accepted.

    `sections` limits the run to these section ids. Nobody else works on the document meanwhile.

    Raises:
        TeacherError, JudgeError, StoreError: with the remedy.
    """
    with ExitStack() as stack:
        ticket = context.turns.ticket()
        stack.callback(ticket.pass_on)
        place = context.corpus.place(str(path)) if context.corpus else None
        if place:
            stack.callback(place.pass_on)
        head = await finish_in_thread(load_head, path)
        # Nobody waits for another document while he holds one that others wait for.
        await ticket.turn()
        copies = stack.enter_context(context.stores.ticket(head.folder))
        if not context.is_ordered:
            ticket.pass_on()
        await copies.turn()
        held = _Held(head, context)
        stack.callback(held.release)
        return await _synthesize_held(held, context, sections, ticket, place)


async def _synthesize_held(
    held: "_Held",
    context: RunContext,
    sections: Sequence[str] | None,
    ticket: Ticket,
    place: CorpusPlace | None,
) -> DocumentSynthesis:
    path = held.path

    def on_event(event: SynthEvent) -> None:
        if isinstance(event, RunStarted):
            ticket.pass_on()
        context.on_event(path, event)

    async def run(ready: SynthSession) -> SynthResult:
        context.on_ready(path, ready)
        return await ready.run(on_event, context.stop, context.budget, corpus=place)

    loaded = await finish_in_thread(held.begin)
    if loaded is None:
        await held.wait()
        loaded = await finish_in_thread(held.load)
    result = await run_on_document(loaded, context.request, run, sections, context.models)
    with anyio.CancelScope(shield=True):
        saved = await finish_in_thread(held.save, loaded, result)
    return DocumentSynthesis(path, result, saved)


class _Held:
    """A document while it is worked on: its lock is held from `begin` or `wait` to the end.

    Whoever asks it does so in a thread, but for `wait`.
    """

    def __init__(self, head: DocumentHead, context: RunContext) -> None:
        self.path = head.path
        self._folder = head.folder
        self._context = context
        self._lock: SharedLock | None = None

    def begin(self) -> LoadedDocument | None:
        """Hold the document and read it; None where somebody else holds it."""
        self._lock = SharedLock(
            self._folder, "dlm synth instructions", self.path, self._context.swept
        )
        return self.load() if self._lock.acquire() else None

    async def wait(self) -> None:
        """Wait until nobody else holds it."""
        if self._lock:
            await self._lock.wait(self._context.on_wait)

    def load(self) -> LoadedDocument:
        """Read it: who held it before may have changed it."""
        return load_for_synthesis(self.path, self._context.destination, force=self._context.force)

    def save(self, loaded: LoadedDocument, result: SynthResult) -> SavedPairs:
        """Save pairs, and let go of the document."""
        placement = self._context.request.options.placement
        saved = save_pairs(loaded, result, self._context.destination, placement)
        self.release()
        return saved

    def release(self) -> None:
        """Let go of the document, if it is held."""
        if self._lock:
            self._lock.release()


async def synthesize_alone(
    path: Path,
    request: SynthRequest,
    destination: Destination,
    *,
    sections: Sequence[str] | None,
    on_event: OnEvent,
    stop: anyio.Event,
    force: bool,
) -> DocumentSynthesis:
    """Synthesize pairs for a document in a run of its own; see `RunContext`.

    Raises:
        TeacherError, JudgeError, StoreError: with the remedy.
    """
    async with RunModels() as models:
        context = RunContext(
            request,
            destination,
            models,
            budget_of(request.options),
            stop,
            on_event=lambda _, event: on_event(event),
            on_ready=lambda _, ready: None,
            on_wait=lambda _: None,
            force=force,
        )
        return await synthesize_document(path, context, sections)
