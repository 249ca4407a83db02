"""Request rounds: each request is asked once, and once more where pairs are missing."""

from support.scripted_teacher import ScriptedTeacher, document, pairs_about, reply, towns

from dlm_lsp.errors import TeacherError
from dlm_lsp.synth.planned_requests import plan_requests, prose_sources
from dlm_lsp.synth.request_rounds import RequestRounds
from dlm_lsp.synth.request_runner import RequestRunner
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.prompt_examples import PairExample


async def rounds_about(count, teacher, cache, **options):
    """What came of the requests about so many towns, and their indexes as they became final."""
    choices = SynthOptions(**{"filter": "none", "per_section": 2, **options})
    plan = await plan_requests(prose_sources(document(*towns(count))), teacher, choices)
    rounds = RequestRounds(teacher, RequestRunner(teacher, cache, choices, lambda _: None), choices)
    final, splits = [], []
    await rounds.ask(
        plan.requests,
        lambda planned: final.append(planned.index),
        lambda *split: splits.append(split),
    )
    return rounds, final


def writes_one_pair(request):
    # Without a quotation, or its one sentence would be used.
    return reply(pairs_about(request)[:1])


async def test_a_request_that_gives_enough_is_final_after_its_first_reply(cache):
    teacher = ScriptedTeacher(order=lambda index: -index)
    rounds, final = await rounds_about(3, teacher, cache)
    assert final == [2, 1, 0]
    assert [rounds.outcomes[index].parsed.missing for index in range(3)] == [0, 0, 0]
    assert len(teacher.requests) == 3


async def test_a_second_request_waits_for_all_first_replies_and_is_read_with_its_own(
    cache,
):
    def write(request):
        few = "Ville0 " in request.prose and not request.sentences
        return writes_one_pair(request) if few else reply(pairs_about(request), request.prose)

    teacher = ScriptedTeacher(write)
    rounds, final = await rounds_about(2, teacher, cache)
    assert final == [1, 0]
    assert [bool(request.sentences) for request in teacher.requests] == [False, False, True]
    assert len(rounds.outcomes[0].parsed.candidates) == 2


async def test_each_request_becomes_final_once_whatever_comes_of_it(cache):
    def write(request):
        if "Ville0 " in request.prose:
            return TeacherError("reset")
        return TeacherError("reset") if request.sentences else writes_one_pair(request)

    rounds, final = await rounds_about(2, ScriptedTeacher(write), cache)
    assert sorted(final) == [0, 1]
    assert [rounds.outcomes[index].skipped[0].reason for index in range(2)] == [
        "request_failed"
    ] * 2
    assert len(rounds.outcomes[1].parsed.candidates) == 1


async def test_what_the_limit_leaves_unasked_is_final_and_has_no_outcome(cache):
    teacher = ScriptedTeacher(writes_one_pair)
    rounds, final = await rounds_about(3, teacher, cache, max_requests=2)
    assert sorted(final) == [0, 1, 2]
    assert rounds.unasked == {2: "max_requests is 2"}
    assert sorted(rounds.outcomes) == [0, 1]
    assert {rounds.outcomes[index].skipped[0].reason for index in range(2)} == {"not_asked"}


async def test_no_reply_may_repeat_an_example_of_the_profile(cache):
    pair = ("Who guards the lighthouse of Skerry?", "A keeper.")
    own = Guidance(examples=(PairExample("A keeper guards the lighthouse of Skerry.", *pair),))
    teacher = ScriptedTeacher(lambda _: reply([pair]))
    rounds, _ = await rounds_about(1, teacher, cache, filter="sway", guidance=own)
    assert rounds.outcomes[0].parsed.refused[0].reason == "copied_example"
