"""Insertion: from accepted pairs to staged sections, and to the edits that put them in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dlm_lsp.document import (
    Addition,
    Document,
    Edit,
    Pair,
    Placement,
    SectionType,
    Span,
    SynthMarker,
    insert,
    well_formed,
)
from dlm_lsp.document.fence import ADAPTER_NAME
from dlm_lsp.document.marker import is_marker
from dlm_lsp.document.qa_fields import QUESTION_AND_ANSWER, read_qa_fields
from dlm_lsp.document.well_formed import body_of
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.store.plan import StagedSection
from dlm_lsp.synth.report import Candidate

SOURCE_GONE = "its source section has changed or is gone"
"""Why a section has no place where it could go."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A staged section that cannot be put in, and why."""

    section: StagedSection
    reason: str


@dataclass(frozen=True, slots=True)
class InsertionPlan:
    """How staged sections go into a document: the edits, and what became of each section.

    `added` are the ids that the sections in `placed` have in the document.
    """

    edits: tuple[Edit, ...]
    placed: tuple[StagedSection, ...]
    added: tuple[str, ...]
    present: tuple[StagedSection, ...]
    unplaced: tuple[Unplaced, ...]


def staged_sections(
    document: Document, accepted: Iterable[Candidate], teacher: str, at: str
) -> tuple[StagedSection, ...]:
    """Return accepted pairs as sections to stage, routed to the adapter of their source.

    `at` is the time of the run, ISO-8601 in UTC.
    """
    adapters = {section.id: section.adapter for section in reversed(document.sections)}
    return tuple(
        StagedSection(
            type=SectionType.INSTRUCTION,
            content=body_of(candidate.pair),
            adapter=adapters.get(candidate.source_id),
            auto_synth=True,
            synth_teacher=teacher,
            synth_strategy=candidate.strategy,
            synth_at=at,
            source_section_id=candidate.source_id,
        )
        for candidate in accepted
    )


def ledger_entries(
    accepted: Iterable[Candidate], teacher: str, judge: str | None, at: str, run_id: str
) -> tuple[LedgerEntry, ...]:
    """Return what the ledger keeps of accepted pairs, beyond what their markers can hold."""
    return tuple(
        LedgerEntry(
            section_id=candidate.id,
            source_section_id=candidate.source_id,
            teacher=teacher,
            strategy=candidate.strategy,
            synth_at=at,
            run_id=run_id,
            evidence=candidate.evidence or None,
            margin=candidate.margin,
            judge=judge if candidate.margin is not None else None,
        )
        for candidate in accepted
    )


def plan_insertion(
    document: Document, sections: Sequence[StagedSection], placement: Placement = "after-source"
) -> InsertionPlan:
    """Return how `sections` go into `document` as it is now, anchored by the id of their source."""
    known = {section.id for section in document.sections}
    open_code = any(problem.code == "unclosed-code" for problem in document.problems)
    additions: list[Addition] = []
    placed, present, unplaced = [], [], []
    for section in sections:
        addition = _addition(section)
        if isinstance(addition, str):
            unplaced.append(Unplaced(section, addition))
        elif addition.id in known:
            present.append(section)
        elif section.source_section_id not in known:
            unplaced.append(Unplaced(section, SOURCE_GONE))
        elif open_code:
            unplaced.append(Unplaced(section, "the document ends inside a code block"))
        else:
            known.add(addition.id)
            additions.append(addition)
            placed.append(section)
    edits = insert(document, additions, placement)
    added = tuple(addition.id for addition in additions)
    return InsertionPlan(tuple(edits), tuple(placed), added, tuple(present), tuple(unplaced))


def _addition(section: StagedSection) -> Addition | str:
    """Return what a staged section adds, or why it cannot be put in.

    Another program may have staged it, so its words are looked at like a teacher's.
    """
    pair = _pair(section.content)
    if isinstance(pair, str):
        return pair
    if not section.auto_synth:
        return "it is not a synthesized section (auto_synth is false)"
    if section.adapter and not ADAPTER_NAME.fullmatch(section.adapter):
        return f"{section.adapter!r} is no adapter name: a letter, then a-z, 0-9 and _, 32 at most"
    marker = SynthMarker(
        section.synth_teacher or "",
        section.synth_strategy or "",
        section.synth_at or "",
        section.source_section_id or "",
    )
    if not is_marker(marker.line()):
        return "its provenance cannot be written as a marker"
    return Addition(pair, marker, section.adapter)


def _pair(body: str) -> Pair | str:
    turns, problems = read_qa_fields(body, Span(0, len(body)), QUESTION_AND_ANSWER)
    if problems:
        return problems[0].message
    if len(turns) != 1:
        return f"it holds {len(turns)} pairs instead of one"
    question, answer = turns[0]
    if question.probe:
        return "it is a probe, which a synthesized section cannot be"
    pair = well_formed(question.text, answer.text)
    return pair if isinstance(pair, Pair) else pair.detail
