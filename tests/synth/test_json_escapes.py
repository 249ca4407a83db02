import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.synth.json_escapes import double_forgotten_backslashes


def read(written):
    """What a string says whose writer put `written` between its quotes."""
    return json.loads(double_forgotten_backslashes(f'"{written}"'))


@pytest.mark.parametrize(
    "written",
    [
        r"$\frac{1}{2}$",
        r"\alpha and \beta",
        r"\rho and \right)",
        r"\theta, \times, \text{max}, \textbf{x}",
        r"\nabla f \neq 0",
        r"$\tau$, then $\nu$",
        r"\alpha \to \top, \nu",
        r"\d+\.\w",
        r"\underline{x}",
        r"In C:\new\table\bin.",
        r"C:\Users\norbert",
    ],
)
def test_a_backslash_that_was_not_doubled_stands_for_itself(written):
    assert read(written) == written


@pytest.mark.parametrize(
    "written",
    [
        r"one\ntwo\n\nthree\tfour",
        r"if x:\n\ttop = 1\n\to = 2",
        r"\nu are here",
        r"A:\nThe\tx",
        r"$$\nu = 2\n$$",
        r"one\r\ntwo",
        r"\"quoted\" \/ \u0041",
        r"$\\frac{1}{2}$ C:\\new\\bin",
        r"Costs $\\alpha$\nnext line",
    ],
)
def test_an_escape_that_was_meant_stays(written):
    assert read(written) == json.loads(f'"{written}"')


def test_a_string_tells_nothing_about_the_next():
    text = double_forgotten_backslashes(r'["\alpha", "x\to"]')
    assert json.loads(text) == [r"\alpha", "x\to"]


def test_a_path_that_is_escaped_in_part_is_mended_in_whole():
    assert read(r"C:\\new\table\bin") == r"C:\new\table\bin"


@given(st.text(st.characters(exclude_characters="\b\f\r")), st.booleans())
def test_a_text_that_is_escaped_right_stays_as_it_is(text, ascii_):
    written = json.dumps(text, ensure_ascii=ascii_)
    assert double_forgotten_backslashes(written) == written


@given(st.text())
def test_whatever_comes_out_reads_the_same_once_more(text):
    once = double_forgotten_backslashes(text)
    assert double_forgotten_backslashes(once) == once
