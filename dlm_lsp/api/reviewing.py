"""Review: the pairs of a document that can be decided on, and what a decision does."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dlm_lsp.api.documents import LoadedDocument, change_document, load_document
from dlm_lsp.document import Edit, Pair, PairFault, Placement, well_formed
from dlm_lsp.errors import DlmError, StoreError, UsageError
from dlm_lsp.store.copies import refuse_copy
from dlm_lsp.store.decisions import (
    DecisionKind,
    decisions_of,
    record_decisions,
    restore_decisions,
)
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.plan import load_plan, take_from_plan
from dlm_lsp.synth.insertion import Unplaced
from dlm_lsp.synth.review_change import ReviewChange, decide_on
from dlm_lsp.synth.review_items import ReviewItem, review_items
from dlm_lsp.synth.saved_report import saved_reports


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """The ids that the decided pairs have now, and the pairs that could not be put in."""

    decided: tuple[str, ...]
    unplaced: tuple[Unplaced, ...] = ()


def load_review(path: Path) -> tuple[LoadedDocument, tuple[ReviewItem, ...]]:
    """Return the document at `path` and every pair of it that can be decided on.

    Raises:
        StoreError: the document or its store cannot be read.
    """
    loaded = load_document(path)
    return loaded, items_of(loaded)


def items_of(
    loaded: LoadedDocument, on_unreadable: Callable[[str], None] | None = None
) -> tuple[ReviewItem, ...]:
    """Return every pair of a document that can be decided on.

    `on_unreadable`, if there is one, hears why what the store knows of them is left out.

    Raises:
        StoreError: what is staged cannot be read; or what the store knows, and nobody is to hear.
    """
    folder = loaded.folder
    plan = load_plan(folder)
    staged = plan.sections if plan else ()
    try:
        known = Ledger(folder).all(), saved_reports(folder), decisions_of(folder)
    except StoreError as error:
        if on_unreadable is None:
            raise
        on_unreadable(f"dlm: {error}")
        known = (), (), {}
    return review_items(loaded.document, staged, *known)


def edited_pair(question: str, answer: str) -> Pair:
    """Return a pair in the words of the user.

    Raises:
        UsageError: it cannot stand in a document, with the reason.
    """
    pair = well_formed(question, answer)
    if isinstance(pair, PairFault):
        raise UsageError(f"this cannot stand in a document: {pair.detail}")
    return pair


def now() -> str:
    """Return the time as the store has it: ISO-8601 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decide_pairs(
    path: Path,
    ids: Sequence[str],
    decision: DecisionKind,
    on_wait: Callable[[str], None],
    *,
    edited: Pair | None = None,
    placement: Placement = "after-source",
    force: bool = False,
) -> ReviewOutcome:
    """Accept or reject pairs of the document at `path`, and write what follows from it.

    An accepted pair is in the document then, a rejected one is not, and no later run offers it
    again. `on_wait` hears who holds the store. With `force` a copy decides on what is staged for
    its original.

    Raises:
        UsageError: a pair is not there any more, or several are to be edited at once.
        CopyError: the document is such a copy.
        StoreError: the document or its store cannot be read or written.
    """
    folder = load_document(path).folder
    with document_lock(folder, "dlm synth review", on_wait, path):
        if not force:
            refuse_copy(folder, path)
        before = decisions_of(folder)
        recorded: set[str] = set()

        def change(loaded: LoadedDocument) -> tuple[Sequence[Edit], ReviewChange]:
            items = _chosen(items_of(loaded), ids)
            found = decide_on(loaded.document, items, decision, now(), placement, edited=edited)
            # Before the text: what is lost between the two stands in one of them still.
            record_decisions(folder, found.decisions, found.entries)
            recorded.update(decision.section_id for decision in found.decisions)
            return found.edits, found

        try:
            made = change_document(path, change)
        except DlmError:
            with suppress(StoreError):
                restore_decisions(folder, recorded, before)
            raise
        take_from_plan(folder, made.unstaged)
    return ReviewOutcome(tuple(d.section_id for d in made.decisions), made.unplaced)


def _chosen(items: Sequence[ReviewItem], ids: Sequence[str]) -> list[ReviewItem]:
    known = {item.id: item for item in items}
    for id_ in ids:
        if id_ not in known:
            raise UsageError("a pair is not there any more; list the pairs again")
    return [known[id_] for id_ in dict.fromkeys(ids)]
