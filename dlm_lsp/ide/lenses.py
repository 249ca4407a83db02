"""What can be done with a section, above it; and where it came from, beside it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document import Document, Section, SectionType, Span
from dlm_lsp.ide.lines import line_at
from dlm_lsp.ide.origin import (
    Synthesized,
    as_synthesized,
    by_source,
    is_stale,
    opening,
    runs,
    sections_in,
    sources,
    synthesized,
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
class Lens:
    """Words above a section; `action` says what choosing them is for."""

    span: Span
    title: str
    action: LensAction
    section_id: str | None


@dataclass(frozen=True, slots=True)
class Hint:
    """Words at the end of a line that are not in the text."""

    offset: int
    label: str
    tooltip: str
    section_id: str


def lenses(document: Document) -> Iterator[Lens]:
    """Yield every lens of `document`, in order; one on its first line sums up what is stale."""
    known, found = sources(document), synthesized(document)
    made = by_source(found)
    by_start = {one.section.start: one for one in found}
    stale = _stale_behind(found, known)
    yield from _summary(document, found, known)
    for section in document.sections:
        if one := by_start.get(section.start):
            yield from _of_synthesized(one, known)
        elif section.type is SectionType.PROSE:
            yield _of_prose(section, len(made.get(section.id, ())), stale[section.end])


def hints(document: Document, span: Span) -> tuple[Hint, ...]:
    """Return the hints whose place is in `span`, in order."""
    all_synthesized = synthesized(document)
    known, made = sources(document), by_source(all_synthesized)
    stale = _stale_behind(all_synthesized, known)
    found: list[Hint] = []
    for section in sections_in(document, span):
        if one := as_synthesized(section):
            found.append(_origin(one, known))
        elif section.type is SectionType.PROSE and (section.id in made or stale[section.end]):
            found.append(_count(section, len(made.get(section.id, ())), stale[section.end]))
    return tuple(hint for hint in found if span.start <= hint.offset <= span.end)


def _summary(
    document: Document, found: Sequence[Synthesized], known: Mapping[str, Section]
) -> Iterator[Lens]:
    stale = sum(is_stale(one, known) for one in found)
    if stale:
        title = f"{len(found)} synthesized, {stale} stale"
        yield Lens(line_at(document.text, 0), title, "summary", None)


def _stale_behind(found: Sequence[Synthesized], known: Mapping[str, Section]) -> Counter[int]:
    """Return how many stale sections stand right behind what ends at an offset.

    Nobody knows what they were written about, but most likely it stood there.
    """
    return Counter(
        {run[0].section.start: sum(is_stale(one, known) for one in run) for run in runs(found)}
    )


def _of_synthesized(one: Synthesized, known: Mapping[str, Section]) -> Iterator[Lens]:
    span, id_ = opening(one.section), one.section.id
    yield Lens(span, "Keep", "keep", id_)
    yield Lens(span, "Remove", "remove", id_)
    yield Lens(span, "Regenerate", "regenerate", id_)
    if not is_stale(one, known):
        yield Lens(span, "Source", "source", id_)


def _of_prose(section: Section, count: int, stale: int) -> Lens:
    span = opening(section)
    if count or stale:
        return Lens(span, _counted(count, stale), "synthesized", section.id)
    return Lens(span, "Synthesize instructions", "synthesize", section.id)


def _counted(count: int, stale: int) -> str:
    """Return how many sections came from one, those that are stale included."""
    return f"{count + stale} synthesized, {stale} stale" if stale else f"{count} synthesized"


def _origin(one: Synthesized, known: Mapping[str, Section]) -> Hint:
    marker = one.marker
    stale = is_stale(one, known)
    parts = [marker.synth_strategy, marker.synth_teacher, marker.synth_at[:_DATE_LENGTH]]
    label = " · ".join([*parts, "stale"] if stale else parts)
    tooltip = f"Written by {marker.synth_teacher} at {marker.synth_at}"
    if stale:
        tooltip += "; what it was written about has changed since, or is gone"
    return Hint(opening(one.section).end, label, tooltip, one.section.id)


def _count(section: Section, count: int, stale: int) -> Hint:
    tooltip = "How many sections were synthesized from this one"
    return Hint(opening(section).end, _counted(count, stale), tooltip, section.id)
