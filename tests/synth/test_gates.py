import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.parse import parse
from dlm_lsp.document.section import Pair
from dlm_lsp.synth.asks import sources
from dlm_lsp.synth.dedup import duplicates
from dlm_lsp.synth.gates import gate

PROSE = "The moon circles the earth in 27 days."
EXAMPLES = [("How deep is the lake?", "It is 40 metres deep.")]


def reason(question, answer, evidence=PROSE, strategy="extraction"):
    blocked = gate(Pair(question, answer), evidence, PROSE, strategy, EXAMPLES)
    return blocked and blocked.reason


def test_a_good_pair_passes():
    assert reason("How long does the moon take around the earth?", "It takes 27 days.") is None


def test_each_gate_gives_its_own_reason():
    assert reason("What does the text say?", "It takes 27 days.") == "not_self_contained"
    assert reason("What does the moon do?", "what does the moon do") == "looping"
    assert reason("How deep is this lake?", "It takes 27 days.") == "copied_example"
    assert reason("How old is the moon?", "It is 30 days old.") == "not_grounded"


def test_expansion_may_go_beyond_the_section():
    assert reason("How old is the moon?", "4.5 billion years.", "", "expansion") is None


def test_a_question_of_the_same_form_as_an_example_is_no_copy():
    assert reason("How deep is the well of the moon?", "27 days") is None


@given(st.text(), st.text(), st.text(), st.text())
def test_no_words_make_a_gate_fail(question, answer, evidence, prose):
    blocked = gate(Pair(question, answer), evidence, prose, "extraction", EXAMPLES)
    assert blocked is None or blocked.detail


HELD_OUT = sorted((Path(__file__).parents[2] / "bench/held_out").glob("*.json"))


def sections_that_let_through(pair: Pair, document: Path) -> Iterator[str]:
    for source in sources(parse(document.read_text(encoding="utf-8"))):
        if gate(pair, "", source.prose, "extraction") is None:
            yield source.prose


def right_pairs(held_out: Path) -> list[Pair]:
    items = json.loads(held_out.read_text(encoding="utf-8"))
    return [Pair(item["question"], item["answer"]) for item in items]


@pytest.mark.parametrize("held_out", HELD_OUT, ids=lambda path: path.stem)
def test_right_pairs_of_real_documents_pass_and_none_is_a_duplicate(held_out, examples):
    pairs = right_pairs(held_out)
    document = examples / f"{held_out.stem}.dlm"
    assert [pair for pair in pairs if not any(sections_that_let_through(pair, document))] == []
    assert duplicates(pairs, [None] * len(pairs)) == []


def test_a_section_lets_few_pairs_about_other_sections_through(examples):
    for held_out in HELD_OUT:
        pairs = right_pairs(held_out)
        document = examples / f"{held_out.stem}.dlm"
        through = [len(list(sections_that_let_through(pair, document))) for pair in pairs]
        # Each has one section of its own among seven to nine.
        assert sum(through) <= 1.5 * len(pairs)
