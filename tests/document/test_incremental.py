"""Incremental parsing: whatever was typed, it finds what a fresh parse finds."""

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
def test_an_incremental_document_is_what_a_parse_finds(text):
    incremental = IncrementalDocument.of(text)
    assert incremental.text == text
    assert incremental.document == parse(text)


@given(_documents, st.data())
def test_after_any_edits_it_is_the_incremental_document_of_the_new_text(text, data):
    incremental = IncrementalDocument.of(text)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(
            st.integers(start, min(len(text), start + 40)) | st.integers(start, len(text))
        )
        new = data.draw(_typed)
        incremental = incremental.apply_change(start, end, new)
        text = text[:start] + new + text[end:]
        assert incremental.text == text
        assert incremental.document == parse(text)
        assert incremental == IncrementalDocument.of(text)
        assert incremental.lone_crs == len(re.findall(r"\r(?!\n)", text))


@given(_documents)
def test_lines_are_found_by_number_and_by_offset(text):
    incremental = IncrementalDocument.of(text)
    starts = line_starts(text)
    for offset in range(len(text) + 1):
        line, column = line_and_column(starts, offset)
        assert incremental.before(offset) == (line - 1, text[offset - column + 1 : offset])
    for number, start in enumerate(starts):
        assert incremental.line(number) == (start, re.match(r"[^\r\n]*", text[start:])[0])


def test_a_line_beyond_the_last_is_the_end_of_the_text():
    incremental = sample("one\ntwo")
    assert incremental.line(99) == (incremental.length, "")


def test_an_edit_parses_only_what_stands_around_it():
    before = sample("".join(f"::prose::\nSection {n}.\n" for n in range(100)))
    at = before.text.index("Section 50")
    after = before.apply_change(at, at, "My ")
    old = {id(part) for part in before.parts}
    assert sum(id(part) not in old for part in after.parts) == 1


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


@pytest.mark.parametrize("typed", ["dlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\n", ""])
def test_no_frontmatter_is_offered_above_one_that_an_edit_has_brought_below(typed):
    before, after = "# Hives\n\n", "Some prose.\n" * 200
    old = "" if typed else "dlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\n"
    document = IncrementalDocument.of(before + old + after)
    document = document.apply_change(len(before), len(before + old), typed)
    fixes = [problem.fix for problem in document.document.problems]
    assert fixes == [problem.fix for problem in parse(before + typed + after).problems]
    assert any(fixes) == (not typed)
