"""Pair checks: near-duplicates and ungrounded answers, found step by step."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.samples import SOURCE, SOURCE_ID, anything, marker
from support.document_text import FRONTMATTER

from dlm_lsp.document import SectionType, section_id
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.ide import pair_checks
from dlm_lsp.ide.pair_check_results import NOTHING_CHECKED, PairCheckResults
from dlm_lsp.ide.pair_checks import PairChecks
from dlm_lsp.quality import duplicate_index
from dlm_lsp.quality.duplicate_index import DuplicateIndex

KINDS = ["hand-written", "synthesized"]
PAIR = "### Q\n{}\n### A\n{}\n"


def pair(question: str, answer: str = "A river.", kind: str = "hand-written") -> str:
    """A section with one pair; a synthesized one is about `SOURCE`."""
    line = f"{marker()}\n" if kind == "synthesized" else ""
    return f"::instruction::\n{line}{PAIR.format(question, answer)}"


def expansion(answer: str) -> str:
    return pair("What is the Ill?", answer, "synthesized").replace("extraction", "expansion")


def incremental(body: str) -> IncrementalDocument:
    return IncrementalDocument.of(FRONTMATTER + body)


def checked(checks: PairChecks, body: str) -> PairCheckResults:
    """What is known after the checks of a document with this body."""
    for _ in checks.steps(incremental(body)):
        pass
    return checks.results


def ids(body: str) -> list[str]:
    """The ids of the instruction sections."""
    sections = [part.section for part in incremental(body).parts if part.section]
    return [section.id for section in sections if section.type == "instruction"]


@pytest.fixture
def compared(monkeypatch) -> list[str]:
    """The questions that were held against the others."""
    questions: list[str] = []
    compare = DuplicateIndex.compare

    def recorded(self, pair):
        questions.append(pair.question)
        return compare(self, pair)

    monkeypatch.setattr(DuplicateIndex, "compare", recorded)
    return questions


def test_before_the_first_look_nothing_is_in_doubt():
    assert PairChecks().results == NOTHING_CHECKED


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_two_pairs_that_say_the_same_are_alike_each_to_the_other(first, second):
    body = SOURCE + pair("What is the Ill?", kind=first) + pair("What's the Ill?", kind=second)
    first_id, second_id = ids(body)
    assert checked(PairChecks(), body).duplicates == {
        first_id: {0: ((second_id, 0),)},
        second_id: {0: ((first_id, 0),)},
    }


def test_pairs_that_say_different_things_are_not_alike():
    body = pair("What is the Ill?") + pair("What is the Rhine?")
    assert checked(PairChecks(), body) == NOTHING_CHECKED


def test_each_of_three_that_say_the_same_is_alike_to_both_others():
    body = pair("What is the Ill?") + pair("What's the Ill?") + pair("What is the Ill ?")
    duplicates, _ = _sets(checked(PairChecks(), body))
    places = {(id_, 0) for id_ in ids(body)}
    assert duplicates == {place: places - {place} for place in places}


def test_every_pair_of_a_section_is_held_against_every_other():
    first_section = pair("Why?") + PAIR.format("What is the Ill?", "A river.")
    second_section = pair("What's the Ill?") + PAIR.format("How long is it?", "3 km.")
    first_id, second_id = ids(first_section + second_section)
    duplicates, _ = _sets(checked(PairChecks(), first_section + second_section))
    assert duplicates == {(first_id, 1): {(second_id, 0)}, (second_id, 0): {(first_id, 1)}}


def test_two_pairs_of_one_section_can_be_alike():
    body = pair("What is the Ill?") + PAIR.format("What's the Ill?", "A river.")
    (own,) = ids(body)
    assert checked(PairChecks(), body).duplicates == {own: {0: ((own, 1),), 1: ((own, 0),)}}


def test_a_pair_that_is_written_later_is_held_against_those_that_were_there():
    checks = PairChecks()
    assert checked(checks, pair("What is the Ill?")).duplicates == {}
    body = pair("What's the Ill?") + pair("What is the Ill?")
    assert set(checked(checks, body).duplicates) == set(ids(body))


def test_only_what_is_new_is_compared_again(compared):
    checks = PairChecks()
    body = pair("What is the Ill?") + pair("What is the Rhine?")
    checked(checks, body)
    assert compared == ["What is the Ill?", "What is the Rhine?"]
    compared.clear()
    checked(checks, body)
    assert compared == []
    checked(checks, pair("How long is it?", "3 km.") + body)
    assert compared == ["How long is it?"]


def test_the_same_section_twice_is_compared_once_and_no_doubt(compared):
    assert checked(PairChecks(), pair("What is the Ill?") * 2) == NOTHING_CHECKED
    assert compared == ["What is the Ill?"]


@pytest.mark.parametrize("third", [pair("Why?"), PAIR.format("Why?", "Because.")])
def test_of_very_many_pairs_none_is_compared(third, compared, monkeypatch):
    monkeypatch.setattr(pair_checks, "MAX_PAIRS", 2)
    checks = PairChecks()
    body = pair("What is the Ill?") + pair("What's the Ill?")
    assert checked(checks, body + third).duplicates == {}
    assert compared == []
    assert checked(checks, body).duplicates


def test_of_very_many_pairs_each_answer_is_still_held_against_its_source(monkeypatch):
    monkeypatch.setattr(pair_checks, "MAX_PAIRS", 0)
    body = SOURCE + pair("What is the Ill?", "A lake of 7 km.", "synthesized")
    assert checked(PairChecks(), body).ungrounded


def test_what_is_long_gone_is_forgotten_at_last():
    checks = PairChecks()
    assert checked(checks, pair("What is the Ill?") + pair("What's the Ill?")).duplicates
    for number in range(105):
        checked(checks, pair(f"What is the Ill {number}?"))
    assert checks.results == NOTHING_CHECKED


def test_an_answer_that_its_source_does_not_back_is_in_doubt_with_the_reason():
    body = SOURCE + pair("How long is the Ill?", "The Ill is a river, 7.", "synthesized")
    (own,) = ids(body)
    why = 'the section has no "7"'
    assert checked(PairChecks(), body).ungrounded == {(own, SOURCE_ID): {0: why}}


def test_every_answer_of_a_section_is_held_against_its_source():
    body = SOURCE + pair("What is the Ill?", "A river.", "synthesized")
    body += PAIR.format("How long is the Ill?", "7 km.") + PAIR.format("Is it long?", "A river.")
    body += PAIR.format("Where?", "The Ill is a river in 8.")
    (own,) = ids(body)
    ((key, reasons),) = checked(PairChecks(), body).ungrounded.items()
    assert key == (own, SOURCE_ID)
    assert set(reasons) == {1, 3}


def test_an_answer_that_its_source_backs_is_not_in_doubt():
    body = SOURCE + pair("What is the Ill?", "A river.", "synthesized")
    assert checked(PairChecks(), body) == NOTHING_CHECKED


def test_an_answer_beyond_the_prose_needs_no_backing():
    assert checked(PairChecks(), SOURCE + expansion("A lake of 7 km.")) == NOTHING_CHECKED


def test_an_answer_without_its_source_is_left_until_the_source_is_there():
    checks = PairChecks()
    stray = pair("What is the Ill?", "A lake of 7 km.", "synthesized")
    assert checked(checks, stray).ungrounded == {}
    assert set(checked(checks, SOURCE + stray).ungrounded) == {(*ids(stray), SOURCE_ID)}


def test_a_source_that_an_edit_brings_back_is_held_against_what_came_from_it():
    checks = PairChecks()
    text = incremental("Other.\n" + pair("What is the Ill?", "A lake of 7 km.", "synthesized"))
    assert list(checks.steps(text))
    assert checks.results.ungrounded == {}
    text = text.apply_change(text.length, text.length, "::prose::\nMore.\n")
    text = text.apply_change(text.length, text.length, f"::prose::\n{SOURCE}")
    assert list(checks.steps(text))
    assert checks.results.ungrounded


def test_others_can_work_after_each_section_and_pair(compared):
    checks = PairChecks()
    body = SOURCE + "".join(pair(f"Why {n}?", f"{n + 70} km.", "synthesized") for n in range(2))
    body += PAIR.format("Why 2?", "72 km.")
    progress = [
        (len(compared), sum(map(len, checks.results.ungrounded.values())))
        for _ in checks.steps(incremental(body))
    ]
    states = [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (3, 3)]
    assert list(dict.fromkeys(progress)) == states


def test_others_can_work_between_two_of_many_that_are_alike(monkeypatch):
    compared = []
    is_duplicate = duplicate_index.is_duplicate
    monkeypatch.setattr(
        duplicate_index,
        "is_duplicate",
        lambda *args: compared.append(args) or is_duplicate(*args),
    )
    body = "".join(pair("What is the Ill" + "?" * n) for n in range(5))
    progress = [len(compared) for _ in PairChecks().steps(incremental(body))]
    assert set(progress) >= set(range(4 * 5 // 2 + 1))


def test_of_very_many_that_say_the_same_some_are_remembered(monkeypatch):
    monkeypatch.setattr(pair_checks, "MAX_OTHERS", 3)
    body = "".join(pair("What is the Ill" + "?" * n) for n in range(9))
    remembered = checked(PairChecks(), body).duplicates
    assert set(remembered) == set(ids(body))
    assert {len(others) for numbers in remembered.values() for others in numbers.values()} == {3}


@pytest.mark.parametrize("longer", ["pair", "source"])
def test_what_takes_too_long_to_read_is_left_alone(monkeypatch, longer):
    monkeypatch.setattr(pair_checks, "MAX_SECTION_LENGTH", 400)
    source, answer = SOURCE, "A lake of 7 km."
    if longer == "pair":
        answer += " Indeed." * 100
    else:
        source = SOURCE.rstrip() + " Indeed." * 100
    id_ = section_id(SectionType.PROSE, source.rstrip("\n"))
    stray = pair("What is the Ill?", answer, "synthesized").replace(SOURCE_ID, id_)
    assert checked(PairChecks(), f"{source}\n{stray}").ungrounded == {}


def test_a_look_that_is_broken_off_is_taken_up_by_the_next(compared):
    checks = PairChecks()
    body = pair("What is the Ill?") + PAIR.format("What's the Ill?", "A river.")
    steps = checks.steps(incremental(body))
    while not compared:
        next(steps)
    steps.close()
    (own,) = ids(body)
    assert set(checked(checks, body).duplicates[own]) == {0, 1}
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


def _sets(results: PairCheckResults) -> tuple[dict, dict]:
    """What was found, in no order."""
    duplicates = {
        (id_, number): set(others)
        for id_, pairs in results.duplicates.items()
        for number, others in pairs.items()
    }
    return duplicates, dict(results.ungrounded)


@given(st.lists(st.tuples(_SECTIONS, st.integers(0, 9)), max_size=8))
def test_many_small_looks_at_a_growing_document_find_what_one_look_at_the_last_finds(added):
    checks = PairChecks()
    sections: list[str] = []
    for section, at in added:
        sections.insert(at, section)
        checked(checks, SOURCE + "".join(sections))
    assert _sets(checks.results) == _sets(checked(PairChecks(), SOURCE + "".join(sections)))


@given(st.lists(_SECTIONS, max_size=6), st.data())
def test_a_look_after_any_edit_finds_what_a_first_look_finds(sections, data):
    first_prose = data.draw(st.sampled_from([f"::prose::\n{SOURCE}", "::prose::\nOther.\n"]))
    checks, text = PairChecks(), incremental(first_prose + "".join(sections))
    for _ in range(data.draw(st.integers(1, 5))):
        first = data.draw(st.integers(1, len(text.parts)))
        last = data.draw(st.integers(first, min(len(text.parts), first + 2)))
        new = data.draw(_SECTIONS | st.sampled_from(["", "::prose::\n" + SOURCE]))
        text = text.apply_change(text.offsets[first], text.offsets[last], new)
        steps = checks.steps(text)
        # An edit may break a look off.
        for _ in islice(steps, data.draw(st.sampled_from([None, 0, 1, 3]))):
            pass
    for _ in checks.steps(text):
        pass
    at_first = PairChecks()
    for _ in at_first.steps(text):
        pass
    assert _present(checks.results, text) == _present(at_first.results, text)


def _present(results: PairCheckResults, text: IncrementalDocument) -> tuple[dict, dict]:
    """What was found about the sections that a text has, in no order."""
    duplicates, ungrounded = _sets(results)
    ids = {part.id for part in text.parts}
    # The same pair may also stand there without a marker, and then nobody asks for its source.
    sources = {(part.id, part.source_id) for part in text.parts}
    return (
        {
            key: present
            for key, others in duplicates.items()
            if key[0] in ids and (present := {other for other in others if other[0] in ids})
        },
        {
            key: reasons
            for key, reasons in ungrounded.items()
            if ids.issuperset(key) and key in sources
        },
    )


def test_a_look_after_an_edit_visits_only_what_is_new(compared):
    checks = PairChecks()
    text = incremental(SOURCE + "".join(pair(f"Why {n}?") for n in range(20)))
    assert len(list(checks.steps(text))) >= 20
    compared.clear()
    at = text.text.index("Why 7?")
    text = text.apply_change(at, at, "x")
    assert list(checks.steps(text))
    assert compared == ["xWhy 7?"]
    assert list(checks.steps(text)) == []


@given(anything)
def test_likeness_always_goes_both_ways_and_never_to_oneself(text):
    checks = PairChecks()
    for _ in checks.steps(IncrementalDocument.of(text)):
        pass
    duplicates, _ = _sets(checks.results)
    for place, others in duplicates.items():
        assert place not in others
        assert all(place in duplicates[other] for other in others)
