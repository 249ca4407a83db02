"""Headings of Markdown: where the prose of a document can be parted into sections."""

from collections.abc import Iterator

from dlm_lsp.document.document import Document
from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.lines import line_break_of, line_starts
from dlm_lsp.document.section import Section, SectionType

_CODE = "```"
_FENCE = "::prose::"


def split_at_headings(document: Document) -> list[Edit]:
    """Return the edits that let a prose section begin at each heading.

    Headings are those of CommonMark, those of lists and quotations and in code aside. Where a
    section begins with one already, nothing is put before it.
    """
    line_break = line_break_of(document.text)
    return [
        Edit(Span(at, at), f"{_FENCE}{line_break}")
        for section in document.sections
        if section.type is SectionType.PROSE
        for at in _headings(section)
    ]


def _headings(section: Section) -> Iterator[int]:
    """Yield where headings of a section begin, as offsets, but for what it begins with."""
    from markdown_it import MarkdownIt

    text = section.source[section.body_start : section.body_end]
    starts, in_code = line_starts(text), _lines_in_code(section.content)
    for token in MarkdownIt("commonmark").parse(section.content):
        if token.type != "heading_open" or token.level or token.map is None:
            continue
        line = token.map[0]
        if line not in in_code and text[: starts[line]].strip():
            yield section.body_start + starts[line]


def _lines_in_code(content: str) -> set[int]:
    """Return the numbers of the lines in which a fence would be plain text (format §3)."""
    lines, is_code = set(), False
    for number, line in enumerate(content.split("\n")):
        if line.startswith(_CODE):
            is_code = not is_code
        if is_code:
            lines.add(number)
    return lines
