"""Probe contamination: the pairs that say what another says, or ask what a probe asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.contamination import equivalent_places
from dlm_lsp.quality.dedup import duplicates
from dlm_lsp.quality.duplicate_index import DuplicateIndex

PROBE = Pair("When was the bridge of Ville3 built?", "In 1503.", probe=True)


def index_of(*pairs: Pair) -> DuplicateIndex:
    index = DuplicateIndex()
    for pair in pairs:
        index.add(pair)
    return index


def places(pair: Pair, *pairs: Pair) -> list[int]:
    return list(equivalent_places(pair, index_of(*pairs)))


@pytest.mark.parametrize(
    "pair",
    [
        Pair(PROBE.question, PROBE.answer),
        Pair("When did they build the bridge of Ville3?", "In 1503."),
        Pair("when was the bridge of Ville3 built", "It was never built at all."),
    ],
    ids=["the same", "reworded", "its question with another answer"],
)
def test_a_pair_that_says_or_asks_what_a_probe_does_is_near_it(pair):
    assert places(pair, PROBE) == [0]


def test_a_pair_about_another_fact_is_near_no_probe():
    assert places(Pair("When was the bridge of Ville4 built?", "In 1504."), PROBE) == []


def test_a_question_that_was_answered_otherwise_is_no_equivalent_where_it_is_no_probe():
    other = Pair(PROBE.question, "It was never built at all.")
    assert places(other, Pair(PROBE.question, PROBE.answer)) == []


TOWNS = st.integers(1, 3)
PAIRS = st.builds(
    lambda town, form, year: Pair(form.format(town), f"In {year}."),
    TOWNS,
    st.sampled_from(("When was the bridge of Ville{} built?", "Who built the bridge of Ville{}?")),
    st.integers(1501, 1503),
)


@given(st.lists(PAIRS, max_size=12), st.lists(PAIRS, max_size=4))
def test_whatever_is_a_duplicate_of_a_probe_is_always_near_it(probes, pairs):
    index = index_of(*(Pair(p.question, p.answer, probe=True) for p in probes))
    for pair in pairs:
        repeats = bool(duplicates([pair], [None], probes))
        asked = any(p.question == pair.question for p in probes)
        near = list(equivalent_places(pair, index))
        assert bool(near) == (repeats or asked)
