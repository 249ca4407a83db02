"""Link list: whether a section is links and no text, as the navigation of a page is."""

import re
from functools import lru_cache

_LEAST_LINKS = 2
_LINK = re.compile(r"\[[^\[\]]*\]\([^()\s]*\)")
# With more beside its links a section is text; to read its Markdown takes a millisecond.
_MOST_CHARACTERS = 1_000
# Of a page's navigation that is not linked: its title, where one is, "next".
_MOST_LETTERS = 100


@lru_cache(maxsize=128)
def is_link_list(prose: str) -> bool:
    """Tell whether links hold most letters of a Markdown text, and what is beside them few.

    Headings are not counted; the words of an image are as those of a link.
    """
    beside_links = len(prose) - sum(len(link) for link in _LINK.findall(prose))
    if prose.count("](") < _LEAST_LINKS or beside_links > _MOST_CHARACTERS:
        return False
    from markdown_it import MarkdownIt

    linked = beside = links = 0
    in_heading = False
    for block in MarkdownIt("commonmark").parse(prose):
        if block.type in ("heading_open", "heading_close"):
            in_heading = block.nesting > 0
        elif block.type in ("fence", "code_block", "html_block"):
            beside += _letters(block.content)
        depth = 0
        for part in block.children or ():
            depth += part.nesting if part.type in ("link_open", "link_close") else 0
            links += part.type in ("link_open", "image")
            if depth or part.type == "image":
                linked += _letters(part.content)
            elif not in_heading:
                beside += _letters(part.content)
    return links >= _LEAST_LINKS and beside < min(linked, _MOST_LETTERS)


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
