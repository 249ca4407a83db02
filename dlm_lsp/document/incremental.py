"""Incremental parsing: a text in one part for each section, so that an edit parses few of them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, compress, count, pairwise
from operator import attrgetter, is_not

from dlm_lsp.document.document import Document
from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.lines import LONE_CR, LineFeedLines, line_starts, without_last_break
from dlm_lsp.document.marker import MARKER_HINT, Marker, SynthMarker
from dlm_lsp.document.parse import HEAD_REACH, Body, Head, read_head
from dlm_lsp.document.problem import Fix, Problem
from dlm_lsp.document.section import Media, Pair, PlacedPair, Section


@dataclass(frozen=True)
class SectionText:
    """The text from one fence to the next, with its section and problems in offsets into it.

    `section` is None where there is nothing but blank prose, and in the part before the body.
    """

    text: str
    section: Section | None
    problems: tuple[Problem, ...]
    ends_in_code: bool = False

    @cached_property
    def synth(self) -> Marker | None:
        """The marker of a synthesized section."""
        markers = self.section.markers if self.section and MARKER_HINT in self.text else ()
        return next((m for m in reversed(markers) if isinstance(m.value, SynthMarker)), None)

    @cached_property
    def id(self) -> str | None:
        """The id of the section."""
        return self.section.id if self.section else None

    @cached_property
    def source_id(self) -> str | None:
        """The id of the section that a synthesized one was written about."""
        marker = self.synth.value if self.synth else None
        return marker.source_section_id if isinstance(marker, SynthMarker) else None

    @cached_property
    def may_be_marked(self) -> bool:
        """Whether it has a problem, or may have a diagnostic for what stands or lies elsewhere."""
        media = self.section.media if self.section else None
        return bool(self.problems or media or self.source_id)

    @cached_property
    def placed_pairs(self) -> tuple[PlacedPair, ...]:
        """The pairs of an instruction section, with where they stand in it."""
        return self.section.pairs if self.section else ()

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs of an instruction section."""
        return tuple(placed.pair for placed in self.placed_pairs)

    @cached_property
    def starts(self) -> list[int]:
        """Where its lines begin; what follows a last line break is the next part's."""
        return line_starts(self.text)

    @cached_property
    def breaks(self) -> int:
        """How many of its lines are ended."""
        return self.text.count("\n") + self.lone_crs

    @cached_property
    def lone_crs(self) -> int:
        """How many of them end at a CR without an LF."""
        return len(LONE_CR.findall(self.text)) if "\r" in self.text else 0


@dataclass(frozen=True)
class IncrementalDocument:
    """A text and what was found in it, made to be edited; `parse` finds the same.

    `parts` holds first what stands before the body, read as `head`.
    """

    head: Head
    parts: tuple[SectionText, ...]
    # How long each part is and how many lines it ends: to add them up takes a tenth of the time
    # that it takes to ask every part.
    lengths: tuple[int, ...]
    breaks: tuple[int, ...]
    lone_crs: int

    @classmethod
    def of(cls, text: str) -> "IncrementalDocument":
        """Return `text` in its parts."""
        head = read_head(text)
        parts = (_head_part(text, head), *_parts(text[head.end :], {}))
        lengths, breaks = tuple(map(_length, parts)), tuple(map(_breaks, parts))
        return cls(head, parts, lengths, breaks, _lone_crs(parts))

    def apply_change(self, start: int, end: int, text: str) -> "IncrementalDocument":
        """Return the parts after `text` took the place of what stands from `start` to `end`.

        Raises:
            ValueError: there is no such place in the text.
        """
        if not 0 <= start <= end <= self.length:
            raise ValueError(f"no place in the text: {start} to {end}")
        first = self.index_at(start)
        # What is written before a fence belongs to the section above.
        first = max(0, first - 1)
        last = self.index_at(end)
        if start <= self._head_reach:
            # Only the prose that opens the body begins without a fence, wherever the head ends.
            first, last = 0, max(1, last)
        ahead = 1
        while True:
            last = min(last, len(self.parts) - 1)
            at = self.offsets[first]
            old = "".join(part.text for part in self.parts[first : last + 1])
            region = f"{old[: start - at]}{text}{old[end - at :]}"
            reparsed = self._reparse(first, region, is_last=last == len(self.parts) - 1)
            if reparsed:
                head, parts = reparsed
                rest = last + 1
                return IncrementalDocument(
                    head or self.head,
                    (*self.parts[:first], *parts, *self.parts[rest:]),
                    (*self.lengths[:first], *map(_length, parts), *self.lengths[rest:]),
                    (*self.breaks[:first], *map(_breaks, parts), *self.breaks[rest:]),
                    self.lone_crs + _lone_crs(parts) - _lone_crs(self.parts[first:rest]),
                )
            last += ahead
            ahead *= 2

    def _reparse(
        self, first: int, region: str, *, is_last: bool
    ) -> tuple[Head | None, list[SectionText]] | None:
        """Return the parts of `region`; None where more of the text has to be looked at."""
        if not is_last and not region.endswith(("\n", "\r")):
            return None
        head = read_head(region) if first == 0 else None
        if head and not head.closed and not is_last:
            return None
        reusable = {part.text: part for part in self.parts[max(first, 1) :][:_REUSED]}
        parts = list(_parts(region[head.end :] if head else region, reusable))
        if not is_last and (parts[-1].ends_in_code if parts else False):
            return None
        return head, [_head_part(region, head), *parts] if head else parts

    @property
    def _head_reach(self) -> int:
        """The last offset at which an edit can change what stands before the body."""
        if self.head.closed:
            return self.head.end
        # A first line that is not yet three dashes may become so.
        first = self.parts[1] if len(self.parts) > 1 else self.parts[0]
        first_line = first.starts[1] if first.breaks else len(first.text)
        return self.head.end + max(first_line, HEAD_REACH)

    @cached_property
    def offsets(self) -> list[int]:
        """Where each part begins, and where the last one ends."""
        return [0, *accumulate(self.lengths)]

    @cached_property
    def lines(self) -> list[int]:
        """How many lines end before each part, and in the whole text."""
        return [0, *accumulate(self.breaks)]

    @property
    def length(self) -> int:
        """The length of the text in code points."""
        return self.offsets[-1]

    @cached_property
    def text(self) -> str:
        """The whole text."""
        return "".join(part.text for part in self.parts)

    @property
    def is_blank(self) -> bool:
        """Whether the text has nothing but white space in it."""
        return len(self.parts) <= _BLANK_PARTS and not self.text.strip("\ufeff \t\r\n")

    @cached_property
    def line_feed_lines(self) -> LineFeedLines:
        """Its lines for an editor that does not end one at a lone CR."""
        return LineFeedLines(self.text)

    @cached_property
    def document(self) -> Document:
        """What `parse` returns for the text."""
        text = self.text
        sections = []
        problems: list[Problem] = []
        for part, at in zip(self.parts, self.offsets, strict=False):
            if part.section:
                sections.append(_shift_section(part.section, at, text))
            problems += (move_problem(problem, at) for problem in part.problems)
        # What is wrong with a first line that opens no frontmatter is the head's, and in the body.
        problems.sort(key=lambda problem: problem.span)
        head, body = self.head, Span(self.head.end, len(text))
        return Document(text, head.frontmatter, head.yaml, body, tuple(sections), tuple(problems))

    def index_at(self, offset: int) -> int:
        """Return the index of the part that holds `offset`; the last one holds the end."""
        return min(bisect_right(self.offsets, offset), len(self.parts)) - 1

    def alone(self, index: int) -> "IncrementalDocument":
        """Return the part at `index` as a text of its own, a section without a frontmatter."""
        part = self.parts[index]
        parts = (part,) if index == 0 else (_NO_PART, part)
        start = int(part.text.startswith("\ufeff"))
        no_head = Head(None, Span(start, start), 0, closed=False, problems=())
        head = self.head if index == 0 else no_head
        return IncrementalDocument(
            head, parts, tuple(map(_length, parts)), tuple(map(_breaks, parts)), _lone_crs(parts)
        )

    def before(self, offset: int) -> tuple[int, str]:
        """Return the line that `offset` is on, from 0, and what stands before it on that line."""
        index = self.index_at(offset)
        part, at = self.parts[index], self.offsets[index]
        line = bisect_right(part.starts, offset - at) - 1
        text = part.text[part.starts[line] : offset - at]
        if at + part.starts[line] == self.byte_order_mark:
            text = self.parts[0].text + text
        return self.lines[index] + line, text

    def line(self, number: int) -> tuple[int, str]:
        """Return where line `number` begins, from 0, and its text without the line break.

        Beyond the last line, it is nothing at the end of the text.
        """
        index = bisect_right(self.lines, number, hi=len(self.parts)) - 1
        part, at = self.parts[index], self.offsets[index]
        inside = number - self.lines[index]
        if inside > part.breaks:
            return self.length, ""
        start, end = part.starts[inside], len(part.text)
        if inside < part.breaks:
            end = without_last_break(part.text, start, part.starts[inside + 1])
        if at + start == self.byte_order_mark:
            return 0, self.parts[0].text + part.text[start:end]
        return at + start, part.text[start:end]

    @cached_property
    def index_by_id(self) -> dict[str | None, int]:
        """The index of the first part of each section id."""
        return dict(
            zip(map(_ID, reversed(self.parts)), reversed(range(len(self.parts))), strict=True)
        )

    @cached_property
    def byte_order_mark(self) -> int | None:
        """The length of a byte-order mark that is all there is before the body."""
        return self.offsets[1] if not self.parts[0].breaks and len(self.parts) > 1 else None


def same_ends(old: Sequence[SectionText], new: Sequence[SectionText]) -> tuple[int, int]:
    """Return how many first and how many last parts of two texts are the same objects."""
    shorter = min(len(old), len(new))
    above = next(compress(count(), map(is_not, old, new)), shorter)
    below = next(compress(count(), map(is_not, reversed(old), reversed(new))), shorter)
    return above, min(below, shorter - above)


def move_problem(problem: Problem, by: int) -> Problem:
    """Return `problem` with all its places further on."""
    fix = move_fix(problem.fix, by) if problem.fix else None
    span = _shift_span(problem.span, by)
    return Problem(problem.code, problem.severity, span, problem.message, fix)


def move_fix(fix: Fix, by: int) -> Fix:
    """Return `fix` with all its edits further on."""
    edits = tuple(Edit(_shift_span(edit.span, by), edit.text) for edit in fix.edits)
    return replace(fix, edits=edits)


_ID = attrgetter("id")
_NO_PART = SectionText("", None, ())
# Enough to find again what stands around an edit; a rebuilt text is parsed anew.
_REUSED = 16
# A fence is no white space: there is what stands before the body, and one part more.
_BLANK_PARTS = 2


def _length(part: SectionText) -> int:
    return len(part.text)


def _breaks(part: SectionText) -> int:
    return part.breaks


def _lone_crs(parts: Iterable[SectionText]) -> int:
    return sum(part.lone_crs for part in parts)


def _head_part(text: str, head: Head) -> SectionText:
    return SectionText(text[: head.end], None, head.problems)


def _parts(body: str, reusable: dict[str, SectionText]) -> Iterator[SectionText]:
    """Yield the parts of a body, those that are `reusable` by their text as they are."""
    ends = [at for _, at, _ in Body(body, Span(0, len(body)), []).fences()]
    for start, end in pairwise([0, *ends, len(body)]):
        if start < end:
            text = body[start:end]
            yield reusable.get(text) or _part(text)


def _part(text: str) -> SectionText:
    problems: list[Problem] = []
    body = Body(text, Span(0, len(text)), problems)
    sections = tuple(body.sections())
    problems.sort(key=lambda problem: problem.span)
    return SectionText(text, sections[0] if sections else None, tuple(problems), body.ends_in_code)


def _shift_span(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _shift_section(section: Section, by: int, source: str) -> Section:
    media = section.media
    return Section(
        section.type,
        section.adapter,
        section.start + by,
        None if section.fence_end is None else section.fence_end + by,
        section.body_start + by,
        section.body_end + by,
        section.end + by,
        section.content,
        section.id,
        Media(media.path, media.text, _shift_span(media.path_span, by)) if media else None,
        source,
    )
