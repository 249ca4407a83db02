"""Roman numerals: where letters are a number, and where they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roman_numerals import RomanNumeral

from dlm_lsp.quality.roman_numerals import roman_value, roman_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Chapter IV", {"4"}),
        ("Chapter V begins", {"5"}),
        ("Henry VIII's wife", {"8"}),
        ("au XIXe siècle", {"19"}),
        ("siglos XV y XVI", {"15", "16"}),
        ("im XIX. Jahrhundert", {"19"}),
        ("в XVIII веке", {"18"}),
        ("Teil Ⅳ", {"4"}),
        ("Teil Ⅰ", {"1"}),
        ("Chapter XL", {"40"}),
    ],
)
def test_a_numeral_has_its_value_in_any_language(text, values):
    assert roman_values(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "a cell of 12 V",
        "I am",
        "an X",
        "IPv4",
        "VIM",
        "a DVD",
        "Chapter IIII",
        "MMMM",
        "iv",
        "when I was",
        "a CD",
        "60 MM",
    ],
)
def test_other_letters_are_none(text):
    assert roman_values(text) == frozenset()


@given(st.integers(1, 3999))
def test_every_numeral_is_read_in_either_case(number):
    numeral = str(RomanNumeral(number))
    is_short = len(numeral) <= 2 and not set(numeral) <= set("IVX")
    is_short = is_short and numeral not in ("XL", "XC", "LV", "LX")
    expected = None if is_short else str(number)
    assert roman_value(numeral) == roman_value(numeral.lower()) == expected


@given(st.text() | st.text("IVXLCDM ivxlcdm"))
def test_any_text_can_be_looked_at(text):
    assert all(1 <= int(value) <= 3999 for value in roman_values(text))
    roman_value(text)
