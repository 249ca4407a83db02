"""Sway score: how far an answer stands above the empty ones."""

import pytest
from support.tiny_model import PROSE

from dlm_lsp.local.score import Continuation, score_continuations
from dlm_lsp.local.sway_score import EMPTY_BASELINES, scoring_prefix, scoring_rows, sway_margins

PAIR = ("When was the first wheel built?", "In 1790.")


def test_an_answer_is_weighed_against_no_answer_and_no_question():
    asked = "Question: When was the first wheel built?\nAnswer:"
    assert scoring_rows([PAIR]) == [
        Continuation(asked, " In 1790."),
        Continuation(asked, f" {EMPTY_BASELINES}"),
        Continuation("Answer:", " In 1790."),
    ]


def test_the_margin_is_what_the_answer_has_above_the_mean_of_both():
    assert sway_margins([-1.0, -3.0, -2.0, -4.0, -1.0, -1.0]) == [1.5, -3.0]
    assert sway_margins([]) == []


def test_the_prose_is_read_before_the_questions():
    assert scoring_prefix(PROSE).endswith(f"\n\n{PROSE}\n\n")


def test_pairs_do_not_weigh_on_each_other(llama):
    other = ("Why?", "The river is high in spring.")
    together = sway_margins(
        score_continuations(llama, None, scoring_prefix(PROSE), scoring_rows([PAIR, other]))
    )
    alone = sway_margins(
        score_continuations(llama, None, scoring_prefix(PROSE), scoring_rows([PAIR]))
    )
    assert together[:1] == pytest.approx(alone, abs=1e-4)
