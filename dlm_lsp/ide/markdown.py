"""Markdown escaping: words of a document are shown as they are, never read as Markdown."""

import re
from urllib.parse import quote

# A `#` before a word makes a heading, or ends one.
_MEANINGFUL = re.compile(r"[\\`*_\[\]<>&~]|(?<!\S)#")
# What makes a list, a rule, a heading of the line above, a table or a definition of a line.
_OPENING = re.compile(r"\A(?:\d+(?=[.)](?:\s|\Z))|(?=[-+=:|]))")
_BACKTICKS = re.compile(r"`+")
_KEPT_IN_A_LINK = "%/:?#@&=+$,;~!'*"


def escape_markdown(text: str) -> str:
    """Return `text` on one line, with every character escaped that Markdown reads as its own."""
    return _OPENING.sub(r"\g<0>\\", _MEANINGFUL.sub(r"\\\g<0>", collapse_lines(text)))


def code_span(text: str) -> str:
    """Return `text` on one line as a code span, whatever backticks it holds."""
    line = collapse_lines(text)
    if not line:
        return "(blank)"
    longest = max(map(len, _BACKTICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    # Next to a backtick of the text, the fence would be read as longer than it is.
    gap = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{gap}{line}{gap}{fence}"


def blockquote(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text` as a block quote of one line."""
    line = collapse_lines(text)
    if len(line) > limit:
        line = line[:limit].rsplit(" ", 1)[0] + "…"
    # The quotation mark keeps the first word from being read as a heading or a list.
    return f"> “{escape_markdown(line)}”"


def markdown_link(words: str, uri: str) -> str:
    """Return `words`, which are Markdown, as a link to `uri`."""
    return f"[{words}]({quote(uri, safe=_KEPT_IN_A_LINK, errors='replace')})"


def with_links_to(markdown: str, uri: str, path: str) -> str:
    """Return a Markdown document with its links to `uri` as ones to `path`, beside the document.

    Viewers follow a path from where the document lies, and many of them no `file:`.
    """
    return markdown.replace(f"{_link_start(uri)}#", f"{_link_start(path)}#")


def _link_start(uri: str) -> str:
    return markdown_link("", uri).removeprefix("[").removesuffix(")")


def collapse_lines(text: str) -> str:
    """Return `text` with each run of white space as one blank."""
    return " ".join(text.split())
