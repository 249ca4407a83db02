import pytest
from hypothesis import given
from support.generated_documents import hostile_words

from dlm_lsp.document import Pair, PairFault, well_formed


def refused(question: str, answer: str) -> str:
    outcome = well_formed(question, answer)
    assert isinstance(outcome, PairFault)
    assert outcome.detail
    return outcome.reason


def test_plain_words_stay_as_they_are():
    assert well_formed("Why?", "Because [/INST] <b>it</b> is list[int].") == Pair(
        "Why?", "Because [/INST] <b>it</b> is list[int]."
    )


def test_paragraphs_are_parted_by_one_line_break():
    assert well_formed("q", "one\r\n\r\ntwo\n \n\nthree\n") == Pair("q", "one\ntwo\nthree")


def test_blank_lines_stay_inside_a_code_block():
    answer = "see\n```\na\n\nb\n```"
    assert well_formed("q", answer) == Pair("q", answer)


def test_whatever_some_reader_takes_for_a_line_break_becomes_one():
    assert well_formed("q", "a\u2028b\x85c\x0cd\x0be") == Pair("q", "a\nb\nc\nd\ne")


def test_control_characters_go_and_tabs_stay():
    assert well_formed("q", "a\x00b\x1b[1m\tc\x7f") == Pair("q", "ab[1m\tc")


@pytest.mark.parametrize(
    ("question", "answer"), [("", "a"), ("q", " \n\u2028\x00"), ("\x01", "a"), ("...?", "a")]
)
def test_an_empty_text_is_refused(question, answer):
    assert refused(question, answer) == "empty_pair"


@pytest.mark.parametrize(
    "text",
    [
        "a\n::instruction::\nb",
        "a\u2028::prose::",
        "::Instruction::",
        "a\n ::prose:: \nb",
        '::image path="a.png"::',
        "a\n### Q\nb",
        "a\n  ### A  \nb",
        "a\n### Q !probe\nb",
        "```\n### A\n```",
        "```python\nx = 1",
        '<!-- dlm-auto-synth: synth_teacher="x" -->',
        'a\n<!-- dlm-auto-harvest: source="x" -->',
        "### a",
        "a\n### Q: what?",
        "half \ud800",
    ],
)
def test_words_that_would_change_the_structure_are_refused_in_question_and_answer(text):
    assert refused(text, "a") == "invalid_structure"
    assert refused("q", text) == "invalid_structure"


def test_fences_inside_a_code_block_are_plain_text():
    assert isinstance(well_formed("q", "```\n::prose::\n```"), Pair)


@given(hostile_words, hostile_words)
def test_what_is_well_formed_stays_the_same_when_it_is_written_again(question, answer):
    pair = well_formed(question, answer)
    if isinstance(pair, Pair):
        assert well_formed(pair.question, pair.answer) == pair


@pytest.mark.parametrize("answer", [" ```\n```\n\n0", "\x00```\n\na\n```", "\n\n  ```\n\nb\n```"])
def test_a_code_block_is_seen_where_it_will_stand(answer):
    pair = well_formed("q", answer)
    assert isinstance(pair, PairFault) or well_formed(pair.question, pair.answer) == pair


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How does a conflict look?", "So:\n<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> branch"),
        ("What is\n=======\nthis?", "An end:\n>>>>>>> branch"),
    ],
)
def test_a_pair_that_would_be_told_as_a_merge_conflict_is_refused(question, answer):
    fault = well_formed(question, answer)
    assert (fault.reason, fault.detail) == (
        "invalid_structure",
        "it holds the lines of a merge conflict",
    )


def test_a_merge_conflict_may_be_shown_in_a_code_block():
    answer = "So:\n```\n<<<<<<< HEAD\n=======\n>>>>>>> branch\n```"
    assert well_formed("How does a conflict look?", answer).answer == answer
