"""Code lenses: what can be done with a section, above its first line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document import Document, Section, SectionType, Span
from dlm_lsp.ide.lines import line_at
from dlm_lsp.ide.provenance import (
    SynthesizedSection,
    group_by_source,
    is_stale,
    opening_span,
    source_sections,
    synthesized_sections,
)
from dlm_lsp.ide.synthesized_counts import pair_count_label, stale_counts

LensAction = Literal[
    "keep",
    "remove",
    "regenerate",
    "source",
    "synthesize",
    "synthesize-more",
    "summary",
]


@dataclass(frozen=True, slots=True)
class CodeLens:
    """Words above a section; `action` says what choosing them is for."""

    span: Span
    title: str
    action: LensAction
    section_id: str | None


def code_lenses(document: Document) -> Iterator[CodeLens]:
    """Yield every lens of `document`, in order; one on its first line sums up what is stale."""
    sources, all_synthesized = source_sections(document), synthesized_sections(document)
    by_source = group_by_source(all_synthesized)
    by_start = {synthesized.section.start: synthesized for synthesized in all_synthesized}
    stale = stale_counts(all_synthesized, sources)
    yield from _summary(document, all_synthesized, sources)
    for section in document.sections:
        if synthesized := by_start.get(section.start):
            yield from _of_synthesized(synthesized, sources)
        elif section.type is SectionType.PROSE:
            yield _of_prose(section, len(by_source.get(section.id, ())), stale[section.end])


def _summary(
    document: Document,
    all_synthesized: Sequence[SynthesizedSection],
    sources: Mapping[str, Section],
) -> Iterator[CodeLens]:
    stale = sum(is_stale(synthesized, sources) for synthesized in all_synthesized)
    if stale:
        title = f"{len(all_synthesized)} synthesized, {stale} stale"
        yield CodeLens(line_at(document.text, 0), title, "summary", None)


def _of_synthesized(
    synthesized: SynthesizedSection, sources: Mapping[str, Section]
) -> Iterator[CodeLens]:
    span, id_ = opening_span(synthesized.section), synthesized.section.id
    yield CodeLens(span, "Keep", "keep", id_)
    yield CodeLens(span, "Remove", "remove", id_)
    yield CodeLens(span, "Regenerate", "regenerate", id_)
    if not is_stale(synthesized, sources):
        yield CodeLens(span, "Source", "source", id_)


def _of_prose(section: Section, count: int, stale: int) -> CodeLens:
    span = opening_span(section)
    if count or stale:
        title = f"Synthesize more · {pair_count_label(count, stale)}"
        return CodeLens(span, title, "synthesize-more", section.id)
    return CodeLens(span, "Synthesize instructions", "synthesize", section.id)
