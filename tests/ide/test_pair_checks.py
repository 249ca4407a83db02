"""Pairs that say the same and answers without their source, found little by little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.samples import SOURCE, SOURCE_ID, anything, marker
from support.document_text import FRONTMATTER

from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.ide import pair_checks
from dlm_lsp.ide.pair_check_results import NOTHING_CHECKED, PairCheckResults
from dlm_lsp.ide.pair_checks import PairChecks
from dlm_lsp.quality.dedup import DuplicateIndex

KINDS = ["hand-written", "synthesized"]
PAIR = "### Q\n{}\n### A\n{}\n"


def pair(question: str, answer: str = "A river.", kind: str = "hand-written") -> str:
    """A section with one pair; a synthesized one is about `SOURCE`."""
    line = f"{marker()}\n" if kind == "synthesized" else ""
    return f"::instruction::\n{line}{PAIR.format(question, answer)}"


def expansion(answer: str) -> str:
    return pair("What is the Ill?", answer, "synthesized").replace("extraction", "expansion")


def pieces(body: str) -> IncrementalDocument:
    return IncrementalDocument.of(FRONTMATTER + body)


def looked(look: PairChecks, body: str) -> PairCheckResults:
    """What is known after a look at a document with this body."""
    for _ in look.steps(pieces(body)):
        pass
    return look.results


def ids(body: str) -> list[str]:
    """The ids of the instruction sections."""
    found = [piece.section for piece in pieces(body).pieces if piece.section]
    return [section.id for section in found if section.type == "instruction"]


@pytest.fixture
def compared(monkeypatch) -> list[str]:
    """The questions that were held against the others."""
    asked: list[str] = []
    same_as = DuplicateIndex.same_as

    def counted(self, one):
        asked.append(one.question)
        return same_as(self, one)

    monkeypatch.setattr(DuplicateIndex, "same_as", counted)
    return asked


def test_before_the_first_look_nothing_is_in_doubt():
    assert PairChecks().results == NOTHING_CHECKED


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_two_pairs_that_say_the_same_are_alike_each_to_the_other(first, second):
    body = SOURCE + pair("What is the Ill?", kind=first) + pair("What's the Ill?", kind=second)
    one, other = ids(body)
    assert looked(PairChecks(), body).alike == {one: {0: ((other, 0),)}, other: {0: ((one, 0),)}}


def test_pairs_that_say_different_things_are_not_alike():
    body = pair("What is the Ill?") + pair("What is the Rhine?")
    assert looked(PairChecks(), body) == NOTHING_CHECKED


def test_each_of_three_that_say_the_same_is_alike_to_both_others():
    body = pair("What is the Ill?") + pair("What's the Ill?") + pair("What is the Ill ?")
    alike, _ = _sets(looked(PairChecks(), body))
    places = {(id_, 0) for id_ in ids(body)}
    assert alike == {place: places - {place} for place in places}


def test_every_pair_of_a_section_is_held_against_every_other():
    one = pair("Why?") + PAIR.format("What is the Ill?", "A river.")
    other = pair("What's the Ill?") + PAIR.format("How long is it?", "3 km.")
    first, second = ids(one + other)
    alike, _ = _sets(looked(PairChecks(), one + other))
    assert alike == {(first, 1): {(second, 0)}, (second, 0): {(first, 1)}}


def test_two_pairs_of_one_section_can_be_alike():
    body = pair("What is the Ill?") + PAIR.format("What's the Ill?", "A river.")
    (own,) = ids(body)
    assert looked(PairChecks(), body).alike == {own: {0: ((own, 1),), 1: ((own, 0),)}}


def test_a_pair_that_is_written_later_is_held_against_those_that_were_there():
    look = PairChecks()
    assert looked(look, pair("What is the Ill?")).alike == {}
    body = pair("What's the Ill?") + pair("What is the Ill?")
    assert set(looked(look, body).alike) == set(ids(body))


def test_only_what_is_new_is_compared_again(compared):
    look = PairChecks()
    body = pair("What is the Ill?") + pair("What is the Rhine?")
    looked(look, body)
    assert compared == ["What is the Ill?", "What is the Rhine?"]
    compared.clear()
    looked(look, body)
    assert compared == []
    looked(look, pair("How long is it?", "3 km.") + body)
    assert compared == ["How long is it?"]


def test_the_same_section_twice_is_compared_once_and_no_doubt(compared):
    assert looked(PairChecks(), pair("What is the Ill?") * 2) == NOTHING_CHECKED
    assert compared == ["What is the Ill?"]


@pytest.mark.parametrize("third", [pair("Why?"), PAIR.format("Why?", "Because.")])
def test_of_very_many_pairs_none_is_compared(third, compared, monkeypatch):
    monkeypatch.setattr(pair_checks, "MAX_PAIRS", 2)
    look = PairChecks()
    body = pair("What is the Ill?") + pair("What's the Ill?")
    assert looked(look, body + third).alike == {}
    assert compared == []
    assert looked(look, body).alike


def test_of_very_many_pairs_each_answer_is_still_held_against_its_source(monkeypatch):
    monkeypatch.setattr(pair_checks, "MAX_PAIRS", 0)
    body = SOURCE + pair("What is the Ill?", "A lake of 7 km.", "synthesized")
    assert looked(PairChecks(), body).ungrounded


def test_what_is_long_gone_is_forgotten_at_last():
    look = PairChecks()
    assert looked(look, pair("What is the Ill?") + pair("What's the Ill?")).alike
    for number in range(105):
        looked(look, pair(f"What is the Ill {number}?"))
    assert look.results == NOTHING_CHECKED


def test_an_answer_that_its_source_does_not_back_is_in_doubt_with_the_reason():
    body = SOURCE + pair("How long is the Ill?", "The Ill is a river, 7.", "synthesized")
    (own,) = ids(body)
    why = 'the section has no "7"'
    assert looked(PairChecks(), body).ungrounded == {(own, SOURCE_ID): {0: why}}


def test_every_answer_of_a_section_is_held_against_its_source():
    body = SOURCE + pair("What is the Ill?", "A river.", "synthesized")
    body += PAIR.format("How long is the Ill?", "7 km.") + PAIR.format("Is it long?", "A river.")
    body += PAIR.format("Where?", "The Ill is a river in 8.")
    (own,) = ids(body)
    ((key, found),) = looked(PairChecks(), body).ungrounded.items()
    assert key == (own, SOURCE_ID)
    assert set(found) == {1, 3}


def test_an_answer_that_its_source_backs_is_not_in_doubt():
    body = SOURCE + pair("What is the Ill?", "A river.", "synthesized")
    assert looked(PairChecks(), body) == NOTHING_CHECKED


def test_an_answer_beyond_the_prose_needs_no_backing():
    assert looked(PairChecks(), SOURCE + expansion("A lake of 7 km.")) == NOTHING_CHECKED


def test_an_answer_without_its_source_is_left_until_the_source_is_there():
    look = PairChecks()
    stray = pair("What is the Ill?", "A lake of 7 km.", "synthesized")
    assert looked(look, stray) == NOTHING_CHECKED
    assert set(looked(look, SOURCE + stray).ungrounded) == {(*ids(stray), SOURCE_ID)}


def test_others_can_work_after_each_section_and_pair(compared):
    look = PairChecks()
    body = SOURCE + "".join(pair(f"Why {n}?", f"{n} km.", "synthesized") for n in range(2))
    body += PAIR.format("Why 2?", "2 km.")
    known = [
        (len(compared), sum(map(len, look.results.ungrounded.values())))
        for _ in look.steps(pieces(body))
    ]
    assert known == [(0, 0)] * 2 + [(1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (3, 3)]


def test_a_look_that_is_broken_off_is_taken_up_by_the_next(compared):
    look = PairChecks()
    body = pair("What is the Ill?") + PAIR.format("What's the Ill?", "A river.")
    steps = look.steps(pieces(body))
    while not compared:
        next(steps)
    steps.close()
    (own,) = ids(body)
    assert set(looked(look, body).alike[own]) == {0, 1}
    assert compared == ["What is the Ill?", "What's the Ill?"]


_QUESTIONS = st.sampled_from(
    ["What is the Ill?", "What's the Ill?", "What is the Rhine?", "Is the Ill a river?"]
)
_ANSWERS = st.sampled_from(["A river.", "A river of 7 km.", "A lake, not a river."])
_SECTIONS = st.builds(
    str.__add__,
    st.builds(pair, _QUESTIONS, _ANSWERS, st.sampled_from(KINDS)),
    st.just("") | st.builds(PAIR.format, _QUESTIONS, _ANSWERS),
)


def _sets(doubts: PairCheckResults) -> tuple[dict, dict]:
    """What was found, in no order."""
    alike = {
        (id_, number): set(others)
        for id_, pairs in doubts.alike.items()
        for number, others in pairs.items()
    }
    return alike, dict(doubts.ungrounded)


@given(st.lists(st.tuples(_SECTIONS, st.integers(0, 9)), max_size=8))
def test_many_small_looks_at_a_growing_document_find_what_one_look_at_the_last_finds(added):
    look = PairChecks()
    sections: list[str] = []
    for section, at in added:
        sections.insert(at, section)
        looked(look, SOURCE + "".join(sections))
    assert _sets(look.results) == _sets(looked(PairChecks(), SOURCE + "".join(sections)))


@given(anything)
def test_likeness_always_goes_both_ways_and_never_to_oneself(text):
    look = PairChecks()
    for _ in look.steps(IncrementalDocument.of(text)):
        pass
    alike, _ = _sets(look.results)
    for place, others in alike.items():
        assert place not in others
        assert all(place in alike[other] for other in others)
