import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.lines import (
    LineFeedLines,
    after_break,
    line_and_column,
    line_break_of,
    line_starts,
    with_line_feeds,
    without_last_break,
    without_lone_crs,
)


def test_only_lf_crlf_and_cr_end_a_line():
    text = "a\u2028b\x0cc\x85d\ne\r\nf\rg"
    assert [text[start] for start in line_starts(text)] == ["a", "e", "f", "g"]


def test_lines_and_columns_count_from_one():
    starts = line_starts("ab\ncd")
    assert [line_and_column(starts, offset) for offset in (0, 2, 3, 5)] == [
        (1, 1),
        (1, 3),
        (2, 1),
        (2, 3),
    ]


@pytest.mark.parametrize(
    ("text", "most"),
    [("a\nb\r\nc\r\n", "\r\n"), ("a\rb\r", "\r"), ("a\rb\rc\n", "\n"), ("a", "\n")],
)
def test_a_text_keeps_the_line_break_it_uses_most(text, most):
    assert line_break_of(text) == most


def test_every_line_break_becomes_a_line_feed():
    assert with_line_feeds("a\r\nb\rc\n") == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("text", "end"), [("a\r\n", 1), ("a\n\n", 2), ("a\r", 1), ("a", 1), ("", 0)]
)
def test_one_last_line_break_is_left_out(text, end):
    assert without_last_break(text, 0, len(text)) == end


@pytest.mark.parametrize(("text", "offset"), [("\r\nx", 2), ("\nx", 1), ("\rx", 1), ("x", 0)])
def test_the_next_line_starts_behind_the_break(text, offset):
    assert after_break(text, 0) == offset


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("a\rb\r", "a\nb\n"),
        ("a\rb\n", "a\nb\n"),
        ("a\rb\r\n", "a\r\nb\r\n"),
        ("\r\r\n", "\r\n\r\n"),
        ("a\r\nb\n", "a\r\nb\n"),
    ],
)
def test_a_lone_cr_becomes_a_line_break_of_the_kind_around_it(text, without):
    assert without_lone_crs(text) == without


@given(st.text("ab\r\n🙂", max_size=12))
def test_an_editor_by_line_feeds_finds_each_line_by_number_and_by_offset(text):
    lines, found = text.split("\n"), LineFeedLines(text)
    starts = [len("\n".join(lines[:number])) + (number > 0) for number in range(len(lines))]
    for number, (start, line) in enumerate(zip(starts, lines, strict=True)):
        is_last = number == len(lines) - 1
        assert found.line(number) == (start, line if is_last else line.removesuffix("\r"))
        for column in range(len(line) + 1):
            assert found.before(start + column) == (number, line[:column])
    assert found.line(len(lines)) == (len(text), "")
