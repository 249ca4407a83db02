import pytest

from dlm_lsp.synth.pair_tags import asked_tags, named_tags
from dlm_lsp.synth.raw_pair import RawPair


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("What does <b> do?", "What does <b> do?"),
        ("What does <b>x</b> do?", "What does <b>x</b> do?"),
        ("What is &lt;b&gt; &amp; so?", "What is <b> & so?"),
        ("What does &amp; do in <b>?", "What does &amp; do in <b>?"),
        ("What is A & B &lt;?", "What is A & B &lt;?"),
        ("<![CDATA[What is <b>?]]>", "What is <b>?"),
    ],
)
def test_a_text_between_tags_is_read_as_it_was_escaped(inner, text):
    reply = f"<question>{inner}</question><answer>A.</answer>"
    assert named_tags(reply) == [RawPair(text, "A.")]


def test_tags_that_are_never_closed_hold_nothing():
    assert named_tags("<q>What is A?</q><a>One") == []


def test_tags_of_any_name_are_read_by_the_question_marks_in_them():
    reply = "<x><y>Why?</y><z>So.</z></x><x><y>Name it.</y><z>A.</z></x>"
    assert asked_tags(reply) == [RawPair("Why?", "So."), RawPair("Name it.", "A.")]


def test_html_is_no_pair():
    assert asked_tags("<p>Why?</p><p>So.</p>") == []
