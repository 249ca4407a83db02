"""Review filter: which pairs a review is about, and in which order."""

import pytest

from dlm_lsp.document import Pair
from dlm_lsp.synth.review_filter import PAIR_STATES, ReviewFilter
from dlm_lsp.synth.review_items import ReviewItem


def item(id_: str, state: str = "staged", **more) -> ReviewItem:
    values = {"teacher": "openai:gpt-5-mini", **more}
    pair = Pair(f"{id_}?", "It.")
    return ReviewItem(id_, state, pair, "s", "S", strategy="extraction", at="", **values)


ITEMS = (
    item("a", margin=0.5),
    item("b", "inserted", margin=0.1, teacher="hf:org/tiny"),
    item("c", decision="accepted", margin=0.2),
    item("d"),
    item("e", "refused", reason="looping"),
    item("f", "refused", decision="rejected", reason="rejected"),
)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "abd"),
        ({"states": ("refused",)}, "e"),
        ({"states": PAIR_STATES}, "abde"),
        ({"decided": True}, "abcdf"),
        ({"decided": True, "states": ("inserted",)}, "b"),
        ({"decided": True, "states": ("refused",)}, "ef"),
        ({"teacher": "gpt-5-mini"}, "ad"),
        ({"teacher": "hf:org/tiny"}, "b"),
        ({"teacher": "gpt-5"}, ""),
        ({"below": 0.5}, "b"),
        ({"low_first": True}, "bad"),
    ],
)
def test_what_is_reviewed(values, expected):
    assert "".join(i.id for i in ReviewFilter(**values).of(ITEMS)) == expected
