import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.word_alignment import (
    exchanged,
    inflected,
    is_light,
    is_no_name,
    replaced_slot,
    shared_prefix,
    unmatched_words,
)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("build", "build", True),
        ("build", "built", True),
        ("pump", "pumps", True),
        ("pump", "pumping", False),
        ("on", "one", False),
        ("left", "lamp", False),
        ("橋", "橋", True),
        ("橋", "梁", False),
    ],
)
def test_words_are_forms_of_one_by_their_beginnings(left, right, expected):
    assert inflected(left, right) == inflected(right, left) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("a b c", "a b c", [[], []]),
        ("the pump starts", "the pumps start", [[], []]),
        ("old bridge", "bridge", [["old"], []]),
        ("a a b", "a c", [["a", "b"], ["c"]]),
    ],
)
def test_unmatched_words_are_those_the_other_has_in_no_form(left, right, expected):
    assert unmatched_words(left.split(), right.split()) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("is the left valve open", "is the right valve open", 2),
        ("is the valve open", "is the old valve open", None),
        ("is the valve shut now", "is the gate open now", 2),
        ("the valve is open", "the valve is open", None),
        ("张 三 在", "李 四 五 在", 0),
    ],
)
def test_a_slot_is_the_one_place_with_other_words(left, right, expected):
    assert replaced_slot(left.split(), right.split()) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("client sends to server", "server sends to client", True),
        ("the client sends to the server", "the server sends to the client", True),
        ("where is the bridge now", "now where is the bridge", False),
    ],
)
def test_two_stretches_that_change_places_are_exchanged(left, right, expected):
    assert exchanged(left.split(), right.split()) == expected


def test_shared_words_at_the_beginning_are_counted_in_whatever_form():
    assert shared_prefix(("the", "pumps", "start", "now"), ("the", "pump", "started")) == 3


@pytest.mark.parametrize(("word", "expected"), [("is", True), ("の", True), ("橋", False)])
def test_short_words_and_japanese_grammar_are_light(word, expected):
    assert is_light(word) == expected


@pytest.mark.parametrize(("word", "expected"), [("oslo", True), ("の", True), ("橋", False)])
def test_what_would_have_a_capital_can_be_no_name(word, expected):
    assert is_no_name(word) == expected


WORDS = st.lists(st.sampled_from(["pump", "pumps", "build", "built", "a", "橋"]), max_size=6)


@given(WORDS, WORDS)
def test_what_is_matched_is_as_many_words_of_each(left, right):
    left_rest, right_rest = unmatched_words(left, right)
    assert len(left) - len(left_rest) == len(right) - len(right_rest)
