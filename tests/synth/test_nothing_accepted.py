"""Nothing accepted: the cause that most of what a run came to has in common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document import Pair
from dlm_lsp.synth.nothing_accepted import why_nothing
from dlm_lsp.synth.options import OPTIONS
from dlm_lsp.synth.report import Candidate, Refusal, Report, Skip, Usage

ID = "0123456789abcdef"
SKIPS = (
    "no_prose",
    "invalid_output",
    "empty_pair",
    "already_present",
    "shortfall",
    "request_failed",
    "deferred",
    "not_asked",
)
REFUSALS = (
    "invalid_structure",
    "wrong_language",
    "not_self_contained",
    "looping",
    "copied_example",
    "says_nothing",
    "not_grounded",
    "rejected",
    "over_count",
    "near_probe",
    "duplicate_pair",
    "judge_disfavored",
    "below_threshold",
    "unjudged",
    "not_verified",
    "over_max_pairs",
)


def report(*reasons: str, accepted: tuple = (), **more) -> Report:
    """A run that refused and skipped for these reasons."""
    refused = tuple(Refusal("Q?", "A.", ID, "extraction", r, "") for r in reasons if r in REFUSALS)
    skipped = tuple(Skip(ID, "extraction", r, "") for r in reasons if r in SKIPS)
    return Report("sway", 0, 0, 0, 0, accepted, refused, skipped, Usage(), **more)


def code(*reasons: str, **more) -> str | None:
    cause = why_nothing(report(*reasons, **more))
    return cause and cause.code


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["duplicate_pair", "duplicate_pair", "not_grounded"], "duplicates"),
        (["near_probe", "duplicate_pair", "not_grounded"], "duplicates"),
        (["already_present"], "duplicates"),
        (["judge_disfavored", "judge_disfavored", "below_threshold"], "judge"),
        (["judge_disfavored", "below_threshold", "below_threshold"], "threshold"),
        (["not_verified"], "verifier"),
        (["not_grounded", "not_self_contained", "duplicate_pair"], "text-rules"),
        (["invalid_output", "copied_example", "looping", "duplicate_pair"], "small-teacher"),
        (["invalid_output", "looping", "duplicate_pair", "not_verified"], "invalid-replies"),
        (["rejected", "rejected", "duplicate_pair"], "rejected"),
        (["over_max_pairs"], "limit"),
        (["no_prose"], "no-prose"),
        (["no_prose", "no_prose", "duplicate_pair"], "duplicates"),
        (["request_failed"], "failed"),
        (["request_failed", "request_failed", "looping"], "failed"),
        (["request_failed", "already_present", "already_present"], "duplicates"),
        (["shortfall", "shortfall"], "small-teacher"),
        (["shortfall", "deferred"], None),
        (["unjudged"], None),
        (["unjudged", "unjudged", "not_verified"], None),
        (["unjudged", "not_verified"], "verifier"),
        ([], None),
    ],
)
def test_the_cause_is_what_most_have_in_common(reasons, expected):
    assert code(*reasons) == expected


@given(st.lists(st.sampled_from(REFUSALS), min_size=1, max_size=8))
def test_most_is_said_only_of_more_than_half(reasons):
    cause = why_nothing(report(*reasons))
    if cause and "most " in cause.message and "most common" not in cause.message:
        assert 2 * max(sum(code(r) == code(other) for r in reasons) for other in reasons) > len(
            reasons
        )


def test_the_largest_group_below_half_is_called_the_most_common():
    cause = why_nothing(report("not_verified", "not_verified", "duplicate_pair", "over_count"))
    assert cause
    assert "most common" in cause.message
    assert why_nothing(report("not_verified", "not_verified", "looping")).message.endswith(
        "does not stand by most pairs; choose another, or none"
    )


def test_a_run_that_ended_early_has_failed_whatever_came_before():
    assert code("duplicate_pair", failure="the server is away") == "failed"


def test_a_run_that_was_stopped_or_gave_something_has_no_cause():
    pair = Candidate(Pair("Q?", "A."), ID, "extraction")
    assert code("duplicate_pair", accepted=(pair,)) is None
    assert code("duplicate_pair", stopped=True) is None


@given(st.lists(st.sampled_from((*SKIPS, *REFUSALS)), max_size=8))
def test_a_cause_is_one_line_and_its_option_is_known(reasons):
    cause = why_nothing(report(*reasons))
    if cause is None:
        assert set(reasons) <= {"shortfall", "deferred"} or "unjudged" in reasons
        assert set(reasons) != {"shortfall"}
        return
    words = cause.worded(lambda option: f"<{option}>")
    assert "\n" not in words
    assert not cause.option or (cause.option in OPTIONS and f"<{cause.option}" in words)
