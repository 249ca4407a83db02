"""Review items: every pair that the user can decide on, with all that he decides by."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from dlm_lsp.document import Document, Pair, Section, SectionType, Span, well_formed
from dlm_lsp.document.qa_fields import QUESTION_AND_ANSWER, read_qa_fields
from dlm_lsp.document.well_formed import body_of
from dlm_lsp.ide.document_symbols import symbol_name
from dlm_lsp.ide.provenance import source_sections
from dlm_lsp.quality.evidence import locate_evidence
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.store.decisions import Decision, DecisionKind
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.store.plan import StagedSection
from dlm_lsp.synth.report import Refusal, pair_id
from dlm_lsp.synth.saved_report import SavedReport

if TYPE_CHECKING:
    from pydantic import TypeAdapter

ItemState = Literal["staged", "inserted", "refused"]

_WITHOUT_ANSWER = ("not_asked", "deferred", "request_failed")


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A pair, where it stands, and what speaks for it and against it.

    `heading` is what its source section is called, empty where that has changed or is gone;
    `evidence_span` is where in the document the evidence stands, `span` the section that the pair
    is where it is in the document. `reason` (see `Refusal`) and `detail` say why it was refused.
    `decision` is what the user has decided. A section with several pairs shows its first, and can
    be edited and rejected in the text alone. `staged` is the section that waits.
    """

    id: str
    state: ItemState
    pair: Pair
    source_id: str
    heading: str
    teacher: str
    strategy: str
    at: str
    evidence: str = ""
    evidence_span: Span | None = None
    margin: float | None = None
    judge: str | None = None
    reason: str = ""
    detail: str = ""
    decision: DecisionKind | None = None
    span: Span | None = None
    is_editable: bool = True
    staged: StagedSection | None = None

    @property
    def is_expected(self) -> bool:
        """Whether a review is not done before it is decided on; a refused pair may be left."""
        return self.state != "refused" or self.decision is not None

    def as_json(self) -> str:
        """Return the item as it is kept with a decision, to be found where it stands nowhere."""
        left = replace(self, state="refused", span=None, evidence_span=None, staged=None)
        value = _adapter().dump_python(left)
        # Half a character, which another program may have staged, is in no UTF-8.
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """How many of the pairs that a review is about are decided on."""

    reviewed: int
    total: int


def review_counts(items: Iterable[ReviewItem]) -> ReviewCounts:
    """Return how far a review is."""
    expected = [item for item in items if item.is_expected]
    return ReviewCounts(sum(item.decision is not None for item in expected), len(expected))


def review_items(
    document: Document,
    staged: Sequence[StagedSection],
    ledger: Sequence[LedgerEntry],
    reports: Sequence[SavedReport],
    decisions: Mapping[str, Decision],
) -> tuple[ReviewItem, ...]:
    """Return what can be decided on, section by section; what was refused follows the rest.

    `reports` are those of earlier runs, the newest first. Of pairs that cannot stand in a document
    there is none, nor of those that were refused or decided on and are the user's own by now.
    """
    items: dict[str, ReviewItem] = {}
    own = {section.id for section in document.sections if not section.synth}
    # Of those with one id, what stands in the text comes first, and the newest refusal.
    for item in (
        *_inserted(document),
        *(item for item in map(_staged, staged) if item),
        *(item for item in _decided(decisions) if item.id not in own),
        *(item for item in _refused(reports, decisions) if item.id not in own),
    ):
        items.setdefault(item.id, item)
    entries = {entry.section_id: entry for entry in ledger}
    sources = source_sections(document)
    places = {id_: place for place, id_ in enumerate(sources)}
    described = [
        _described(item, sources.get(item.source_id), entries.get(item.id), decisions)
        for item in items.values()
    ]

    def order(item: ReviewItem) -> tuple[bool, int, bool, int]:
        place = places.get(item.source_id, len(places))
        start = item.span.start if item.span else 0
        return item.state == "refused", place, item.span is None, start

    return tuple(sorted(described, key=order))


def _described(
    item: ReviewItem,
    source: Section | None,
    entry: LedgerEntry | None,
    decisions: Mapping[str, Decision],
) -> ReviewItem:
    """Return an item with what its source, the ledger and the user say of it."""
    evidence, margin, judge = item.evidence, item.margin, item.judge
    if entry and item.state != "refused":
        evidence, margin, judge = entry.evidence or "", entry.margin, entry.judge
    decision = decisions.get(item.id)
    kind = decision.decision if decision else None
    if not _counts(item, kind):
        kind = None
    return replace(
        item,
        heading=symbol_name(source) if source else "",
        evidence=evidence,
        evidence_span=_evidence_span(evidence, source) if source else None,
        margin=margin,
        judge=judge,
        decision=kind,
    )


def _counts(item: ReviewItem, decision: DecisionKind | None) -> bool:
    """Tell whether a decision still says how it is: an editor's undo takes back its edit alone."""
    match item.state:
        case "staged":
            return False
        case "inserted":
            return decision == "accepted"
        case "refused":
            return decision == "rejected"


def _evidence_span(evidence: str, source: Section) -> Span | None:
    found = locate_evidence(evidence, source.source[source.body_start : source.body_end])
    if found is None:
        return None
    return Span(source.body_start + found[0], source.body_start + found[1])


def _inserted(document: Document) -> Iterator[ReviewItem]:
    for section in document.sections:
        marker = section.synth
        if marker is None or not (pairs := section.pairs):
            continue
        yield ReviewItem(
            section.id,
            "inserted",
            pairs[0].pair,
            marker.source_section_id,
            "",
            marker.synth_teacher,
            marker.synth_strategy,
            marker.synth_at,
            span=section.span,
            is_editable=len(pairs) == 1,
        )


def _staged(section: StagedSection) -> ReviewItem | None:
    body = section.content
    turns, _ = read_qa_fields(body, Span(0, len(body)), QUESTION_AND_ANSWER)
    if not section.auto_synth or len(turns) != 1:
        return None
    question, answer = turns[0]
    return ReviewItem(
        section.id,
        "staged",
        Pair(question.text, answer.text, question.probe),
        section.source_section_id or "",
        "",
        section.synth_teacher or "",
        section.synth_strategy or "",
        section.synth_at or "",
        staged=section,
    )


def _refused(
    reports: Sequence[SavedReport], decisions: Mapping[str, Decision]
) -> Iterator[ReviewItem]:
    """Yield what was refused about each section by the newest run that got replies about it."""
    known: set[tuple[str, Strategy]] = set()
    for saved in reports:
        report = saved.report
        answered = {(pair.source_id, pair.strategy) for pair in report.accepted}
        answered |= {(pair.source_id, pair.strategy) for pair in report.refused}
        answered |= {
            (skip.source_id, skip.strategy)
            for skip in report.skipped
            if skip.strategy and skip.reason not in _WITHOUT_ANSWER
        }
        for refusal in report.refused:
            if (refusal.source_id, refusal.strategy) in known or refusal.reason == "rejected":
                continue
            item = _refused_item(refusal, saved)
            if item and item.id not in decisions:
                yield item
        known |= answered


def _refused_item(refusal: Refusal, saved: SavedReport) -> ReviewItem | None:
    pair = well_formed(refusal.question, refusal.answer)
    if not isinstance(pair, Pair):
        return None
    return ReviewItem(
        pair_id(pair),
        "refused",
        pair,
        refusal.source_id,
        "",
        saved.teacher,
        refusal.strategy,
        saved.at,
        evidence=refusal.evidence,
        margin=refusal.margin,
        judge=saved.judge if refusal.margin is not None else None,
        reason=refusal.reason,
        detail=refusal.detail,
    )


def _decided(decisions: Mapping[str, Decision]) -> Iterator[ReviewItem]:
    """Yield the pairs that were decided on; those among them that stand nowhere can be taken."""
    for decision in decisions.values():
        item = _read(decision.pair) if decision.pair else None
        if item and decision.decision == "rejected":
            yield replace(item, reason="rejected", detail="rejected by you")
        elif item:
            yield replace(item, reason="taken_out", detail="it was accepted, and taken out again")


@lru_cache(maxsize=4096)
def _read(text: str) -> ReviewItem | None:
    """Return an item as it was kept; None of another version's shape."""
    try:
        return _adapter().validate_json(text)
    except ValidationError:
        return None


def as_staged(item: ReviewItem, document: Document) -> StagedSection:
    """Return a pair as a section to put in: the one that waits, or as a run would stage it.

    Raises:
        ValueError: its provenance is not complete.
    """
    if item.staged:
        return item.staged
    source = source_sections(document).get(item.source_id)
    return StagedSection(
        type=SectionType.INSTRUCTION,
        content=body_of(item.pair),
        adapter=source.adapter if source else None,
        auto_synth=True,
        synth_teacher=item.teacher,
        synth_strategy=item.strategy,
        synth_at=item.at,
        source_section_id=item.source_id,
    )


@cache
def _adapter() -> "TypeAdapter[ReviewItem]":
    from pydantic import TypeAdapter

    return TypeAdapter(ReviewItem)
