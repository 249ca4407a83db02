"""Verdict parsing: by likelihood, in JSON, in one word, and what is none of these."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.verdict_server import verdicts

from dlm_lsp.synth.parse_verdicts import parse_verdicts
from dlm_lsp.synth.report import Verdict
from dlm_lsp.teachers.protocol import Reply

UNREADABLE = Verdict(None, "the verdict could not be read")


def likely(*words: dict[str, float]) -> Reply:
    return Reply(json.dumps({"log_probabilities": words}))


def test_a_probability_is_the_share_of_yes_in_yes_and_no_however_they_are_written():
    tokens = {"Yes": math.log(0.5), " yes": math.log(0.1), "No": math.log(0.2), "Well": -0.1}
    (verdict,) = parse_verdicts(likely(tokens), 1)
    assert verdict.probability == pytest.approx(0.75)


@pytest.mark.parametrize(("yes", "verified"), [(0.79, False), (0.81, True)])
def test_a_yes_that_is_only_likelier_than_a_no_is_not_enough(yes, verified):
    (verdict,) = parse_verdicts(likely({"Yes": math.log(yes), "No": math.log(1 - yes)}), 1)
    assert verdict.verified is verified


def test_each_pair_has_its_own():
    first, second = parse_verdicts(likely({"Yes": -0.1, "No": -3.0}, {"Yes": -3.0, "No": -0.1}), 2)
    assert (first.verified, second.verified) == (True, False)


@pytest.mark.parametrize(
    "reply",
    [
        likely({"Well": -0.1}),
        likely({"Yes": -math.inf, "No": -math.inf}),
        likely({"Yes": math.nan}),
        likely({"Yes": -0.1}, {"Yes": -0.1}),
        Reply(json.dumps({"log_probabilities": "Yes"})),
        Reply(json.dumps({"log_probabilities": [7]})),
    ],
)
def test_likelihoods_that_tell_nothing_are_no_verdict(reply):
    assert parse_verdicts(reply, 1) == (UNREADABLE,)


def test_a_likelihood_without_its_counterpart_is_sure():
    assert parse_verdicts(likely({"No": -0.1}), 1) == (Verdict(0.0),)


def test_verdicts_in_words_are_found_by_their_number():
    text = '{"verdicts": [{"pair": 2, "right": true}, {"pair": 1, "right": false}]}'
    assert parse_verdicts(Reply(text), 2) == (Verdict(0.0), Verdict(1.0))


@pytest.mark.parametrize("number", ["9" * 5_000, 10**30, 0, 3, -1, [], True, "Pair one"])
def test_a_number_that_is_no_pairs_gives_no_pair_a_verdict(number):
    text = json.dumps({"verdicts": [{"pair": number, "right": True}]})
    assert parse_verdicts(Reply(text), 2) == (UNREADABLE, UNREADABLE)


@pytest.mark.parametrize("number", ["2", "02", "2.", 2.0, "Pair 2", "#2"])
def test_a_number_may_be_written_in_another_way(number):
    text = json.dumps({"verdicts": [{"pair": number, "right": True}]})
    assert parse_verdicts(Reply(text), 2) == (UNREADABLE, Verdict(1.0))


def test_pairs_that_are_counted_from_nought_are_not_taken_for_others():
    text = '{"verdicts": [{"pair": 0, "right": true}, {"pair": 1, "right": false}]}'
    assert parse_verdicts(Reply(text), 2) == (UNREADABLE, UNREADABLE)


@pytest.mark.parametrize("number", [{}, {"pair": None}])
def test_a_verdict_without_a_number_belongs_to_the_pair_at_its_place(number):
    text = json.dumps({"verdicts": [{"right": True, **number}, {"right": False, **number}]})
    assert parse_verdicts(Reply(text), 2) == (Verdict(1.0), Verdict(0.0))


def test_a_no_tells_in_one_line_what_the_text_says_instead():
    reply = Reply(verdicts(False, True, says="in\n1790"))
    assert parse_verdicts(reply, 2) == (Verdict(0.0, "the text says: in 1790"), Verdict(1.0))
    (long,) = parse_verdicts(Reply(verdicts(False, says="long " * 1000)), 1)
    assert len(long.detail) < 300


@pytest.mark.parametrize(
    "wrapped",
    [
        "```json\n{}\n```",
        '<think>Perhaps {{"verdicts": [{{"pair": 1, "right": false}}]}}?</think>{}',
        "Here they are:\n{}\nThat is all.",
    ],
)
def test_verdicts_are_found_in_what_stands_around_them(wrapped):
    text = wrapped.replace("{{", "\0").replace("}}", "\1").replace("{}", verdicts(True))
    assert parse_verdicts(Reply(text.replace("\0", "{").replace("\1", "}")), 1) == (Verdict(1.0),)


def test_a_pair_that_got_none_is_unverified_and_the_others_are_not():
    assert parse_verdicts(Reply(verdicts(True, None, False)), 3) == (
        Verdict(1.0),
        UNREADABLE,
        Verdict(0.0),
    )


@pytest.mark.parametrize(
    ("text", "probability"),
    [("Yes", 1.0), ("**No**", 0.0), ("no.", 0.0), ("Yes, it is.", 1.0), (" No\nIt is not.", 0.0)],
)
def test_one_word_is_a_verdict_on_one_pair(text, probability):
    assert parse_verdicts(Reply(text), 1) == (Verdict(probability),)
    assert parse_verdicts(Reply(text), 2) == (UNREADABLE, UNREADABLE)


@pytest.mark.parametrize(
    "text", ["", "no verdict", "Nobody knows", "Yesterday", "{", '{"right": 1}']
)
def test_anything_else_is_no_verdict(text):
    assert parse_verdicts(Reply(text), 1) == (UNREADABLE,)


@pytest.mark.parametrize(
    ("finish", "why"),
    [
        ("refusal", "the verifier declined to answer"),
        ("length", "the verdict broke off at its token limit; raise max_new_tokens"),
    ],
)
def test_why_there_is_none_is_told_where_it_is_known(finish, why):
    assert parse_verdicts(Reply('{"verd', finish=finish), 1) == (Verdict(None, why),)


def test_what_broke_off_keeps_the_verdicts_that_are_whole():
    text = verdicts(True, False)[:-30]
    assert [v.probability for v in parse_verdicts(Reply(text, finish="length"), 2)] == [1.0, None]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                ["verdicts", "pair", "right", "text_says", "log_probabilities", "Yes", "No"]
            ),
            inner,
        )
    ),
)


@given(st.text() | json_values.map(json.dumps), st.integers(1, 4))
def test_whatever_comes_each_pair_has_a_verdict_that_says_a_probability_or_why_not(text, count):
    found = parse_verdicts(Reply(text), count)
    assert len(found) == count
    for verdict in found:
        assert verdict.detail if verdict.probability is None else 0 <= verdict.probability <= 1
