"""Link list: whether a section is links and no text, as the navigation of a page is."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_LEAST_LINKS = 2
_LINK = re.compile(r"\[[^\[\]]*\]\([^()\s]*\)")
# With more beside its links a section is text; to read its Markdown takes a millisecond.
_MOST_CHARACTERS = 1_000
# Of a page's navigation that is not linked: its title, where one is, "next".
_MOST_LETTERS = 100
# With more letters between its links a line is a sentence: "You are here" is none yet.
_SENTENCE = 12
_ENDS = (".", "!", "?", "。", "！", "？")
# A sign of a script without an alphabet stands for a part of a word.
_FIRST_SIGN, _SIGN_WEIGHT = "\u2e80", 3


@lru_cache(maxsize=128)
def is_link_list(prose: str) -> bool:
    """Tell whether a Markdown text is a list of links, with few words and no sentence beside them.

    Headings are not counted; the words of an image are as those of a link.
    """
    beside_links = len(prose) - sum(len(link) for link in _LINK.findall(prose))
    if prose.count("](") < _LEAST_LINKS or beside_links > _MOST_CHARACTERS:
        return False
    from markdown_it import MarkdownIt

    links = linked = beside = 0
    in_heading = False
    for block in MarkdownIt("commonmark").parse(prose):
        if block.type in ("heading_open", "heading_close"):
            in_heading = block.nesting > 0
        elif block.type in ("fence", "code_block", "html_block"):
            beside += _letters(block.content)
        elif block.type == "inline":
            in_block = [_count(line) for line in _lines(block.children or ())]
            links += sum(count for count, _, _ in in_block)
            linked += sum(letters for _, letters, _ in in_block)
            if not in_heading:
                beside += sum(letters for _, _, letters in in_block)
                is_closed = block.content.rstrip().endswith(_ENDS)
                if any(
                    letters >= _SENTENCE and (count or is_closed) for count, _, letters in in_block
                ):
                    return False
    return links >= _LEAST_LINKS and beside < min(linked, _MOST_LETTERS)


def _lines(parts: Sequence[Any]) -> list[list[Any]]:
    """Return the lines of a block where each begins with a link, else all of it as one."""
    lines: list[list[Any]] = [[]]
    for part in parts:
        if part.type in ("softbreak", "hardbreak"):
            lines.append([])
        else:
            lines[-1].append(part)
    if all(line and line[0].type in ("link_open", "image") for line in lines):
        return lines
    return [list(parts)]


def _count(parts: Sequence[Any]) -> tuple[int, int, int]:
    """Return how many links are among the parts of a line, their letters, and those beside them."""
    links = linked = beside = depth = 0
    for part in parts:
        depth += part.nesting if part.type in ("link_open", "link_close") else 0
        links += part.type in ("link_open", "image")
        if depth or part.type == "image":
            linked += _letters(part.content)
        elif part.type != "html_inline":
            beside += _letters(part.content)
    return links, linked, beside


def _letters(text: str) -> int:
    return sum(_SIGN_WEIGHT if sign >= _FIRST_SIGN else 1 for sign in text if sign.isalnum())
