"""Which sections were synthesized, from which others, and whether those are still there."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
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
    found: dict[str, Section] = {}
    for section in document.sections:
        found.setdefault(section.id, section)
    return found


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
    return tuple(found for section in document.sections if (found := as_synthesized(section)))


def group_by_source(
    found: Iterable[SynthesizedSection],
) -> Mapping[str, tuple[SynthesizedSection, ...]]:
    """Return `found` by the id of the section that each was written about."""
    groups: dict[str, list[SynthesizedSection]] = {}
    for one in found:
        groups.setdefault(one.source_id, []).append(one)
    return {source_id: tuple(group) for source_id, group in groups.items()}


def group_by_run(found: Iterable[SynthesizedSection]) -> list[list[SynthesizedSection]]:
    """Return `found`, which is in order, parted where something stands between two of them."""
    groups: list[list[SynthesizedSection]] = []
    for one in found:
        if groups and groups[-1][-1].section.end == one.section.start:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def synthesized_from(document: Document, section_id: str) -> tuple[SynthesizedSection, ...]:
    """Return the sections that were written about the one with this id, in order."""
    return tuple(one for one in synthesized_sections(document) if one.source_id == section_id)


def is_stale(one: SynthesizedSection, known: Mapping[str, Section]) -> bool:
    """Tell whether what `one` was written about is not in the document as it was; see `sources`."""
    return one.source_id not in known


# An editor asks again at each keystroke, and nearly all markers are still the same.
@lru_cache(maxsize=65536)
def _last_synth_marker(marker_lines: str) -> Marker | None:
    span = Span(0, len(marker_lines))
    found = read_markers(marker_lines, span, SectionType.INSTRUCTION)
    return next(
        (marker for marker in reversed(list(found)) if isinstance(marker.value, SynthMarker)), None
    )
