"""What can be done with a section, above it; and where it came from, beside it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document import Document, Section, SectionType, Span
from dlm_lsp.ide.lines import line_at
from dlm_lsp.ide.provenance import (
    SynthesizedSection,
    as_synthesized,
    group_by_run,
    group_by_source,
    is_stale,
    opening_span,
    sections_in,
    source_sections,
    synthesized_sections,
)

LensAction = Literal[
    "keep",
    "remove",
    "regenerate",
    "source",
    "synthesized",
    "synthesize",
    "summary",
]

_DATE_LENGTH = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class CodeLens:
    """Words above a section; `action` says what choosing them is for."""

    span: Span
    title: str
    action: LensAction
    section_id: str | None


@dataclass(frozen=True, slots=True)
class InlayHint:
    """Words at the end of a line that are not in the text."""

    offset: int
    label: str
    tooltip: str
    section_id: str


def code_lenses(document: Document) -> Iterator[CodeLens]:
    """Yield every lens of `document`, in order; one on its first line sums up what is stale."""
    known, found = source_sections(document), synthesized_sections(document)
    made = group_by_source(found)
    by_start = {one.section.start: one for one in found}
    stale = _stale_behind(found, known)
    yield from _summary(document, found, known)
    for section in document.sections:
        if one := by_start.get(section.start):
            yield from _of_synthesized(one, known)
        elif section.type is SectionType.PROSE:
            yield _of_prose(section, len(made.get(section.id, ())), stale[section.end])


def inlay_hints(document: Document, span: Span) -> tuple[InlayHint, ...]:
    """Return the hints whose place is in `span`, in order."""
    all_synthesized = synthesized_sections(document)
    known, made = source_sections(document), group_by_source(all_synthesized)
    stale = _stale_behind(all_synthesized, known)
    found: list[InlayHint] = []
    for section in sections_in(document, span):
        if one := as_synthesized(section):
            found.append(_origin(one, known))
        elif section.type is SectionType.PROSE and (section.id in made or stale[section.end]):
            found.append(_count(section, len(made.get(section.id, ())), stale[section.end]))
    return tuple(hint for hint in found if span.start <= hint.offset <= span.end)


def _summary(
    document: Document, found: Sequence[SynthesizedSection], known: Mapping[str, Section]
) -> Iterator[CodeLens]:
    stale = sum(is_stale(one, known) for one in found)
    if stale:
        title = f"{len(found)} synthesized, {stale} stale"
        yield CodeLens(line_at(document.text, 0), title, "summary", None)


def _stale_behind(
    found: Sequence[SynthesizedSection], known: Mapping[str, Section]
) -> Counter[int]:
    """Return how many stale sections stand right behind what ends at an offset.

    Nobody knows what they were written about, but most likely it stood there.
    """
    return Counter(
        {
            run[0].section.start: sum(is_stale(one, known) for one in run)
            for run in group_by_run(found)
        }
    )


def _of_synthesized(one: SynthesizedSection, known: Mapping[str, Section]) -> Iterator[CodeLens]:
    span, id_ = opening_span(one.section), one.section.id
    yield CodeLens(span, "Keep", "keep", id_)
    yield CodeLens(span, "Remove", "remove", id_)
    yield CodeLens(span, "Regenerate", "regenerate", id_)
    if not is_stale(one, known):
        yield CodeLens(span, "Source", "source", id_)


def _of_prose(section: Section, count: int, stale: int) -> CodeLens:
    span = opening_span(section)
    if count or stale:
        return CodeLens(span, _counted(count, stale), "synthesized", section.id)
    return CodeLens(span, "Synthesize instructions", "synthesize", section.id)


def _counted(count: int, stale: int) -> str:
    """Return how many sections came from one, those that are stale included."""
    return f"{count + stale} synthesized, {stale} stale" if stale else f"{count} synthesized"


def _origin(one: SynthesizedSection, known: Mapping[str, Section]) -> InlayHint:
    marker = one.marker
    stale = is_stale(one, known)
    parts = [marker.synth_strategy, marker.synth_teacher, marker.synth_at[:_DATE_LENGTH]]
    label = " · ".join([*parts, "stale"] if stale else parts)
    tooltip = f"Written by {marker.synth_teacher} at {marker.synth_at}"
    if stale:
        tooltip += "; what it was written about has changed since, or is gone"
    return InlayHint(opening_span(one.section).end, label, tooltip, one.section.id)


def _count(section: Section, count: int, stale: int) -> InlayHint:
    tooltip = "How many sections were synthesized from this one"
    return InlayHint(opening_span(section).end, _counted(count, stale), tooltip, section.id)
