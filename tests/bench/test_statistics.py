import pytest

from bench.quality.grades import GradedPair
from bench.quality.runs import RawPair, Run
from bench.quality.statistics import tally


def a_run(*pairs):
    return Run(
        half="held-out",
        maker="ours",
        teacher="qwen-1.5b",
        strategy="both",
        filter="sway",
        prompt="abc",
        per_section=3,
        asked_at="",
        sections={"a": "en", "b": "de"},
        pairs=pairs,
    )


def a_pair(id_, reason="", section="a", strategy="extraction"):
    return RawPair(id=id_, section=section, strategy=strategy, reason=reason)


def graded(**grades):
    return {
        id_: GradedPair(id_, "a", "en", "held-out", "ours", grade, ())
        for id_, grade in grades.items()
    }


def test_a_section_that_gave_nothing_counts():
    found = tally(a_run(a_pair("p")), graded(p="right"))
    assert found.right_a_section == 0.5


def test_shares_are_of_the_accepted_pairs_that_were_read():
    run = a_run(a_pair("p"), a_pair("q"), a_pair("r"), a_pair("s", "not_grounded"))
    found = tally(run, graded(p="right", q="other_language", s="wrong"))
    assert found.share("right") == 0.5
    assert found.in_language == 0.5
    assert found.ungraded == 1


def test_a_false_refusal_is_one_by_a_rule():
    run = a_run(
        a_pair("p"),
        a_pair("q", "not_grounded"),
        a_pair("r", "over_count"),
        a_pair("s", "below_threshold"),
    )
    found = tally(run, graded(p="right", q="right", r="right", s="right"))
    assert found.false_refusals == 0.25
    assert found.refused_right == {"not_grounded": 1, "over_count": 1, "below_threshold": 1}


def test_wrong_pairs_are_told_apart_by_what_became_of_them():
    found = tally(a_run(a_pair("p"), a_pair("q", "not_grounded")), graded(p="wrong", q="wrong"))
    assert found.accepted["wrong"] == 1
    assert found.refused_wrong == {"not_grounded": 1}


@pytest.mark.parametrize(("strategy", "right"), [("extraction", 1), ("expansion", 0), (None, 1)])
def test_a_strategy_is_counted_alone(strategy, right):
    run = a_run(a_pair("p"), a_pair("q", strategy="expansion"))
    assert tally(run, graded(p="right", q="wrong"), strategy=strategy).accepted["right"] == right


def test_nothing_read_is_no_share():
    found = tally(a_run(), {})
    assert (found.share("right"), found.in_language, found.false_refusals) == (None, None, None)
