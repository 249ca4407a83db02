"""Document synthesis: one document from its file to pairs that are staged or written into it."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import anyio

from dlm_lsp.api.applying import insert_sections
from dlm_lsp.api.documents import LoadedDocument, load_valid_document
from dlm_lsp.document import Placement
from dlm_lsp.errors import StoreError
from dlm_lsp.store.copies import refuse_copy
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import shared_document_lock
from dlm_lsp.store.plan import StagedSection, add_to_plan, load_plan, take_from_plan
from dlm_lsp.synth.events import OnEvent
from dlm_lsp.synth.insertion import InsertionPlan
from dlm_lsp.synth.pipeline import (
    SynthRequest,
    SynthResult,
    SynthSession,
    open_session,
    request_beside,
)
from dlm_lsp.synth.report import Report

_T = TypeVar("_T")
Destination = Literal["document", "stage", "nowhere"]


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
) -> _T:
    """Get teacher and judge ready, let `run` use them, and let go of them.

    A path that names one of them is seen from the document, as that of a base model is.

    Raises:
        TeacherError, JudgeError, StoreError: with the remedy.
    """
    async with open_session(
        loaded.document,
        loaded.frontmatter,
        loaded.folder,
        request_beside(request, loaded.path.parent),
        sections,
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
    if destination == "nowhere" or not sections:
        return SavedPairs()
    Ledger(folder).add(result.entries)
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


async def synthesize_document(
    path: Path,
    request: SynthRequest,
    destination: Destination,
    *,
    sections: Sequence[str] | None,
    on_event: OnEvent,
    stop: anyio.Event,
    on_wait: Callable[[str], None],
    force: bool,
) -> DocumentSynthesis:
    """Synthesize pairs for one document while other tasks go on, and keep what is accepted.

    `sections` limits the run to these section ids; setting `stop` ends it with what is finished;
    `on_wait` hears who holds the store; `force` lets a copy join what is staged for its original.

    Raises:
        TeacherError, JudgeError, StoreError: with the remedy.
    """
    folder = load_valid_document(path).folder
    async with shared_document_lock(folder, "dlm synth instructions", on_wait, path):
        # Loaded again, for who held the lock may have changed it.
        loaded = load_for_synthesis(path, destination, force=force)
        result = await run_on_document(
            loaded, request, lambda ready: ready.run(on_event, stop), sections
        )
        with anyio.CancelScope(shield=True):
            saved = await anyio.to_thread.run_sync(
                save_pairs, loaded, result, destination, request.options.placement
            )
    return DocumentSynthesis(path, result, saved)
