"""Inlay hints: where a section came from, and how many came from it, at the end of its line."""

from collections.abc import Collection
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
from dlm_lsp.ide.synthesized_counts import orphan_counts, pair_count_label, stale_counts
from dlm_lsp.ide.teacher_name import short_teacher_name

_DATE_LENGTH = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class InlayHint:
    """Words at the end of a line that are not in the text."""

    offset: int
    label: str
    tooltip: str
    section_id: str


def inlay_hints(
    document: Document, span: Span, backed: Collection[tuple[str, str]] = ()
) -> tuple[InlayHint, ...]:
    """Return the hints whose place is in `span`, in order.

    `backed` are sections that are not stale, though they have lost their sources (see `is_stale`).
    """
    all_synthesized = synthesized_sections(document)
    sources, by_source = source_sections(document), group_by_source(all_synthesized)
    orphans = orphan_counts(all_synthesized, sources)
    stale = stale_counts(all_synthesized, sources, backed)
    hints: list[InlayHint] = []
    for section in sections_in(document, span):
        count = len(by_source.get(section.id, ())) + orphans[section.end]
        if synthesized := as_synthesized(section):
            is_gone = is_stale(synthesized, sources, backed)
            hints.append(_provenance_hint(synthesized, stale=is_gone))
        elif section.type is SectionType.PROSE and count:
            hints.append(_count_hint(section, count, stale[section.end]))
    return tuple(hint for hint in hints if span.start <= hint.offset <= span.end)


def _provenance_hint(synthesized: SynthesizedSection, *, stale: bool) -> InlayHint:
    marker, section = synthesized.marker, synthesized.section
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
