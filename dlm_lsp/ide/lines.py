"""Line spans: the lines of a part of the text, and text without the blanks around it."""

from collections.abc import Iterator

from dlm_lsp.document import Span
from dlm_lsp.document.lines import LINE_BREAK


def line_spans(text: str, span: Span) -> Iterator[Span]:
    """Yield each line of `text[span]` without its line break."""
    at = span.start
    for match in LINE_BREAK.finditer(text, span.start, span.end):
        yield Span(at, match.start())
        at = match.end()
    yield Span(at, span.end)


def line_at(text: str, offset: int) -> Span:
    """Return the whole line that `offset` stands in, without its line break."""
    # Between the two characters of a CRLF, the line is the one that they end.
    if offset and text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    return Span(start, line_end(text, offset))


def line_end(text: str, offset: int) -> int:
    """Return where the line that `offset` stands in ends, before its line break."""
    match = LINE_BREAK.search(text, offset)
    return match.start() if match else len(text)


def trimmed(text: str, span: Span) -> Span:
    """Return `span` without the white space at both of its ends."""
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, start + len(piece.strip()))
