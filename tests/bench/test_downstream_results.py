"""Downstream results: accuracy, differences taken pair by pair, and the tables of both."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.downstream_results import (
    Result,
    choice_accuracy,
    difference,
    differences_table,
    draw,
    results_table,
    spread,
    token_f1,
    whole_documents,
)

A_RESULT = Result(
    document="hives",
    model="small",
    condition="unfiltered",
    seed=1,
    rows=10,
    pairs=4,
    content="a",
    choice=50.0,
    f1=0.25,
    answer_loss=3.0,
    seconds=1.0,
    replies=("Six.",),
)


def grid(**losses: dict[tuple[str, int], float]) -> list[Result]:
    """Return results with these losses, by condition, document and seed."""
    return [
        replace(A_RESULT, condition=condition, document=document, seed=seed, answer_loss=loss)
        for condition, by_place in losses.items()
        for (document, seed), loss in by_place.items()
    ]


FOUND = grid(
    unfiltered={("a", 1): 3.0, ("a", 2): 4.0, ("b", 1): 5.0, ("b", 2): 6.0},
    verified={("a", 1): 2.0, ("a", 2): 2.0, ("b", 1): 5.0, ("b", 2): 7.0},
)


def test_the_words_of_an_answer_count_without_case_articles_and_marks() -> None:
    assert token_f1("the Slate box", "A slate box.") == 1.0


def test_an_answer_with_one_word_too_many_has_less() -> None:
    assert token_f1("slate box roof", "slate box") == pytest.approx(0.8)


@given(st.text(), st.text())
def test_f1_is_the_same_both_ways_and_never_out_of_range(left: str, right: str) -> None:
    assert token_f1(left, right) == token_f1(right, left)
    assert 0.0 <= token_f1(left, right) <= 1.0


def test_a_question_counts_if_its_own_answer_is_the_likeliest() -> None:
    assert choice_accuracy([[-1.0, -2.0], [-1.0, -3.0]]) == 0.5


def test_a_model_that_finds_all_answers_alike_chooses_none() -> None:
    assert choice_accuracy([[-1.0, -1.0], [-1.0, -1.0]]) == 0.0


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=2), st.floats(-9, 9))
def test_an_answer_that_is_likely_after_any_question_is_chosen_once_at_most(
    own: list[float], liked: float
) -> None:
    assert choice_accuracy([[own[0], liked], [own[0], liked]]) <= 0.5


def test_a_difference_is_taken_within_document_and_seed() -> None:
    gain = difference(FOUND, "answer_loss", "small", "verified", "unfiltered")
    assert gain.by_seed == (-0.5, -0.5)
    assert gain.by_document == (-1.5, 0.5)


def test_what_all_seeds_share_is_no_spread_of_a_difference() -> None:
    assert "-0.50 ± 0.00 (-1.50 to +0.50)" in differences_table(FOUND)


def test_a_single_document_has_no_range() -> None:
    single = [result for result in FOUND if result.document == "b"]
    assert "| +0.50 ± 0.71 |" in differences_table(single)


def test_a_row_has_mean_over_documents_and_spread_over_seeds() -> None:
    assert "| small | prose + unfiltered pairs | 4.0 |" in results_table(FOUND)
    assert "4.50 ± 0.71" in results_table(FOUND)


def test_one_value_has_no_spread() -> None:
    assert spread([0.5], 1, signed=True) == "+0.5"


def test_what_was_not_measured_of_every_training_is_left_open() -> None:
    partly = [*FOUND[:-1], replace(FOUND[-1], answer_loss=None)]
    assert results_table(partly).endswith("| 50.0 ± 0.0 | 0.250 ± 0.000 | - |")
    assert differences_table(partly).endswith("| +0.000 ± 0.000 (+0.000 to +0.000) | - |")


def test_a_document_that_is_not_done_is_left_out() -> None:
    begun = replace(A_RESULT, document="c")
    assert whole_documents([*FOUND, begun]) == FOUND


def test_the_plot_is_drawn_of_what_there_is(tmp_path) -> None:
    draw([*FOUND, replace(A_RESULT, condition="base", seed=0)], tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
