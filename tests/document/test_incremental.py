"""A text under edit: whatever was typed, what is found is what a fresh parse finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.document_text import FRONTMATTER
from support.generated_documents import mutated, sound_documents, wild_documents

from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.document.lines import line_and_column, line_starts
from dlm_lsp.document.parse import parse

_documents = wild_documents() | sound_documents() | mutated(sound_documents()) | st.text()
_typed = st.sampled_from(
    ["", "\n", "\r", "\r\n", "::", ":", "`", "```", "```\n", "-", "---\n", "\ufeff", "a", "🙂",
     "::prose::\n", "\n::instruction::\n### Q\nWhy?\n### A\nSo.\n", "### Q\n", "\u2028"]
) | st.text(max_size=5)  # fmt: skip


def sample(body: str) -> IncrementalDocument:
    return IncrementalDocument.of(FRONTMATTER + body)


@given(_documents)
def test_the_pieces_of_a_text_are_what_a_parse_finds(text):
    pieces = IncrementalDocument.of(text)
    assert pieces.text == text
    assert pieces.document == parse(text)


@given(_documents, st.data())
def test_after_any_edits_the_pieces_are_those_of_the_new_text(text, data):
    pieces = IncrementalDocument.of(text)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(
            st.integers(start, min(len(text), start + 40)) | st.integers(start, len(text))
        )
        new = data.draw(_typed)
        pieces = pieces.apply_change(start, end, new)
        text = text[:start] + new + text[end:]
        assert pieces.text == text
        assert pieces.document == parse(text)
        assert pieces == IncrementalDocument.of(text)


@given(_documents)
def test_lines_are_found_by_number_and_by_offset(text):
    pieces = IncrementalDocument.of(text)
    starts = line_starts(text)
    for offset in range(len(text) + 1):
        line, column = line_and_column(starts, offset)
        assert pieces.before(offset) == (line - 1, text[offset - column + 1 : offset])
    for number, start in enumerate(starts):
        assert pieces.line(number) == (start, re.match(r"[^\r\n]*", text[start:])[0])


def test_a_line_beyond_the_last_is_the_end_of_the_text():
    pieces = sample("one\ntwo")
    assert pieces.line(99) == (pieces.length, "")


def test_an_edit_parses_only_what_stands_around_it():
    before = sample("".join(f"::prose::\nSection {n}.\n" for n in range(100)))
    at = before.text.index("Section 50")
    after = before.apply_change(at, at, "My ")
    old = {id(piece) for piece in before.pieces}
    assert sum(id(piece) not in old for piece in after.pieces) == 1


def test_a_block_of_code_that_is_opened_takes_what_follows_until_it_is_closed():
    before = sample("a\n::prose::\nb\n```\nc\n```\n::prose::\nd\n")
    after = before.apply_change(len(FRONTMATTER), len(FRONTMATTER), "```\n")
    assert [section.content for section in after.document.sections] == [
        "```\na\n::prose::\nb\n```\nc\n```\n::prose::\nd"
    ]
    closed = after.apply_change(len(FRONTMATTER) + 6, len(FRONTMATTER) + 6, "```\n")
    assert len(closed.document.sections) == 3


def test_a_place_outside_the_text_is_refused():
    with pytest.raises(ValueError, match="no place"):
        sample("a").apply_change(5, 4, "")
