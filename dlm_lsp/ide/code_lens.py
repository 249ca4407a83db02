"""Code lenses: what can be done with a section, above its first line."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document import Document, Section, SectionType, Span
from dlm_lsp.ide.lines import line_at
from dlm_lsp.ide.provenance import (
    SynthesizedSection,
    group_by_source,
    has_lost_source,
    opening_span,
    source_sections,
    synthesized_sections,
)
from dlm_lsp.ide.synthesized_counts import orphan_counts, pair_count_label, stale_counts

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


def code_lenses(document: Document, backed: Collection[tuple[str, str]] = ()) -> Iterator[CodeLens]:
    """Yield every lens of `document`, in order; one on its first line sums up what is stale.

    `backed` are the sections that are not, though they have lost their sources (see `is_stale`).
    """
    sources, all_synthesized = source_sections(document), synthesized_sections(document)
    by_source = group_by_source(all_synthesized)
    by_start = {synthesized.section.start: synthesized for synthesized in all_synthesized}
    orphans = orphan_counts(all_synthesized, sources)
    stale = stale_counts(all_synthesized, sources, backed)
    yield from _summary(document, len(all_synthesized), stale.total())
    for section in document.sections:
        if synthesized := by_start.get(section.start):
            yield from _of_synthesized(synthesized, sources)
        elif section.type is SectionType.PROSE:
            count = len(by_source.get(section.id, ())) + orphans[section.end]
            yield _of_prose(section, count, stale[section.end])


def _summary(document: Document, count: int, stale: int) -> Iterator[CodeLens]:
    if stale:
        title = f"{count} synthesized, {stale} stale"
        yield CodeLens(line_at(document.text, 0), title, "summary", None)


def _of_synthesized(
    synthesized: SynthesizedSection, sources: Mapping[str, Section]
) -> Iterator[CodeLens]:
    span, id_ = opening_span(synthesized.section), synthesized.section.id
    yield CodeLens(span, "Keep", "keep", id_)
    yield CodeLens(span, "Remove", "remove", id_)
    yield CodeLens(span, "Regenerate", "regenerate", id_)
    if not has_lost_source(synthesized, sources):
        yield CodeLens(span, "Source", "source", id_)


def _of_prose(section: Section, count: int, stale: int) -> CodeLens:
    span = opening_span(section)
    if count:
        title = f"Synthesize more · {pair_count_label(count, stale)}"
        return CodeLens(span, title, "synthesize-more", section.id)
    return CodeLens(span, "Synthesize instructions", "synthesize", section.id)
