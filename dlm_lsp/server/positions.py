"""Positions: offsets into a text, and the lines and columns that a client counts."""

from dataclasses import dataclass
from itertools import accumulate

from lsprotocol import types

from dlm_lsp.document import Span
from dlm_lsp.document.incremental import IncrementalDocument

_UTF8 = types.PositionEncodingKind.Utf8
_UTF32 = types.PositionEncodingKind.Utf32


@dataclass(frozen=True, slots=True)
class PositionMap:
    """The places of one version of a text, in the units that were agreed on with the client."""

    incremental: IncrementalDocument
    encoding: str

    def offset(self, position: types.Position) -> int:
        """Return the offset of a position; past the end of its line it is that end."""
        start, line = self.incremental.line(position.line)
        return start + _characters(line, position.character, self.encoding)

    def position(self, offset: int) -> types.Position:
        """Return the position of an offset."""
        line, before = self.incremental.before(offset)
        return types.Position(line, _units(before, self.encoding))

    def span(self, range_: types.Range) -> Span:
        """Return the span of a range; one that runs backwards is turned round."""
        ends = sorted((self.offset(range_.start), self.offset(range_.end)))
        return Span(ends[0], ends[1])

    def range(self, span: Span) -> types.Range:
        """Return the range of a span."""
        return types.Range(self.position(span.start), self.position(span.end))


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
