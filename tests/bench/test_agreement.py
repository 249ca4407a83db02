import pytest

from bench.quality.agreement import cohen_kappa, observed_agreement


def test_agreement_is_the_share_graded_alike():
    assert observed_agreement(["right", "wrong"], ["right", "right"]) == 0.5


def test_kappa_of_cohens_kind_of_table():
    # 20 both yes, 15 both no, 5 and 10 apart: observed 0.7, by chance 0.5.
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)


def test_kappa_is_one_where_all_agree_on_one_grade():
    assert cohen_kappa(["right"] * 3, ["right"] * 3) == 1.0
