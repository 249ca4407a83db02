from dataclasses import replace

import pytest
from support.scripted_teacher import reply

from dlm_lsp.synth.candidates import parse_candidates
from dlm_lsp.synth.planned_requests import PlannedRequest
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.protocol import PairRequest, Reply

PROSE = "The tower of Ville has 300 steps and two bells. A fire took its roof in 1644."
STEPS = ("How many steps has the tower of Ville?", "It has 300 steps.")
STEPS_AGAIN = ("How many steps does the tower of Ville have?", "300 steps")
BELLS = ("How many bells has the tower of Ville?", "It has two bells.")
FIRE = ("What took the roof of the tower of Ville?", "A fire took it.")


FIRST, SECOND = "The tower of Ville has 300 steps and two bells.", "A fire took its roof in 1644."


def read(*replies, count=2, spare=0, filter_="sway", prose=PROSE, guidance=None):
    request = PairRequest(prose, "extraction", count, spare, guidance=guidance)
    return parse_candidates(
        PlannedRequest(0, "a" * 16, request),
        replies,
        filter_,
    )


def questions(pairs):
    return [candidate.pair.question for candidate in pairs]


def test_enough_pairs_need_no_second_request():
    parsed = read(reply([STEPS, BELLS], PROSE))
    assert questions(parsed.candidates) == [STEPS[0], BELLS[0]]
    assert (parsed.missing, parsed.follow_up, parsed.skipped, parsed.refused) == (0, None, (), ())


def test_the_evidence_stays_with_its_pair():
    assert read(reply([STEPS], PROSE)).candidates[0].evidence == PROSE


def test_of_evidence_that_the_text_does_not_have_the_passage_that_it_does_is_shown():
    candidate = read(reply([FIRE], 'The text states: "A fire took the roof."')).candidates[0]
    assert candidate.evidence == "A fire took its roof in 1644."


def test_an_answer_that_only_says_its_question_again_is_refused():
    refused = read(reply([("Which tower is the tower of Ville?", "The tower of Ville.")])).refused
    assert [refusal.reason for refusal in refused] == ["says_nothing"]


def test_a_second_request_asks_for_what_is_missing_about_a_sentence_that_no_pair_quotes():
    parsed = read(reply([STEPS], FIRST))
    assert parsed.follow_up == PairRequest(
        PROSE, "extraction", 1, sentences=(SECOND,), have=(STEPS,)
    )


def test_a_second_request_does_not_ask_again_about_what_a_refused_pair_quotes():
    parsed = read(reply([("What does this text tell?", "Things.")], FIRST))
    assert [refusal.reason for refusal in parsed.refused] == ["not_self_contained"]
    assert parsed.follow_up == PairRequest(PROSE, "extraction", 1, sentences=(SECOND,))


def test_where_every_sentence_has_its_pair_nothing_more_is_asked():
    parsed = read(reply([STEPS], PROSE))
    assert (parsed.missing, parsed.follow_up) == (1, None)


def test_a_second_request_has_spare_pairs_too_where_the_first_had():
    parsed = read(Reply("Certainly!"), count=1, spare=1)
    assert parsed.follow_up == PairRequest(PROSE, "extraction", 1, 1, (FIRST, SECOND))


def test_surplus_makes_up_for_a_pair_that_cannot_be_used():
    parsed = read(reply([("What does this text tell?", "Things."), STEPS, BELLS], PROSE), spare=1)
    assert (parsed.requested, parsed.missing, parsed.follow_up) == (2, 0, None)


def test_the_sentences_of_a_second_request_are_taken_from_all_over_the_prose():
    prose = " ".join(f"Village {n} has {n + 10} old wells." for n in range(9))
    sentences = read(Reply("No."), count=3, prose=prose).follow_up.sentences
    assert sentences == tuple(f"Village {n} has {n + 10} old wells." for n in (0, 3, 6))


def test_a_reply_that_cannot_be_read_is_told_so():
    parsed = read(Reply("Certainly!"))
    assert parsed.follow_up.sentences == (FIRST, SECOND)
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


def test_both_replies_count_together():
    parsed = read(reply([STEPS], PROSE), reply([BELLS, FIRE], PROSE))
    assert questions(parsed.candidates) == [STEPS[0], BELLS[0], FIRE[0]]
    assert (parsed.requested, parsed.missing, parsed.follow_up) == (2, 0, None)


def test_there_is_no_third_request():
    parsed = read(reply([STEPS], FIRST), reply([], PROSE))
    assert (parsed.missing, parsed.follow_up) == (1, None)


@pytest.mark.parametrize("filter_", ["sway", "dedup-only"])
def test_two_pairs_that_say_the_same_count_as_one_and_both_may_be_chosen(filter_):
    parsed = read(reply([STEPS, STEPS_AGAIN], PROSE), filter_=filter_)
    assert questions(parsed.candidates) == [STEPS[0], STEPS_AGAIN[0]]
    assert parsed.missing == 1


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
    assert [(r.reason, r.detail) for r in parsed.refused] == [("over_count", "2 are wanted")] * 18


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
    assert parsed.follow_up is None
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


def test_a_second_request_stays_short_however_long_the_sentences_are():
    prose = " ".join(f"Village {n} has {'very ' * 60}old wells." for n in range(9))
    sentences = read(Reply("No."), count=9, prose=prose).follow_up.sentences
    assert [sentence.split()[1] for sentence in sentences] == ["0", "1", "2"]


def test_a_second_request_knows_the_pairs_that_can_be_used():
    parsed = read(reply([STEPS, ("What does this text tell?", "Things.")], FIRST), count=3)
    assert parsed.follow_up.have == (STEPS,)


CLOCK = "## The tower clock\n\nEach weight weighs forty kilos. It was built in 1790."
WEIGHT = ("How much does each weight weigh?", "Forty kilos.")


@pytest.mark.parametrize("filter_", ["sway", "dedup-only"])
def test_a_question_that_names_nothing_is_told_with_its_heading(filter_):
    parsed = read(reply([WEIGHT], "Each weight weighs forty kilos."), prose=CLOCK, filter_=filter_)
    assert questions(parsed.candidates) == ["The tower clock: How much does each weight weigh?"]
    assert parsed.candidates[0].pair.answer == "Forty kilos."


def test_without_filters_a_question_is_as_it_came():
    parsed = read(reply([WEIGHT], "Each weight weighs forty kilos."), prose=CLOCK, filter_="none")
    assert questions(parsed.candidates) == [WEIGHT[0]]


def test_a_second_request_knows_questions_by_their_topics():
    parsed = read(reply([WEIGHT], "Each weight weighs forty kilos."), prose=CLOCK)
    assert parsed.follow_up.have == (
        ("The tower clock: How much does each weight weigh?", "Forty kilos."),
    )
    assert parsed.follow_up.sentences == ("It was built in 1790.",)


def test_a_pair_that_the_user_has_rejected_is_refused_and_another_is_asked_for():
    (taken,) = read(reply([STEPS], FIRST), count=1).candidates
    parsed = parse_candidates(
        PlannedRequest(0, "a" * 16, PairRequest(PROSE, "extraction", 1)),
        [reply([STEPS], FIRST)],
        "sway",
        rejected=frozenset({taken.id}),
    )
    assert parsed.candidates == ()
    assert [(refusal.reason, refusal.detail) for refusal in parsed.refused] == [
        ("rejected", "rejected by you")
    ]
    assert parsed.follow_up.sentences == (SECOND,)


def test_a_refused_pair_has_its_evidence_too():
    (refused,) = read(
        reply([("Which tower is the tower of Ville?", "The tower of Ville.")], FIRST)
    ).refused
    assert refused.evidence == FIRST


def test_a_second_request_asks_for_what_the_first_one_did():
    guidance = Guidance("beginners")
    parsed = read(Reply("Certainly!"), guidance=guidance)
    assert parsed.follow_up.guidance == guidance
