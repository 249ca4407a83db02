from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.word_tokenize import (
    full_name_tokens,
    name_tokens,
    normalize,
    number_tokens,
    word_tokens,
)


def test_words_lose_case_punctuation_and_possessive_endings():
    assert word_tokens("“France’s capital” — is it Paris?") == [
        "france",
        "capital",
        "is",
        "it",
        "paris",
    ]


def test_full_width_letters_are_letters():
    assert word_tokens("ＤＧＥＭＭ ﬁts") == ["dgemm", "fits"]


def test_each_character_is_a_word_where_there_are_no_blanks():
    assert word_tokens("首都は東京 Tokyo") == ["首", "都", "は", "東", "京", "tokyo"]


def test_the_underscores_of_emphasis_are_no_part_of_a_word():
    assert word_tokens("_Marie Fox_ saw __init__") == ["marie", "fox", "saw", "init"]
    assert word_tokens("这_是_的") == ["这", "是", "的"]
    assert word_tokens("snake_case") == ["snake_case"]


def test_marks_on_letters_are_part_of_their_word():
    assert word_tokens("हिन्दी में") == ["हिन्दी", "में"]


def test_symbols_tell_words_apart():
    assert word_tokens("C++, C# and `C`") == ["c++", "c#", "and", "c"]


def test_numbers_are_those_with_their_points_and_words_with_digits():
    assert number_tokens("In 1,184 cases 3.5 int8, v1.2.") == {"1,184", "3.5", "int8", "v1.2"}


def test_names_are_capitalised_words_but_not_the_first_of_a_sentence():
    assert name_tokens("Where is Oslo? The city I mean is in Norway.") == {"oslo", "norway"}


def test_a_first_word_with_a_second_capital_is_a_name():
    assert name_tokens("DGEMM is fast. NumPy calls it.") == {"dgemm", "numpy"}


def test_full_names_are_names_that_follow_each_other():
    assert full_name_tokens("Der Bau der Kuppel: Planer war Otto Brand aus Gotha.") == {
        "otto",
        "brand",
    }


def test_normalised_text_has_single_blanks():
    assert normalize(" The\n\n  TEXT ") == "the text"


@given(st.text())
def test_names_are_always_among_the_words(text):
    assert name_tokens(text) <= set(word_tokens(text))
