"""How far an answer stands above the empty ones."""

import pytest
from tiny_model import PROSE

from dlm_lsp.local.margin import NOTHING, before, margins, rows
from dlm_lsp.local.score import Continuation, score

PAIR = ("When was the first wheel built?", "In 1790.")


def test_an_answer_is_weighed_against_no_answer_and_no_question():
    asked = "Question: When was the first wheel built?\nAnswer:"
    assert rows([PAIR]) == [
        Continuation(asked, " In 1790."),
        Continuation(asked, f" {NOTHING}"),
        Continuation("Answer:", " In 1790."),
    ]


def test_the_margin_is_what_the_answer_has_above_the_mean_of_both():
    assert margins([-1.0, -3.0, -2.0, -4.0, -1.0, -1.0]) == [1.5, -3.0]
    assert margins([]) == []


def test_the_prose_is_read_before_the_questions():
    assert before(PROSE).endswith(f"\n\n{PROSE}\n\n")


def test_pairs_do_not_weigh_on_each_other(llama):
    other = ("Why?", "The river is high in spring.")
    together = margins(score(llama, None, before(PROSE), rows([PAIR, other])))
    alone = margins(score(llama, None, before(PROSE), rows([PAIR])))
    assert together[:1] == pytest.approx(alone, abs=1e-4)
