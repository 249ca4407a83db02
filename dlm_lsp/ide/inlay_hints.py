"""Inlay hints: where a section came from, and how many came from it, at the end of its line."""

from collections.abc import Mapping
from dataclasses import dataclass

from dlm_lsp.document import Document, Section, SectionType, Span
from dlm_lsp.ide.provenance import (
    SynthesizedSection,
    as_synthesized,
    group_by_source,
    is_stale,
    opening_span,
    sections_in,
    source_sections,
    synthesized_sections,
)
from dlm_lsp.ide.synthesized_counts import pair_count_label, stale_counts
from dlm_lsp.ide.teacher_name import short_teacher_name

_DATE_LENGTH = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class InlayHint:
    """Words at the end of a line that are not in the text."""

    offset: int
    label: str
    tooltip: str
    section_id: str


def inlay_hints(document: Document, span: Span) -> tuple[InlayHint, ...]:
    """Return the hints whose place is in `span`, in order."""
    all_synthesized = synthesized_sections(document)
    sources, by_source = source_sections(document), group_by_source(all_synthesized)
    stale = stale_counts(all_synthesized, sources)
    hints: list[InlayHint] = []
    for section in sections_in(document, span):
        count = len(by_source.get(section.id, ()))
        if synthesized := as_synthesized(section):
            hints.append(_provenance_hint(synthesized, sources))
        elif section.type is SectionType.PROSE and (count or stale[section.end]):
            hints.append(_count_hint(section, count, stale[section.end]))
    return tuple(hint for hint in hints if span.start <= hint.offset <= span.end)


def _provenance_hint(synthesized: SynthesizedSection, sources: Mapping[str, Section]) -> InlayHint:
    marker, section = synthesized.marker, synthesized.section
    stale = is_stale(synthesized, sources)
    teacher = short_teacher_name(marker.synth_teacher)
    parts = [marker.synth_strategy, teacher, marker.synth_at[:_DATE_LENGTH]]
    label = " · ".join([*parts, "stale"] if stale else parts)
    tooltip = f"Written by {marker.synth_teacher} at {marker.synth_at}"
    if stale:
        tooltip += "; what it was written about has changed since, or is gone"
    return InlayHint(opening_span(section).end, label, tooltip, section.id)


def _count_hint(section: Section, count: int, stale: int) -> InlayHint:
    tooltip = "How many sections were synthesized from this one"
    return InlayHint(opening_span(section).end, pair_count_label(count, stale), tooltip, section.id)
