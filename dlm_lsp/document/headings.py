"""Headings of Markdown: where the prose of a document can be parted into sections."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from dlm_lsp.document.document import Document
from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.lines import line_break_of, line_starts
from dlm_lsp.document.section import Section, SectionType

_CODE = "```"
_FENCE = "::prose::"


def split_at_headings(document: Document, sections: Sequence[Section] | None = None) -> list[Edit]:
    """Return the edits that let a prose section begin at each heading, of some `sections` or all.

    Headings are those of CommonMark, those of lists and quotations and in code aside. Where a
    section begins with one already, nothing is put before it.
    """
    line_break = line_break_of(document.text)
    return [
        Edit(Span(at, at), f"{_FENCE}{line_break}")
        for section in (document.sections if sections is None else sections)
        if section.type is SectionType.PROSE
        for at in _headings(section)
    ]


def unsplit_headings(document: Document) -> int:
    """Return how many headings a document has that is one prose section; 0 where it is several."""
    if len(document.sections) != 1 or document.sections[0].type is not SectionType.PROSE:
        return 0
    return len(_heading_lines(document.sections[0].content))


def _headings(section: Section) -> Iterator[int]:
    """Yield where headings of a section begin, as offsets, but for what it begins with."""
    lines = _heading_lines(section.content)
    if not lines:
        return
    text = section.source[section.body_start : section.body_end]
    starts = line_starts(text)
    for line in lines:
        if text[: starts[line]].strip():
            yield section.body_start + starts[line]


# An editor asks again with each move of the cursor.
@lru_cache(maxsize=8)
def _heading_lines(content: str) -> tuple[int, ...]:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    # What stands in a line is no matter, and reading it takes most of the time.
    parser.core.ruler.enableOnly(["normalize", "block"])
    in_code = _lines_in_code(content)
    return tuple(
        token.map[0]
        for token in parser.parse(content)
        if token.type == "heading_open"
        and not token.level
        and token.map is not None
        and token.map[0] not in in_code
    )


def _lines_in_code(content: str) -> set[int]:
    """Return the numbers of the lines in which a fence would be plain text (format §3)."""
    lines, is_code = set(), False
    for number, line in enumerate(content.split("\n")):
        if line.startswith(_CODE):
            is_code = not is_code
        if is_code:
            lines.add(number)
    return lines
