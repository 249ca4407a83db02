"""Provenance: the synthesized sections, their sources, and whether those are still there."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from dlm_lsp.document import Document, Marker, Section, SectionType, Span, SynthMarker
from dlm_lsp.document.lines import after_break
from dlm_lsp.document.marker import read_markers
from dlm_lsp.ide.lines import line_at, trimmed


@dataclass(frozen=True, slots=True)
class RecordedProvenance:
    """The ledger's entry for a section: the words that back it, and what the judge made of it."""

    evidence: str | None
    margin: float | None
    judge: str | None


_START, _END = attrgetter("start"), attrgetter("end")


@dataclass(frozen=True, slots=True)
class SynthesizedSection:
    """A synthesized section, its marker, and the line that the marker stands on."""

    section: Section
    marker: SynthMarker
    line: Span

    @property
    def source_id(self) -> str:
        """The id of the section that this one was written about."""
        return self.marker.source_section_id


def section_at(document: Document, offset: int) -> Section | None:
    """Return the section that `offset` stands in."""
    index = index_at(document, offset)
    return None if index is None else document.sections[index]


def index_at(document: Document, offset: int) -> int | None:
    """Return the place, in `document.sections`, of the section that `offset` stands in."""
    index = bisect_right(document.sections, offset, key=_START) - 1
    if index < 0:
        return None
    end = document.sections[index].end
    # At the end of the text the cursor still stands in the last section.
    return index if offset < end or offset == end == len(document.text) else None


def sections_in(document: Document, span: Span) -> Iterator[Section]:
    """Yield the sections that `span` touches, in order; an empty one touches where it stands."""
    if span.start == span.end:
        section = section_at(document, span.start)
        if section:
            yield section
        return
    first = bisect_right(document.sections, span.start, key=_END)
    for index in range(first, len(document.sections)):
        section = document.sections[index]
        if section.start >= span.end:
            return
        yield section


def opening_span(section: Section) -> Span:
    """Return the fence line, or of prose without a fence the first line that is not blank."""
    if section.fence:
        return section.fence
    line = line_at(section.source, trimmed(section.source, section.span).start)
    # A byte-order mark stands on the first line, but in no section.
    return Span(max(line.start, section.start), line.end)


def source_sections(document: Document) -> Mapping[str, Section]:
    """Return the first section of each id."""
    sections: dict[str, Section] = {}
    for section in document.sections:
        sections.setdefault(section.id, section)
    return sections


def as_synthesized(section: Section) -> SynthesizedSection | None:
    """Return `section` with its marker, or None where it was not synthesized."""
    if section.type is not SectionType.INSTRUCTION or section.fence_end is None:
        return None
    home = after_break(section.source, section.fence_end)
    if home == section.body_start:
        return None
    marker = _last_synth_marker(section.source[home : section.body_start])
    if marker is None or not isinstance(marker.value, SynthMarker):
        return None
    line = Span(home + marker.span.start, home + marker.span.end)
    return SynthesizedSection(section, marker.value, line)


def synthesized_sections(document: Document) -> tuple[SynthesizedSection, ...]:
    """Return every synthesized section, in order."""
    return tuple(
        synthesized for section in document.sections if (synthesized := as_synthesized(section))
    )


def group_by_source(
    sections: Iterable[SynthesizedSection],
) -> Mapping[str, tuple[SynthesizedSection, ...]]:
    """Return `sections` by the id of the section that each was written about."""
    groups: dict[str, list[SynthesizedSection]] = {}
    for synthesized in sections:
        groups.setdefault(synthesized.source_id, []).append(synthesized)
    return {source_id: tuple(group) for source_id, group in groups.items()}


def group_by_run(sections: Iterable[SynthesizedSection]) -> list[list[SynthesizedSection]]:
    """Return `sections`, which are in order, parted where something stands between two of them."""
    groups: list[list[SynthesizedSection]] = []
    for synthesized in sections:
        if groups and groups[-1][-1].section.end == synthesized.section.start:
            groups[-1].append(synthesized)
        else:
            groups.append([synthesized])
    return groups


def synthesized_from(document: Document, section_id: str) -> tuple[SynthesizedSection, ...]:
    """Return the sections that were written about the one with this id, in order."""
    return tuple(
        synthesized
        for synthesized in synthesized_sections(document)
        if synthesized.source_id == section_id
    )


def has_lost_source(synthesized: SynthesizedSection, sources: Mapping[str, Section]) -> bool:
    """Tell whether what a section was written about is not among `sources`, as it was, any more."""
    return synthesized.source_id not in sources


def is_stale(
    synthesized: SynthesizedSection,
    sources: Mapping[str, Section],
    backed: Collection[tuple[str, str]] = (),
) -> bool:
    """Tell whether a section has lost its source and is not known to be backed by another one.

    `backed` are those that are, by their ids and those of the sources that they name.
    """
    key = synthesized.section.id, synthesized.source_id
    return has_lost_source(synthesized, sources) and key not in backed


# An editor asks again at each keystroke, and nearly all markers are still the same.
@lru_cache(maxsize=65536)
def _last_synth_marker(marker_lines: str) -> Marker | None:
    span = Span(0, len(marker_lines))
    markers = read_markers(marker_lines, span, SectionType.INSTRUCTION)
    return next(
        (marker for marker in reversed(list(markers)) if isinstance(marker.value, SynthMarker)),
        None,
    )
