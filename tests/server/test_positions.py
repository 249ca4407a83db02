"""Positions: offsets and what a client counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, Range
from support.generated_documents import wild_documents

from dlm_lsp.document import Span
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.server.positions import PositionMap

ENCODINGS = ["utf-8", "utf-16", "utf-32"]


def places(text: str, encoding: str = "utf-16", *, by_line_feeds: bool = False) -> PositionMap:
    return PositionMap(IncrementalDocument.of(text), encoding, by_line_feeds)


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
def test_a_column_counts_in_the_units_of_the_encoding(encoding, character):
    text = "a\nü🙂x"
    assert places(text, encoding).position(4) == Position(1, character)
    assert places(text, encoding).offset(Position(1, character)) == 4


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_position_past_the_end_of_a_line_is_its_end(encoding):
    text = "one\r\ntwo 🙂\r\nthree"
    assert places(text, encoding).offset(Position(0, 99)) == 3
    assert places(text, encoding).offset(Position(1, 99)) == 10
    assert places(text, encoding).offset(Position(99, 0)) == len(text)


def test_a_position_in_the_middle_of_a_character_is_before_it():
    assert places("🙂", "utf-16").offset(Position(0, 1)) == 0
    assert places("🙂", "utf-8").offset(Position(0, 3)) == 0


def test_only_lf_crlf_and_cr_end_a_line():
    text = "a\u2028b\x0cc\u0085d\re"
    assert places(text).position(len(text)) == Position(1, 1)


def test_a_range_that_runs_backwards_is_turned_round():
    assert places("abcd").span(Range(Position(0, 3), Position(0, 1))) == Span(1, 3)


@given(wild_documents() | st.text(), st.sampled_from(ENCODINGS))
def test_an_offset_always_comes_back_from_its_position(text, encoding):
    here = places(text, encoding)
    for offset in range(len(text) + 1):
        position = here.position(offset)
        inside_crlf = text[offset - 1 : offset + 1] == "\r\n" and offset > 0
        assert here.offset(position) == (offset - 1 if inside_crlf else offset)


@given(wild_documents() | st.text("ab\r\n🙂"), st.sampled_from(ENCODINGS))
def test_an_editor_by_line_feeds_finds_every_offset_also_between_cr_and_lf(text, encoding):
    here = places(text, encoding, by_line_feeds=True)
    for offset in range(len(text) + 1):
        position = here.position(offset)
        assert position.line == text.count("\n", 0, offset)
        assert here.offset(position) == offset


def test_past_the_end_of_its_line_an_editor_by_line_feeds_is_before_the_line_break():
    here = places("a\rbc\r\nd\n", by_line_feeds=True)
    assert here.offset(Position(0, 99)) == 4
    assert here.offset(Position(1, 99)) == 7
    assert here.offset(Position(9, 0)) == 8


@given(st.text("ab\r\n🙂", max_size=16), st.sampled_from(ENCODINGS), st.data())
def test_what_helix_deletes_is_counted_from_its_start_by_the_protocol(text, encoding, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if "\r\n" in (text[start - 1 : start + 1], text[end - 1 : end + 1]):
        return
    here = places(text, encoding, by_line_feeds=True)
    first, deleted = here.position(start), places(text[start:end], encoding)
    last = deleted.position(end - start)
    if last.line == 0:
        last.character += first.character
    range_ = Range(first, Position(first.line + last.line, last.character))
    assert here.deleted_span(range_) == Span(start, end)
