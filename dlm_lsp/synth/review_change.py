"""Review change: what a decision about pairs does to the document, the plan and the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dlm_lsp.document import Document, Edit, Pair, Placement, remove, replace_pair
from dlm_lsp.document.well_formed import body_of
from dlm_lsp.errors import UsageError
from dlm_lsp.store.decisions import Decision, DecisionKind
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.synth.insertion import Unplaced, plan_insertion
from dlm_lsp.synth.report import pair_id
from dlm_lsp.synth.review_items import ReviewItem, as_staged


@dataclass(frozen=True, slots=True)
class ReviewChange:
    """What is to be written once a decision is made.

    `edits` change the document; `entries` go to the ledger, for what stands in the document and no
    teacher wrote as it is now, or no run put in; the sections `unstaged` leave the plan.
    `unplaced` cannot be put in, and stay as they are.
    """

    edits: Sequence[Edit] = ()
    entries: tuple[LedgerEntry, ...] = ()
    decisions: tuple[Decision, ...] = ()
    unstaged: tuple[str, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()


def accept_items(
    document: Document, items: Sequence[ReviewItem], at: str, placement: Placement
) -> ReviewChange:
    """Return how to take pairs: those that are not in the document yet go into it.

    `at` is the time of the decision (ISO-8601, UTC).
    """
    new = [(item, as_staged(item, document)) for item in items if item.state != "inserted"]
    insertion = plan_insertion(document, [section for _, section in new], placement)
    left = [unplaced.section for unplaced in insertion.unplaced]
    taken = [item for item, section in new if not any(section is other for other in left)]
    present = [item for item in items if item.state == "inserted"]
    return ReviewChange(
        insertion.edits,
        tuple(_entry(item) for item in taken if item.state == "refused"),
        (
            *(Decision(item.id, "accepted", at, item.as_json()) for item in present),
            *(Decision(pair_id(item.pair), "accepted", at, _placed(item)) for item in taken),
        ),
        tuple(item.id for item in taken if item.state == "staged"),
        insertion.unplaced,
    )


def reject_items(document: Document, items: Sequence[ReviewItem], at: str) -> ReviewChange:
    """Return how to drop pairs, so that no later run offers them again.

    Raises:
        UsageError: a section has several pairs, of which a review shows one.
    """
    if not all(item.is_editable for item in items):
        raise UsageError("this section has several pairs; take it out in the document")
    ids = {item.id for item in items if item.state == "inserted"}
    gone = [section for section in document.sections if section.synth and section.id in ids]
    return ReviewChange(
        remove(document, gone),
        decisions=tuple(Decision(item.id, "rejected", at, item.as_json()) for item in items),
        unstaged=tuple(item.id for item in items if item.state == "staged"),
    )


def edit_item(
    document: Document, item: ReviewItem, pair: Pair, at: str, placement: Placement
) -> ReviewChange:
    """Return how to take a pair in other words; its first ones are not offered again.

    Raises:
        UsageError: the section has several pairs, or the new one is in the document already.
    """
    if pair == item.pair:
        return accept_items(document, [item], at, placement)
    if not item.is_editable:
        raise UsageError("this section has several pairs; edit it in the document")
    id_ = pair_id(pair)
    if any(section.id == id_ for section in document.sections):
        raise UsageError("this pair is in the document already")
    staged = replace(item.staged, content=body_of(pair)) if item.staged else None
    edited = replace(item, id=id_, pair=pair, margin=None, judge=None, staged=staged)
    decisions = (
        Decision(item.id, "rejected", at),
        Decision(id_, "accepted", at, edited.as_json()),
    )
    if item.state != "inserted":
        change = accept_items(document, [edited], at, placement)
        if change.unplaced:
            return change
        return replace(
            change,
            entries=(_entry(edited),),
            decisions=decisions,
            unstaged=(item.id, id_) if item.state == "staged" else (id_,),
        )
    section = next(s for s in document.sections if s.synth and s.id == item.id)
    edits = replace_pair(document, section, pair)
    return ReviewChange(edits, (_entry(edited),), decisions, (id_,))


def decide_on(
    document: Document,
    items: Sequence[ReviewItem],
    decision: DecisionKind,
    at: str,
    placement: Placement,
    *,
    edited: Pair | None = None,
) -> ReviewChange:
    """Return what a decision does; with `edited` the one item that it is about is taken so.

    Raises:
        UsageError: several pairs cannot be edited at once.
    """
    if edited is not None:
        if len(items) != 1 or decision == "rejected":
            raise UsageError("an edited pair is one pair that is accepted")
        return edit_item(document, items[0], edited, at, placement)
    if decision == "rejected":
        return reject_items(document, items, at)
    return accept_items(document, items, at, placement)


def _placed(item: ReviewItem) -> str:
    """Return an item as it is kept under the id that it has once it is in the document."""
    return replace(item, id=pair_id(item.pair)).as_json()


def _entry(item: ReviewItem) -> LedgerEntry:
    """Return what the ledger keeps of a pair that is in the document by a decision."""
    return LedgerEntry(
        section_id=item.id,
        source_section_id=item.source_id,
        teacher=item.teacher,
        strategy=item.strategy,
        synth_at=item.at,
        run_id=f"{item.at} {item.teacher}",
        evidence=item.evidence or None,
        margin=item.margin,
        judge=item.judge,
    )
