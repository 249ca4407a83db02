import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.scripted_teacher import document

from dlm_lsp.document import SynthMarker, apply_edits, parse
from dlm_lsp.document.section import Pair
from dlm_lsp.synth.candidates import ParsedCandidates
from dlm_lsp.synth.insertion import plan_insertion, staged_sections
from dlm_lsp.synth.judge_calibration import Calibration
from dlm_lsp.synth.report import Candidate, Refusal, Skip, Usage, Verdict
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.select import RequestOutcome, judge_verdict, select_pairs

EMPTY = document("Some prose.")
SWAY = SynthOptions(threshold=0.1)
DEDUP = SynthOptions(filter="dedup-only")


def candidate(question="What is Oslo?", answer="A city.", margin=1.0):
    return Candidate(Pair(question, answer), "a" * 16, "extraction", margin=margin)


def select_candidates(*candidates, options=SWAY, doc=EMPTY, **more):
    outcomes = [
        RequestOutcome(at, ParsedCandidates(requested=1, candidates=(judged,)))
        for at, judged in enumerate(candidates)
    ]
    return select_pairs(doc, outcomes, options, usage=Usage(), **more)


def test_counts_narrow_down_from_stage_to_stage():
    report = select_candidates(
        candidate("What is Oslo?", margin=1.0),
        candidate("What is Oslo", margin=0.9),
        candidate("What is Bergen?", margin=0.05),
        candidate("What is Narvik?", margin=-0.5),
    )
    counts = (report.generated, report.dedup, report.judge_passed, report.threshold)
    assert counts == (4, 3, 2, 1)
    assert [r.reason for r in report.refused] == [
        "duplicate_pair",
        "below_threshold",
        "judge_disfavored",
    ]


def test_a_pair_without_a_margin_is_never_accepted_under_sway():
    assert [r.reason for r in select_candidates(candidate(margin=None)).refused] == ["unjudged"]


def test_a_margin_that_is_no_number_is_not_accepted():
    for threshold in (0.1, None):
        verdict = judge_verdict(candidate(margin=math.nan), threshold)
        assert verdict.reason == "judge_disfavored"


def test_without_a_threshold_the_judge_refuses_none():
    assert judge_verdict(candidate(margin=-3.0), None) is None


def test_a_threshold_that_is_named_comes_before_that_of_the_judge():
    pair = candidate(margin=-0.1)
    calibrated = Calibration(-0.2, 0.76, 95, 90)
    for options, accepted in ((SynthOptions(), (pair,)), (SWAY, ())):
        report = select_candidates(pair, options=options, calibration=calibrated)
        assert report.accepted == accepted


def test_a_refusal_by_a_threshold_below_zero_tells_the_threshold():
    refusal = judge_verdict(candidate(margin=-0.5), -0.2)
    assert refusal.reason == "judge_disfavored"
    assert refusal.detail.endswith("(margin -0.500, threshold -0.200)")


def test_the_threshold_itself_is_enough():
    assert judge_verdict(candidate(margin=0.1), 0.1) is None


def test_an_equal_section_in_the_document_is_already_present():
    doc = document("Prose.", tail="::instruction::\n### Q\nWhat is Oslo?\n### A\nA city.\n")
    report = select_candidates(candidate(), doc=doc)
    assert (report.generated, report.accepted) == (0, ())
    assert [(s.reason, s.detail) for s in report.skipped] == [
        ("already_present", f"section {candidate().id} is already there")
    ]


def test_no_fewer_than_none_are_wanted_where_more_are_there_than_were_asked_for():
    there = candidate("What is Oslo?"), candidate("What is Bergen?", "Another city.")
    marker = SynthMarker("t", "extraction", "2026-01-31T09:30:00Z", "a" * 16).line()
    texts = (f"### Q\n{c.pair.question}\n### A\n{c.pair.answer}\n" for c in there)
    doc = document("Prose.", tail="".join(f"::instruction::\n{marker}\n{qa}" for qa in texts))
    new = candidate("When was the bridge of Narvik built?", "In 1899.")
    outcome = RequestOutcome(0, ParsedCandidates(requested=1, candidates=(*there, new)))
    report = select_pairs(doc, [outcome], DEDUP, usage=Usage())
    assert report.already_present == 2
    assert [r.detail for r in report.refused] == ["0 are wanted, and others come first"]


def test_none_drops_nothing_but_what_would_be_the_same_section_twice():
    report = select_candidates(
        candidate(), candidate("What is Oslo"), candidate(), options=SynthOptions(filter="none")
    )
    assert (report.generated, len(report.accepted), report.skipped) == (3, 2, ())
    assert [(r.reason, r.detail) for r in report.refused] == [
        ("duplicate_pair", "the teacher wrote the same pair before")
    ]


def test_pairs_beyond_the_maximum_are_cut_from_the_end():
    options = SynthOptions(filter="dedup-only", max_pairs=1)
    report = select_candidates(
        candidate("What is Oslo?"), candidate("What is Bergen?"), options=options
    )
    assert [c.pair.question for c in report.accepted] == ["What is Oslo?"]
    assert [r.reason for r in report.refused] == ["over_max_pairs"]
    assert report.threshold == 2


def test_a_gate_s_refusal_was_generated_and_a_cut_one_was_not():
    refused = Refusal("Q", "A", "a" * 16, "extraction", "looping", "")
    parsed = ParsedCandidates(refused=(refused, replace(refused, reason="over_count")))
    report = select_pairs(EMPTY, [RequestOutcome(0, parsed)], SWAY, usage=Usage())
    assert (report.generated, report.dedup) == (1, 0)


def come(*candidates, requested, options=DEDUP, doc=EMPTY):
    return select_pairs(
        doc,
        [RequestOutcome(0, ParsedCandidates(requested=requested, candidates=candidates))],
        options,
        usage=Usage(),
    )


def test_of_one_that_is_wanted_is_spoken_as_of_one():
    pairs = [candidate(f"What is {name}?", margin=None) for name in ("Oslo", "Bergen")]
    report = come(*pairs, requested=1)
    assert [r.detail for r in report.refused] == ["1 is wanted, and others come first"]


def test_what_came_beyond_the_asked_count_is_cut_and_the_first_stay():
    pairs = [candidate(f"What is {name}?", margin=None) for name in ("Oslo", "Bergen", "Narvik")]
    report = come(*pairs, requested=2)
    assert list(report.accepted) == pairs[:2]
    assert [(r.question, r.reason, r.detail) for r in report.refused] == [
        ("What is Narvik?", "over_count", "2 are wanted, and others come first")
    ]
    assert report.threshold == 3


def test_of_more_than_the_asked_count_the_best_judged_stay_in_their_order():
    pairs = [
        candidate(f"What is {name}?", margin=margin)
        for name, margin in (("Oslo", 0.4), ("Bergen", 0.2), ("Narvik", 0.9))
    ]
    assert list(come(*pairs, requested=2, options=SWAY).accepted) == [pairs[0], pairs[2]]


def test_two_pairs_about_one_sentence_do_not_push_out_the_pair_about_another():
    oslo = replace(candidate("What is Oslo?", margin=0.9), evidence="Oslo is a city.")
    size = replace(candidate("How big is it?", margin=0.8), evidence="Oslo is a city.")
    bergen = replace(candidate("What is Bergen?", margin=0.3), evidence="Bergen is a city.")
    assert list(come(oslo, size, bergen, requested=2, options=SWAY).accepted) == [oslo, bergen]
    assert list(come(oslo, size, requested=2, options=SWAY).accepted) == [oslo, size]


def test_surplus_stands_in_for_what_is_there_already_and_for_what_is_refused():
    doc = document("Prose.", tail="::instruction::\n### Q\nWhat is Oslo?\n### A\nA city.\n")
    report = come(
        candidate("What is Oslo?"),
        candidate("What's Oslo?"),
        candidate("What is Bergen?", margin=0.0),
        candidate("What is Narvik?"),
        requested=1,
        options=SWAY,
        doc=doc,
    )
    assert [c.pair.question for c in report.accepted] == ["What is Narvik?"]
    assert [r.reason for r in report.refused] == ["duplicate_pair", "judge_disfavored"]


PROBE = "::instruction::\n### Q !probe\nWhat is Oslo?\n### A\nA city.\n"


@pytest.mark.parametrize("options", [SWAY, DEDUP], ids=["sway", "dedup-only"])
def test_a_pair_that_gives_away_a_probe_is_refused_by_either_filter_and_another_stands_in(options):
    report = come(
        candidate("What's Oslo?"),
        candidate("What is Oslo?", "The capital of Norway."),
        candidate("What is Narvik?", "A port."),
        requested=1,
        options=options,
        doc=document("Prose.", tail=PROBE),
    )
    assert [c.pair.question for c in report.accepted] == ["What is Narvik?"]
    assert [(r.reason, r.detail) for r in report.refused] == [
        ("near_probe", 'gives away the probe "What is Oslo?"')
    ] * 2
    assert (report.generated, report.dedup) == (3, 1)


def test_without_filters_a_probe_keeps_no_pair_out():
    doc = document("Prose.", tail=PROBE)
    options = SynthOptions(filter="none")
    assert len(select_candidates(candidate(), options=options, doc=doc).accepted) == 1


def test_a_section_that_gave_nothing_takes_nothing_from_another():
    nothing = RequestOutcome(0, skipped=(Skip("x", None, "not_asked", ""),))
    full = RequestOutcome(0, ParsedCandidates(requested=1, candidates=(candidate(),)))
    for outcomes in ([full, nothing], [nothing, full]):
        assert len(select_pairs(EMPTY, outcomes, DEDUP, usage=Usage()).accepted) == 1


NAMES = st.sampled_from(["Oslo", "Bergen", "Narvik"])
OUTCOMES = st.lists(st.tuples(NAMES, st.none() | st.floats(-1, 1), st.booleans()), max_size=10).map(
    lambda items: [
        RequestOutcome(
            at,
            ParsedCandidates(
                requested=1,
                candidates=(candidate(f"What is {name}?", margin=margin),),
                skipped=(Skip(str(at), None, "shortfall", ""),) if short else (),
            ),
        )
        for at, (name, margin, short) in enumerate(items)
    ]
)


@given(OUTCOMES.flatmap(lambda o: st.tuples(st.just(o), st.permutations(o))), st.integers(1, 5))
def test_the_order_in_which_outcomes_come_changes_nothing(both, most):
    options = SynthOptions(max_pairs=most)
    first, second = (select_pairs(EMPTY, outcomes, options, usage=Usage()) for outcomes in both)
    assert first == second


@given(OUTCOMES, st.sampled_from([SWAY, DEDUP, SynthOptions(filter="none", max_pairs=2)]))
def test_every_pair_is_accepted_refused_or_skipped_and_none_twice(outcomes, options):
    report = select_pairs(EMPTY, outcomes, options, usage=Usage())
    present = [s for s in report.skipped if s.reason == "already_present"]
    assert len(report.accepted) + len(report.refused) + len(present) == len(outcomes)
    assert report.generated >= report.dedup >= report.judge_passed >= report.threshold
    assert report.threshold >= len(report.accepted)


def test_a_run_that_asks_anew_takes_surplus_for_what_an_earlier_run_put_in():
    marker = SynthMarker("t", "extraction", "2026-01-31T09:30:00Z", "a" * 16).line()
    doc = document(
        "Prose.", tail=f"::instruction::\n{marker}\n### Q\nWhat is Oslo?\n### A\nA city.\n"
    )
    pairs = candidate("What is Oslo?"), candidate("What is Bergen?")
    accepted = [
        [c.pair.question for c in come(*pairs, requested=1, options=options, doc=doc).accepted]
        for options in (DEDUP, replace(DEDUP, fresh=True))
    ]
    assert accepted == [[], ["What is Bergen?"]]


@st.composite
def judged_replies(draw):
    """Replies with more pairs than were asked for, some of them alike, and their margins."""
    questions = st.sampled_from(
        ["What is Oslo?", "What's Oslo?", "Where is Bergen?", "Who lives in Narvik?", "Why Hamar?"]
    )
    candidates = st.builds(
        candidate, questions, st.sampled_from(["A city.", "A port."]), st.floats(-1, 1)
    )
    return [
        RequestOutcome(at, ParsedCandidates(requested=requested, candidates=tuple(pairs)))
        for at, (requested, pairs) in enumerate(
            draw(
                st.lists(st.tuples(st.integers(1, 2), st.lists(candidates, max_size=5)), max_size=3)
            )
        )
    ]


@given(
    judged_replies(),
    st.builds(
        SynthOptions,
        filter=st.sampled_from(["sway", "dedup-only", "none"]),
        max_pairs=st.none() | st.integers(1, 3),
    ),
)
def test_once_the_accepted_pairs_are_in_the_document_the_same_replies_add_nothing(
    outcomes, options
):
    prose = document("Some prose.")
    source_id = prose.sections[0].id
    outcomes = [
        replace(
            outcome,
            parsed=replace(
                outcome.parsed,
                candidates=tuple(
                    replace(judged, source_id=source_id) for judged in outcome.parsed.candidates
                ),
            ),
        )
        for outcome in outcomes
    ]
    first = select_pairs(prose, outcomes, options, usage=Usage())
    sections = staged_sections(prose, first.accepted, "t", "2026-01-31T09:30:00Z")
    applied = parse(apply_edits(prose.text, plan_insertion(prose, sections).edits))
    again = select_pairs(applied, outcomes, options, usage=Usage())
    assert again.accepted == ()
    assert again.already_present == len(first.accepted)


def verified(question, probability, margin=1.0, detail=""):
    verdict = Verdict(probability, detail)
    return replace(candidate(question, margin=margin), verdict=verdict)


def test_what_the_verifier_finds_wrong_is_refused_behind_the_judge():
    report = select_candidates(
        verified("What is Oslo?", 0.9),
        verified("What is Bergen?", 0.2, detail="the text says: a port"),
        verified("What is Narvik?", 0.9, margin=0.05),
        verifying=True,
    )
    assert [c.pair.question for c in report.accepted] == ["What is Oslo?"]
    assert (report.judge_passed, report.threshold, report.verified) == (3, 2, 1)
    assert [(r.reason, r.detail) for r in report.refused] == [
        (
            "not_verified",
            "the verifier finds it right with a probability of 0.20; the text says: a port",
        ),
        ("below_threshold", "margin 0.050 is below the threshold 0.100"),
    ]


def test_a_pair_without_a_verdict_is_accepted_told_and_not_counted_as_verified():
    unread = verified("What is Oslo?", None, detail="the verdict could not be read")
    report = select_candidates(unread, verified("What is Bergen?", 0.9), verifying=True)
    assert len(report.accepted) == 2
    assert (report.threshold, report.verified) == (2, 1)
    assert report.unverified == (unread,)


def test_what_the_end_of_a_run_left_without_a_verdict_is_told_too():
    report = select_candidates(candidate(), verifying=True, stopped=True)
    (left,) = report.unverified
    assert left.verdict == Verdict(None, "the run ended before it was verified")
    assert (report.verified, len(report.accepted)) == (0, 1)


def test_where_nobody_verifies_nothing_counts_as_verified_or_unverified():
    report = select_candidates(candidate())
    assert (report.verified, report.unverified) == (None, ())


def test_of_too_many_those_stay_that_are_likeliest_right_then_those_with_the_best_margin():
    candidates = (
        verified("What is Oslo?", None, margin=9.0),
        verified("What is Bergen?", 0.85, margin=3.0),
        verified("What is Narvik?", 0.9, margin=1.0),
        verified("What is Tromsø?", 0.9, margin=2.0),
    )
    outcome = RequestOutcome(0, ParsedCandidates(requested=2, candidates=candidates))
    report = select_pairs(EMPTY, [outcome], SWAY, usage=Usage(), verifying=True)
    assert [c.pair.question for c in report.accepted] == ["What is Narvik?", "What is Tromsø?"]
    assert [r.reason for r in report.refused] == ["over_count", "over_count"]
    assert report.verified == 3


@given(st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=8))
def test_nothing_is_accepted_that_the_verifier_finds_wrong(probabilities):
    questions = [f"What is {'abcdefgh'[n] * 3}?" for n in range(len(probabilities))]
    candidates = map(verified, questions, probabilities)
    report = select_candidates(*candidates, verifying=True)
    for accepted in report.accepted:
        assert accepted.verdict.probability is None or accepted.verdict.verified
    assert report.verified + len(report.unverified) == len(report.accepted)
