import json

from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.prompt_examples import PairExample


def test_only_what_is_asked_for_is_said():
    assert Guidance().rules == ""
    assert Guidance(examples=(PairExample("e", "q", "a"),)).rules == ""
    assert Guidance(audience="beginners").rules == (
        "As far as the rules above allow it, whoever asks wishes:\n"
        '- The questions and answers are for: "beginners".'
    )
    lines = Guidance("a", ("why", "what if"), "Be brief.").rules.splitlines()
    assert lines[2:] == [
        '- Prefer these kinds of question: "why", "what if".',
        '- Also: "Be brief."',
    ]


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_whatever_is_asked_for_is_one_quoted_line_each(audience, kind, instruction):
    rules = Guidance(audience, (kind,), instruction).rules
    _, first, second, third = rules.split("\n")
    assert json.loads(first.partition(": ")[2].removesuffix(".")) == audience
    assert json.loads(second.partition(": ")[2].removesuffix(".")) == kind
    assert json.loads(third.partition(": ")[2]) == instruction


def test_the_pairs_of_examples_are_questions_and_answers():
    assert Guidance(examples=(PairExample("e", "q", "a"),)).example_pairs == (("q", "a"),)
