"""Cursor marks: texts with a `‸` in them."""

from support.document_text import FRONTMATTER

from dlm_lsp.document import Document, parse

MARK = "‸"


def at_cursor(marked: str) -> tuple[Document, int]:
    """The parsed document without the mark, and the offset at which the mark stood."""
    before, mark, after = marked.partition(MARK)
    assert mark, f"there is no {MARK} in the text"
    return parse(before + after), len(before)


def in_body(marked: str) -> tuple[Document, int]:
    """The same for a marked body under a sound frontmatter."""
    return at_cursor(FRONTMATTER + marked)
