"""Line breaks: where lines begin and end; only LF, CRLF and CR end one (format §1)."""

import re
from bisect import bisect_right

LINE_BREAK = re.compile(r"\r\n|\r|\n")
_LINE_FEED = re.compile(r"\n")
LONE_CR = re.compile(r"\r(?!\n)")


class LineFeedLines:
    """The lines of a text for an editor that does not end one at a lone CR."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in _LINE_FEED.finditer(text))]

    def before(self, offset: int) -> tuple[int, str]:
        """Return the line that `offset` is on, from 0, and what stands before it on that line."""
        line = bisect_right(self._starts, offset) - 1
        return line, self._text[self._starts[line] : offset]

    def line(self, number: int) -> tuple[int, str]:
        """Return where line `number` begins, from 0, and its text without the line break.

        Beyond the last line, it is nothing at the end of the text.
        """
        if number >= len(self._starts):
            return len(self._text), ""
        start = self._starts[number]
        if number + 1 == len(self._starts):
            return start, self._text[start:]
        return start, self._text[
            start : without_last_break(self._text, start, self._starts[number + 1])
        ]


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line starts; the first is 0."""
    return [0, *(match.end() for match in LINE_BREAK.finditer(text))]


def line_and_column(starts: list[int], offset: int) -> tuple[int, int]:
    """Return the line and column of `offset`, both from 1, the column in code points."""
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def without_lone_crs(text: str) -> str:
    """Return `text` with each lone CR as a line break of the kind that it uses otherwise."""
    line_break = line_break_of(text)
    return LONE_CR.sub("\n" if line_break == "\r" else line_break, text)


def line_break_of(text: str) -> str:
    """Return the line break that `text` uses most, a line feed where it has none.

    Many editors end no line at a CR, so it is taken only where there is no other.
    """
    crlf = text.count("\r\n")
    lf = text.count("\n") - crlf
    if crlf or lf or "\r" not in text:
        return "\r\n" if crlf > lf else "\n"
    return "\r"


def with_line_feeds(text: str) -> str:
    """Return `text` with every line break as one line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def without_last_break(text: str, start: int, end: int) -> int:
    """Return where `text[start:end]` ends once its last line break is left out."""
    if end > start and text[end - 1] == "\n":
        end -= 1
        return end - 1 if end > start and text[end - 1] == "\r" else end
    return end - 1 if end > start and text[end - 1] == "\r" else end


def after_break(text: str, offset: int) -> int:
    """Return the offset behind the line break at `offset`, or `offset` where there is none."""
    if text.startswith("\n", offset):
        return offset + 1
    if text.startswith("\r", offset):
        return offset + (2 if text.startswith("\n", offset + 1) else 1)
    return offset
