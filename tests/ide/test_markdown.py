import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.ide.markdown import blockquote, code_span, escape_markdown, markdown_link


def test_what_markdown_would_read_is_escaped():
    assert escape_markdown("*a* _b_ [c](d) <e> `f` ~g~ &amp; \\") == (
        r"\*a\* \_b\_ \[c\](d) \<e\> \`f\` \~g\~ \&amp; \\"
    )


@pytest.mark.parametrize(
    ("words", "escaped"),
    [
        ("# Title", r"\# Title"),
        ("Title ##", r"Title \##"),
        ("C# is #1", r"C# is \#1"),
        ("- item", r"\- item"),
        ("+ item", r"\+ item"),
        ("---", r"\---"),
        ("===", r"\==="),
        ("|---|", r"\|---|"),
        (":--|", r"\:--|"),
        ("1. first", r"1\. first"),
        ("12) twelfth", r"12\) twelfth"),
        ("3.", r"3\."),
        ("3.5 km - or 4", "3.5 km - or 4"),
    ],
)
def test_what_would_make_a_block_of_a_line_is_escaped(words, escaped):
    assert escape_markdown(words) == escaped


def test_lines_become_one():
    assert escape_markdown("a\n\n  b\u2028c") == "a b c"


def test_code_is_fenced_by_more_backticks_than_it_holds():
    assert code_span("a``b`c") == "```a``b`c```"


def test_code_that_begins_or_ends_with_a_backtick_keeps_apart_from_its_fence():
    assert code_span("a`") == "`` a` ``"


def test_code_of_nothing_says_so():
    assert code_span(" \n") == "(blank)"


def test_a_quote_is_cut_between_words():
    assert blockquote("one two three", 9) == "> “one two…”"


def test_a_quote_that_fits_is_whole():
    assert blockquote("one\ntwo", 7) == "> “one two”"


def test_an_address_cannot_end_its_link_early():
    assert markdown_link("here", "file:///a (b).dlm#L3") == "[here](file:///a%20%28b%29.dlm#L3)"


@given(st.text())
def test_nothing_breaks_out_of_its_line(text: str):
    for words in (
        escape_markdown(text),
        code_span(text),
        blockquote(text, 20),
        markdown_link("x", text),
    ):
        assert len(words.splitlines()) <= 1
