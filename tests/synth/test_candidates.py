from dataclasses import replace

import pytest
from support.scripted_teacher import reply

from dlm_lsp.synth.candidates import parse_candidates
from dlm_lsp.synth.planned_requests import PlannedRequest
from dlm_lsp.teachers.protocol import PairRequest, Reply

PROSE = "The tower of Ville has 300 steps and two bells. A fire took its roof in 1644."
STEPS = ("How many steps has the tower of Ville?", "It has 300 steps.")
STEPS_AGAIN = ("How many steps does the tower of Ville have?", "300 steps")
BELLS = ("How many bells has the tower of Ville?", "It has two bells.")
FIRE = ("What took the roof of the tower of Ville?", "A fire took it.")


def read(*replies, count=2, filter_="sway"):
    return parse_candidates(
        PlannedRequest(0, "a" * 16, PairRequest(PROSE, "extraction", count)), replies, filter_
    )


def questions(pairs):
    return [candidate.pair.question for candidate in pairs]


def test_enough_pairs_need_no_repair():
    parsed = read(reply([STEPS, BELLS], PROSE))
    assert questions(parsed.candidates) == [STEPS[0], BELLS[0]]
    assert (parsed.missing, parsed.repair, parsed.skipped, parsed.refused) == (0, None, (), ())


def test_the_evidence_stays_with_its_pair():
    assert read(reply([STEPS], PROSE)).candidates[0].evidence == PROSE


def test_of_evidence_that_the_text_does_not_have_the_passage_that_it_does_is_shown():
    candidate = read(reply([FIRE], 'The text states: "A fire took the roof."')).candidates[0]
    assert candidate.evidence == "A fire took its roof in 1644."


def test_an_answer_that_only_says_its_question_again_is_refused():
    refused = read(reply([("Which tower is the tower of Ville?", "The tower of Ville.")])).refused
    assert [refusal.reason for refusal in refused] == ["says_nothing"]


def test_a_repair_asks_for_what_is_missing_and_says_why():
    parsed = read(reply([STEPS, ("What does this text tell?", "Things.")], PROSE))
    assert parsed.repair == PairRequest(
        PROSE, "extraction", 1, complaint='the question says "this text"', have=(STEPS,)
    )


def test_a_reply_of_too_few_is_told_how_many_came():
    assert read(reply([STEPS], PROSE)).repair.complaint == "1 of 2 pairs came"


def test_a_reply_that_cannot_be_read_is_told_so():
    parsed = read(Reply("Certainly!"))
    assert parsed.repair.complaint == "the reply holds no pair that can be read; 0 of 2 pairs came"
    assert [(s.reason, s.detail) for s in parsed.skipped] == [
        ("invalid_output", "the reply holds no pair that can be read")
    ]


def test_a_teacher_that_knows_why_nothing_came_is_believed():
    parsed = read(Reply('{"pairs": []}', note="it speaks no French"))
    assert [(s.reason, s.detail) for s in parsed.skipped] == [
        ("shortfall", "0 of the 2 pairs asked for can be used: it speaks no French")
    ]


def test_a_shortfall_is_explained_by_the_last_that_the_teacher_said_of_it():
    first = replace(reply([STEPS], PROSE), note="only one came to mind")
    parsed = read(first, replace(reply([], PROSE), note="nothing else came to mind"))
    assert [s.detail for s in parsed.skipped] == [
        "1 of the 2 pairs asked for can be used: nothing else came to mind"
    ]


def test_first_reply_and_repair_count_together():
    parsed = read(reply([STEPS], PROSE), reply([BELLS, FIRE], PROSE))
    assert questions(parsed.candidates) == [STEPS[0], BELLS[0], FIRE[0]]
    assert (parsed.requested, parsed.missing, parsed.repair) == (2, 0, None)


def test_there_is_only_one_repair():
    parsed = read(reply([STEPS], PROSE), reply([], PROSE))
    assert parsed.missing == 1
    assert parsed.repair is None


@pytest.mark.parametrize("filter_", ["sway", "dedup-only"])
def test_two_pairs_that_say_the_same_count_as_one_and_both_may_be_chosen(filter_):
    parsed = read(reply([STEPS, STEPS_AGAIN], PROSE), filter_=filter_)
    assert questions(parsed.candidates) == [STEPS[0], STEPS_AGAIN[0]]
    assert parsed.missing == 1
    assert parsed.repair.complaint == "some pairs said the same thing"


@pytest.mark.parametrize(
    "replies",
    [(reply([STEPS, STEPS], PROSE),), (reply([STEPS], PROSE), reply([STEPS], PROSE))],
    ids=["one reply", "two replies"],
)
def test_a_pair_that_comes_twice_is_kept_once_and_told_so(replies):
    parsed = read(*replies, filter_="dedup-only")
    assert questions(parsed.candidates) == [STEPS[0]]
    assert [(r.reason, r.detail) for r in parsed.refused] == [
        ("duplicate_pair", "the teacher wrote the same pair before")
    ]


def test_a_teacher_that_goes_on_for_ever_is_not_judged_for_ever():
    parsed = read(reply([(f"What is {n}?", "A number.") for n in range(30)]), filter_="dedup-only")
    assert len(parsed.candidates) == 12
    assert [(r.reason, r.detail) for r in parsed.refused] == [
        ("over_count", "2 were asked for")
    ] * 18


def test_none_takes_every_well_formed_pair_that_was_asked_for():
    parsed = read(reply([STEPS, STEPS, ("What does the text say?", "x")]), count=3, filter_="none")
    assert len(parsed.candidates) == 3
    assert parsed.missing == 0


def test_dedup_only_has_no_gates():
    parsed = read(reply([("What does the text say?", "x"), BELLS]), filter_="dedup-only")
    assert len(parsed.candidates) == 2


def test_an_empty_pair_and_a_broken_one_are_told_apart():
    parsed = read(reply([("Why?", " "), ("How?", "### Q\nNo.")]))
    assert [(s.reason, s.detail) for s in parsed.skipped] == [
        ("empty_pair", "the answer is empty"),
        ("shortfall", "0 of the 2 pairs asked for can be used"),
    ]
    assert [r.reason for r in parsed.refused] == ["invalid_structure"]


def test_a_teacher_that_declines_is_not_asked_again():
    parsed = read(Reply("No.", finish="refusal"))
    assert parsed.repair is None
    assert parsed.skipped[0].detail == "the teacher declined to answer"


@pytest.mark.parametrize("text", ["Q: Why?\nA: So", '{"pairs": [{"question": "Why?"'])
def test_a_reply_that_broke_off_gives_no_half_pair(text):
    assert read(Reply(text, finish="length")).candidates == ()


def test_a_reply_that_broke_off_before_its_first_pair_names_the_way_out():
    assert [(s.reason, s.detail) for s in read(Reply("", finish="length")).skipped] == [
        (
            "invalid_output",
            "the reply broke off at its token limit before its first pair was complete; "
            "raise max_new_tokens",
        )
    ]


def test_a_shortfall_of_a_reply_that_broke_off_names_the_way_out():
    parsed = read(reply([STEPS], PROSE, finish="length"))
    assert [(s.reason, s.detail) for s in parsed.skipped] == [
        (
            "shortfall",
            "1 of the 2 pairs asked for can be used: the reply broke off at its token limit; "
            "raise max_new_tokens",
        )
    ]


def test_a_repair_stays_short_however_much_was_wrong():
    wrong = [(f"How high is tower {n} of Ville, {'x' * n}?", f"{n}07 metres") for n in range(200)]
    assert len(read(reply([*wrong, STEPS], PROSE)).repair.complaint) <= 5 * 122


def test_a_repair_names_whole_pairs_as_far_as_there_is_room():
    long = [(f"What is {n}?", f"{n} {'x' * 500}") for n in range(4)]
    repair = read(reply([*long, STEPS]), count=9, filter_="dedup-only").repair
    assert repair.have == (*long[:2], STEPS)
