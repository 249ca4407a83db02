import pytest

from dlm_lsp.synth.pair_fields import pairs_in_values
from dlm_lsp.synth.raw_pair import RawPair


def named(*values):
    return [(p.question, p.answer, p.evidence) for p in pairs_in_values(values).named]


def unnamed(*values):
    return [(p.question, p.answer, p.evidence) for p in pairs_in_values(values).unnamed]


def test_names_of_data_sets_are_known_in_any_case():
    assert named({"Question": "Name it.", "ANSWER ": "A."}, {"prompt": "b", "completion": "c"}) == [
        ("Name it.", "A.", ""),
        ("b", "c", ""),
    ]


def test_under_other_names_the_text_that_asks_is_the_question_and_the_next_its_answer():
    assert unnamed({"x": "Why?", "y": "So."}, {"e": "It is so.", "f": "Why?", "g": "So."}) == [
        ("Why?", "So.", ""),
        ("Why?", "So.", "It is so."),
    ]


def test_objects_with_the_same_keys_are_read_alike():
    assert unnamed({"x": "Name it.", "y": "A?"}, {"x": "Why?", "y": "So."}) == [
        ("Name it.", "A?", ""),
        ("Why?", "So.", ""),
    ]


def test_of_evidence_and_question_that_both_ask_the_later_is_the_question():
    assert unnamed({"e": "Why? So.?", "q1x": "Why?", "y": "So."}) == [("Why?", "So.", "Why? So.?")]


@pytest.mark.parametrize(
    "record",
    [
        {"x": "Why?"},
        {"x": "So.", "y": "Why?"},
        {"x": "A.", "y": "B."},
        {"role": "user", "content": "Why?"},
        {f"k{name}": "Why?" for name in "abcdefgh"},
    ],
)
def test_what_is_no_pair_is_none(record):
    found = pairs_in_values([record])
    assert (found.named, found.unnamed, found.broken) == ((), (), 0)


@pytest.mark.parametrize(
    "record", [{"question": "Why?"}, {"answer": "So."}, {"question": "Why?", "answer": {"a": "b"}}]
)
def test_half_a_pair_is_counted_as_broken(record):
    assert pairs_in_values([record]).broken == 1


def test_a_field_beside_a_question_is_not_taken_for_its_answer():
    assert named({"question": "Why?", "difficulty": "easy"}) == []


def test_numbers_in_keys_part_the_pairs():
    record = {"question_1": "A?", "answer_1": "a", "question_2": "B?", "answer_2": "b", "n": 2}
    assert named(record) == [("A?", "a", ""), ("B?", "b", "")]


def test_a_year_in_a_key_does_not_part_a_pair():
    assert named({"question": "A?", "answer": "a", "source2020": "x"}) == [("A?", "a", "")]


def test_turns_of_a_conversation_are_pairs():
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Why?"},
        {"role": "assistant", "content": [{"type": "text", "text": "So."}]},
        {"role": "user", "content": "And?"},
    ]
    assert named({"messages": turns}) == [("Why?", "So.", "")]


def test_an_answer_in_several_texts_has_a_line_for_each():
    assert pairs_in_values([{"question": "A?", "answer": ["a", "b"]}]).named == (
        RawPair("A?", "a\nb"),
    )
