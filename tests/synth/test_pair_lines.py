import pytest

from dlm_lsp.synth.pair_lines import asked_lines, marked_lines, named_lines
from dlm_lsp.synth.raw_pair import RawPair

PAIR = [RawPair("Why?", "So.")]


@pytest.mark.parametrize(
    "text",
    [
        "Q: Why?\nA: So.",
        "q：Why?\na：So.",
        "Question 1) Why?\nAnswer 1) So.",
        "**Question:** Why?\n**Answer:** So.",
        "> Q: Why?\n> A: So.",
        "[Q] Why?\n[A] So.",
        "Q: Why? A: So.",
        '- question: "Why?"\n  answer: "So."',
        "**Q**\nWhy?\n**A**\nSo.",
    ],
)
def test_labels_in_english_are_known(text):
    assert named_lines(text, cut=False) == PAIR


@pytest.mark.parametrize(
    "text",
    [
        "Warum: Why?\nDarum: So.",
        "问：Why?答：So.",
        "Câu hỏi: Why? Trả lời: So.",
        "प्रश्न: Why?\nउत्तर: So.",
    ],
)
def test_labels_of_any_language_are_found_by_the_question_mark(text):
    assert asked_lines(text, cut=False) == PAIR


def test_a_label_that_is_seldom_belongs_to_the_answer():
    text = "F: Why?\nB: So.\nTipp: mind it\nF: Who?\nB: He."
    assert asked_lines(text, cut=False) == [
        RawPair("Why?", "So.\nTipp: mind it"),
        RawPair("Who?", "He."),
    ]


def test_lines_that_are_set_off_and_ask_have_their_answers_behind_them():
    assert marked_lines("## Why?\n\nSo.\n\n## Who?\n\nHe.", cut=False) == [
        RawPair("Why?", "So."),
        RawPair("Who?", "He."),
    ]


def test_a_list_of_questions_has_no_answers():
    assert marked_lines("1. Why?\n2. Who?\nThese are two.", cut=False) == []


@pytest.mark.parametrize("read", [named_lines, asked_lines])
def test_the_last_turn_of_a_reply_that_broke_off_is_not_trusted(read):
    assert read("Q: Why?\nA: So.\nQ: Who?\nA: H", cut=True) == PAIR


def test_quotes_that_only_one_text_has_are_its_own():
    assert named_lines('Q: Why?\nA: "So."', cut=False) == [RawPair("Why?", '"So."')]


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        ("Q: Why? A: So. Q: Who? A: He.", [RawPair("Why?", "So."), RawPair("Who?", "He.")]),
        (
            "问：为何？答：因此。问：谁？答：他。",
            [RawPair("为何？", "因此。"), RawPair("谁？", "他。")],
        ),
        ("Q: Why? A: See A: and Q: there.", [RawPair("Why?", "See A: and Q: there.")]),
    ],
)
def test_several_pairs_may_stand_in_one_line(line, pairs):
    assert (named_lines(line, cut=False) or asked_lines(line, cut=False)) == pairs
