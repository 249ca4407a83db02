import pytest

from dlm_lsp.quality.answer_overlap import agree, answer_weight, contain, no_contradiction
from dlm_lsp.quality.text_features import FeatureCache


def features(*texts):
    cache = FeatureCache()
    return [cache[text] for text in texts]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("It is safe.", "It is not safe.", False),
        ("It takes 5 lamps.", "It takes 6 lamps.", False),
        ("It takes 5 lamps.", "It takes 5 lamps and 6 nails.", True),
        ("The port of Oslo.", "The port of Bergen.", False),
        ("It is `--force`.", "It is `--quiet`.", False),
    ],
)
def test_answers_contradict_where_each_has_a_number_or_name_of_its_own(left, right, expected):
    assert no_contradiction(*features(left, right)) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("paris", "Paris is the capital of France.", True),
        ("a red house", "a house", True),
        ("a red house", "a blue house", False),
        ("東京です。", "東京", True),
        ("3", "Three lamps", True),
        ("!", "?", True),
        ("!", "a", False),
    ],
)
def test_one_answer_contains_the_other_where_it_has_all_its_words(left, right, expected):
    assert contain(*features(left, right)) == contain(*features(right, left)) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("the gate opens to the lake", "the gates open to the lake", True),
        ("on monday from nine", "on friday from nine", False),
        (
            "it keeps the cattle out of the orchard by day",
            "keeps cattle out of the orchard by every day",
            True,
        ),
    ],
)
def test_answers_to_one_question_agree_in_other_words(left, right, expected):
    assert agree(*features(left, right)) == expected


@pytest.mark.parametrize(
    ("answer", "weight"), [("Yes.", 1), ("30", 1), ("1874", 3), ("A lamp.", 2), ("東京", 1)]
)
def test_an_answer_weighs_as_much_as_it_has_words(answer, weight):
    assert answer_weight(*features(answer)) == weight
