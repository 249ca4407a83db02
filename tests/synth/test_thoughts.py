import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reply_shapes import DRAFT, SCHEMA, THOUGHT_MARKS, THOUGHT_SHAPES

from dlm_lsp.synth.parse_reply import parse_reply
from dlm_lsp.synth.thoughts import without_thoughts

FAMILIES = pytest.mark.parametrize(("begin", "end"), THOUGHT_MARKS.values(), ids=THOUGHT_MARKS)


@pytest.mark.parametrize("shape", THOUGHT_SHAPES, ids=lambda shape: shape.name)
def test_what_was_thought_becomes_no_pair(shape):
    assert parse_reply(shape.reply, cut=shape.cut).pairs == shape.pairs


@FAMILIES
def test_what_follows_a_thought_is_left_as_it_is(begin, end):
    assert without_thoughts(f"{begin}So,\n{DRAFT}\n{end}\nIt is.").strip() == "It is."


@FAMILIES
def test_a_thought_that_does_not_end_leaves_nothing(begin, end):
    assert without_thoughts(f"{begin}So,\n{DRAFT}").strip() == ""


@pytest.mark.parametrize(
    "text",
    [
        SCHEMA,
        "Q: Why?\nA: So.",
        "Q: What does <think> do?\nA: It begins a thought.",
        "Q: What is `<think>`?\nA: A tag.",
        "Q: What do [THINK] and [/THINK] hold?\nA: A thought.",
        "Q: What is an analysis?\nA: It takes apart.",
        "analysis of the text: Q: Why?\nA: So.",
        "I think. Q: What is <b>?\nA: Bold.",
        "Q: What does <|channel|> begin?\nA: A channel.",
    ],
)
def test_a_reply_without_thoughts_stays_as_it_is(text):
    assert without_thoughts(text) == text


def test_what_stands_before_an_end_without_a_beginning_was_thought():
    assert without_thoughts("a\n</think>\nb\n</think>\nc").strip() == "c"


TEXTS = st.text(st.characters(exclude_characters="<>[]◁▷|{}\"'`"), max_size=40).filter(
    lambda text: "assistantfinal" not in text
)


@FAMILIES
@given(TEXTS, TEXTS)
def test_no_thought_passes_whatever_is_thought(begin, end, thought, said):
    visible = without_thoughts(f"{begin}xyzzy {thought} plugh\n{end}\nsaid {said}")
    assert "xyzzy" not in visible
    assert "plugh" not in visible
    assert visible.strip() == f"said {said}".strip()
