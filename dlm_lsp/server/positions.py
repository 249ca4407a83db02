"""Positions: offsets into a text, and the lines and columns that a client counts."""

from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Protocol

from lsprotocol import types

from dlm_lsp.document import Span
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.document.lines import LINE_BREAK

_UTF8 = types.PositionEncodingKind.Utf8
_UTF32 = types.PositionEncodingKind.Utf32


class _Lines(Protocol):
    def before(self, offset: int) -> tuple[int, str]: ...

    def line(self, number: int) -> tuple[int, str]: ...


@dataclass(frozen=True, slots=True)
class PositionMap:
    """The places of one version of a text, in the units that were agreed on with the client.

    With `by_line_feeds` they are those of an editor that holds a CR for a character of its line,
    and not, as the protocol says, for the end of one.
    """

    incremental: IncrementalDocument
    encoding: str
    by_line_feeds: bool = False

    def offset(self, position: types.Position) -> int:
        """Return the offset of a position; past the end of its line it is that end."""
        start, line = self._lines.line(position.line)
        inside = _characters(line, position.character, self.encoding)
        if self.by_line_feeds and position.character == _units(line, self.encoding) + 1:
            # Between a CR and the LF behind it, where such an editor can be.
            inside += self.incremental.text.startswith("\r\n", start + inside)
        return start + inside

    def position(self, offset: int) -> types.Position:
        """Return the position of an offset."""
        line, before = self._lines.before(offset)
        return types.Position(line, _units(before, self.encoding))

    def span(self, range_: types.Range) -> Span:
        """Return the span of a range; one that runs backwards is turned round."""
        ends = sorted((self.offset(range_.start), self.offset(range_.end)))
        return Span(ends[0], ends[1])

    def deleted_span(self, range_: types.Range) -> Span:
        """Return the span of a range whose end is counted from its start, lone CRs as line ends.

        So Helix counts what it deletes, and everything else by line feeds.
        """
        lines = range_.end.line - range_.start.line
        if lines <= 0 or not self.incremental.lone_crs:
            return self.span(range_)
        start, text = self.offset(range_.start), self.incremental.text
        breaks = list(islice(LINE_BREAK.finditer(text, start), lines))
        if len(breaks) < lines:
            return Span(start, len(text))
        rest = LINE_BREAK.split(text[breaks[-1].end() :], maxsplit=1)[0]
        return Span(
            start, breaks[-1].end() + _characters(rest, range_.end.character, self.encoding)
        )

    def range(self, span: Span) -> types.Range:
        """Return the range of a span."""
        return types.Range(self.position(span.start), self.position(span.end))

    @property
    def lines_differ(self) -> bool:
        """Whether the client's lines are others than those that the parts of the text begin on."""
        return self.by_line_feeds and self.incremental.lone_crs > 0

    @property
    def _lines(self) -> _Lines:
        return self.incremental.line_feed_lines if self.lines_differ else self.incremental


def _units(text: str, encoding: str) -> int:
    if encoding == _UTF32 or text.isascii():
        return len(text)
    if encoding == _UTF8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(character > "\uffff" for character in text)


def _characters(line: str, units: int, encoding: str) -> int:
    """Return how many characters of `line` make up so many units, whole ones only."""
    if encoding == _UTF32 or line.isascii():
        return min(units, len(line))
    if units >= _units(line, encoding):
        return len(line)
    ends = accumulate(_units(character, encoding) for character in line)
    return sum(end <= units for end in ends)
