import pytest

from dlm_lsp.quality.text_features import (
    FeatureCache,
    has_identifiers,
    has_numbers,
    no_other_name,
)


def features(*texts):
    cache = FeatureCache()
    return [cache[text] for text in texts]


def test_a_number_is_no_plain_word():
    (text,) = features("The dam has twenty-five gates and 3 lamps.")
    assert text.plain_words == ("the", "dam", "has", "gates", "and", "lamps")
    assert [set(values) for values in text.numbers] == [{"25"}, {"3"}]


def test_features_are_computed_once():
    cache = FeatureCache()
    assert cache["What is Oslo?"] is cache["What is Oslo?"]


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("Set --force.", "What does `--force` do?", True),
        ("Set force.", "What does `force` do?", True),
        ("Set the flag.", "What does `--force` do?", False),
        ("Set enforce.", "What does `force` do?", False),
    ],
)
def test_a_text_has_identifiers_be_it_without_their_code_font(text, other, expected):
    assert has_identifiers(*features(text, other)) == expected


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("3 to 5", "three to five", True),
        ("3 to 5", "5 to 3", False),
        ("3 to 5", "5", True),
        ("5", "3 to 5", False),
    ],
)
def test_as_many_numbers_stand_in_one_order_and_fewer_in_any(text, other, expected):
    assert has_numbers(*features(text, other)) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("The city of Oslo", "the city of oslo", True),
        ("The city of Oslo", "the city of Bergen", False),
        ("The city of Oslo in Norway", "the city of Oslo", True),
    ],
)
def test_one_of_two_texts_may_name_more(left, right, expected):
    assert no_other_name(*features(left, right)) == expected
