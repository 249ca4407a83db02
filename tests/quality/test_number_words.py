import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.number_words import number_values, without_separators


def values_of(text):
    return [(written, sorted(values)) for written, values in number_values(text)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("twenty-five", "25"),
        ("Twenty five", "25"),
        ("nineteen", "19"),
        ("fifty", "50"),
        ("two hundred", "200"),
        ("three hundred and forty-two", "342"),
        ("a hundred", "100"),
        ("zwölf", "12"),
        ("dreißig", "30"),
        ("einundzwanzig", "21"),
        ("zweiundvierzig", "42"),
        ("hundert", "100"),
        ("einhundert", "100"),
        ("dreihundertfünfundsechzig", "365"),
        ("1,184", "1184"),
        ("1.1", "1.1"),
        ("20:15", "20:15"),
    ],
)
def test_a_number_is_told_in_digits_and_nothing_of_it_alone(text, number):
    assert [values for _, values in values_of(text)] == [[number]]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.5 million steps", ["1.5", "1500000"]),
        ("1,5 Millionen", ["1,5", "1500000"]),
        ("zwölf Millionen", ["12", "12000000"]),
        ("two thousand", ["2", "2000"]),
    ],
)
def test_a_number_of_millions_may_be_written_out(text, values):
    assert [in_digits for _, in_digits in values_of(text)] == [values]


def test_numbers_follow_each_other_as_they_are_written():
    assert values_of("Six of 7 in twenty-eight hours") == [
        ("six", ["6"]),
        ("7", ["7"]),
        ("twenty eight", ["28"]),
    ]


def test_words_that_only_hold_a_number_are_none():
    assert values_of("often, someone, int, Achtung, Elfen, hundreds") == []


def test_marks_between_thousands_are_left_out_and_others_are_not():
    assert [without_separators(number) for number in ("1,184", "1.184.000", "1.1", "1,18")] == [
        "1184",
        "1184000",
        "1.1",
        "1,18",
    ]


@given(
    st.text()
    | st.lists(st.sampled_from(["12", "1.5.7", "9:3", "million", "hundred", "and"])).map(" ".join)
)
def test_no_text_makes_it_fail_and_every_number_has_a_value(text):
    assert all(values for _, values in number_values(text))
