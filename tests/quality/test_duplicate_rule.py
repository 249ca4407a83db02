import pytest

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.duplicate_rule import is_duplicate
from dlm_lsp.quality.text_features import FeatureCache


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("How tall is it?", "2 m"), ("How tall is it", "It is 2 m tall."), True),
        (("How tall is it?", "2 m"), ("How tall is it?", "3 m"), False),
        (("Is it open?", "Yes."), ("Is it shut?", "Yes."), False),
        (("What does -v do?", "It prints more."), ("What does -V do?", "It prints more."), False),
        (("When was it built?", "In 1874."), ("In which year was it built?", "1874."), True),
    ],
)
def test_two_pairs_are_the_same_where_questions_and_answers_are(left, right, expected):
    pairs = Pair(*left), Pair(*right)
    assert is_duplicate(*pairs, FeatureCache()) == expected
    assert is_duplicate(*pairs[::-1], FeatureCache()) == expected
