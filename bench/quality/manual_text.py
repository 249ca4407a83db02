"""Manual text: the sections of a rendered manual page or of a handbook in plain text."""

import re
import unicodedata
from collections.abc import Iterator

SHORTEST, LONGEST = 400, 1500
"""Characters of a section that is worth three questions and fits one request."""

_HEADING = re.compile(r"(?m)^ {0,3}\S.*(?:\n {0,3}\S.*)*$")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# Scripts that set no blanks: there a line is joined to the next as it stands.
_WIDE = re.compile(
    r"(?<=[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]) +(?=[\u3000-\u9fff\uff00-\uffef])"
)


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield (heading, text) of each section that is long enough, cut at a paragraph if too long.

    A heading stands at the margin or up to three columns from it, the text below it further in.
    """
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)][: len(headings)]
    for heading, end in zip(headings, ends, strict=True):
        body = _first_paragraphs(text[heading.end() : end])
        if len(body) >= SHORTEST:
            yield one_line(heading[0]), body


def one_line(text: str) -> str:
    """Return a text with its white space made single blanks, none between wide characters."""
    return _WIDE.sub("", " ".join(unicodedata.normalize("NFC", text).split()))


def _first_paragraphs(body: str) -> str:
    """Return as many whole paragraphs as the longest section holds."""
    paragraphs: list[str] = []
    room = LONGEST
    for paragraph in _BLANK_LINES.split(body):
        line = one_line(paragraph)
        if len(line) > room:
            break
        if line:
            paragraphs.append(line)
            room -= len(line) + 2
    return "\n\n".join(paragraphs)
