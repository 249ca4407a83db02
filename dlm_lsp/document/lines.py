"""Line breaks: where lines begin and end; only LF, CRLF and CR end one (format §1)."""

import re
from bisect import bisect_right

LINE_BREAK = re.compile(r"\r\n|\r|\n")


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line starts; the first is 0."""
    return [0, *(match.end() for match in LINE_BREAK.finditer(text))]


def line_and_column(starts: list[int], offset: int) -> tuple[int, int]:
    """Return the line and column of `offset`, both from 1, the column in code points."""
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def line_break_of(text: str) -> str:
    """Return the line break that `text` uses most, a line feed where it has none."""
    crlf = text.count("\r\n")
    uses = {"\n": text.count("\n") - crlf, "\r\n": crlf, "\r": text.count("\r") - crlf}
    return max(uses, key=lambda brk: uses[brk])


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
