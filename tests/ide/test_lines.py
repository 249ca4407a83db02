import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document import Span
from dlm_lsp.ide.lines import line_at, line_end, line_spans, trimmed


def test_only_the_three_line_breaks_end_a_line():
    text = "a\nb\rc\r\nd\u2028e"
    found = [text[slice(*line)] for line in line_spans(text, Span(0, len(text)))]
    assert found == ["a", "b", "c", "d\u2028e"]


def test_a_line_break_at_the_end_leaves_an_empty_line():
    assert list(line_spans("a\n", Span(0, 2))) == [Span(0, 1), Span(2, 2)]


def test_only_the_lines_of_a_part_are_given():
    assert list(line_spans("ab\ncd\nef", Span(1, 5))) == [Span(1, 2), Span(3, 5)]


@pytest.mark.parametrize("offset", [3, 4, 5])
def test_the_line_around_an_offset_is_whole(offset):
    assert line_at("ab\ncd\nef", offset) == Span(3, 5)


def test_the_middle_of_a_crlf_belongs_to_the_line_before_it():
    assert line_at("ab\r\ncd", 3) == Span(0, 2)


def test_a_line_ends_before_its_break_or_with_the_text():
    assert line_end("ab\r\ncd", 1) == 2
    assert line_end("ab\r\ncd", 4) == 6


def test_white_space_at_both_ends_is_left_out():
    assert trimmed("x \n ab c \n", Span(1, 10)) == Span(4, 8)


def test_of_nothing_but_white_space_an_empty_span_is_left():
    span = trimmed("x  ", Span(1, 3))
    assert span.start == span.end


@given(st.text("ab \n\r\u2028"), st.integers(0, 30))
def test_a_line_holds_its_offset_unless_that_is_inside_a_crlf(text, offset):
    offset = min(offset, len(text))
    line = line_at(text, offset)
    inside_crlf = text[:offset].endswith("\r") and text[offset:].startswith("\n")
    assert line.start <= offset <= line.end + inside_crlf
    assert not set(text[line.start : line.end]) & {"\r", "\n"}
