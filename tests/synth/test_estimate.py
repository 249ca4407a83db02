from dataclasses import replace

import pytest
from support.scripted_teacher import (
    ScriptedJudge,
    ScriptedTeacher,
    ScriptedVerifier,
    document,
    towns,
)

from dlm_lsp.synth.estimate import VerificationEstimate, estimate_run
from dlm_lsp.synth.run import run_synthesis
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.protocol import GenerationOptions, TeacherLimits

OPTIONS = SynthOptions(filter="none", strategy="both", per_section=3)


def counted(found: VerificationEstimate) -> tuple[int, int]:
    """Return how many requests it will be, and how many tokens are written."""
    return found.requests, found.tokens_out


async def test_an_estimate_counts_sections_requests_and_tokens(cache):
    teacher = ScriptedTeacher()
    brief = replace(OPTIONS, sampling=GenerationOptions(max_new_tokens=150))
    found = await estimate_run(document(*towns(3)), teacher, cache, brief)
    assert (found.sections, found.requests, found.from_cache) == (3, 6, 0)
    proses = sum(len(prose) for prose in towns(3))
    assert 2 * proses / 4 < found.tokens_in < 6 * 700
    assert found.tokens_out == 3 * (150 + 110)
    assert teacher.requests == []


async def test_nobody_is_sent_the_text_to_count_it(cache):
    class Silent(ScriptedTeacher):
        async def count_tokens(self, requests):
            raise AssertionError("the text was sent away")

    found = await estimate_run(document(*towns(1)), Silent(), cache, OPTIONS)
    assert found.tokens_in > 2 * len(towns(1)[0].split())


async def test_what_is_in_the_cache_costs_nothing(cache):
    texts = towns(3)
    options = SynthOptions(filter="none", per_section=3)
    doc = document(*texts)
    await run_synthesis(doc, ScriptedTeacher(), ScriptedJudge(), cache, options)
    more = document(*texts, "The town of Ville9 has 19 mills.")
    found = await estimate_run(more, ScriptedTeacher(), cache, options)
    assert (found.requests, found.from_cache) == (1, 3)
    fresh = SynthOptions(filter="none", per_section=3, fresh=True)
    anew = await estimate_run(more, ScriptedTeacher(), cache, fresh)
    assert (anew.requests, anew.from_cache) == (4, 0)


async def test_a_limit_on_requests_limits_the_estimate(cache):
    options = SynthOptions(max_requests=2)
    found = await estimate_run(document(*towns(5)), ScriptedTeacher(), cache, options)
    assert found.requests == 2


async def test_an_estimate_can_be_made_for_some_sections(cache):
    doc = document(*towns(3))
    found = await estimate_run(
        doc, ScriptedTeacher(), cache, OPTIONS, sections=[doc.sections[0].id]
    )
    assert (found.sections, found.requests) == (1, 2)


async def test_verdicts_are_estimated_as_one_request_a_section(cache):
    verifier = ScriptedVerifier()
    options = SynthOptions(per_section=3)
    found = await estimate_run(
        document(*towns(2)), ScriptedTeacher(), cache, options, verifier=verifier
    )
    assert found.requests == 2
    assert counted(found.verification) == (2, 8 * 40)
    assert found.verification.tokens_in > 0
    assert verifier.read == []


async def test_verdicts_one_by_one_are_estimated_as_one_request_and_token_a_pair(cache):
    verifier = ScriptedVerifier()
    verifier.one_by_one = True
    found = await estimate_run(
        document(*towns(2)), ScriptedTeacher(), cache, SynthOptions(), verifier=verifier
    )
    assert counted(found.verification) == (8, 8)


@pytest.mark.parametrize(
    ("one_by_one", "expected"),
    [
        # 8 questions with an answer of 30 tokens; then 8 verdicts of one token each.
        (True, (16, 8 * 30 + 8)),
        # A local model weighs all pairs of a section at once, and writes nothing: 4 a section.
        (False, (10, 8 * 30)),
    ],
)
async def test_by_likelihood_each_question_is_estimated_to_be_asked_again(
    cache, one_by_one, expected
):
    verifier = ScriptedVerifier()
    verifier.by_likelihood, verifier.one_by_one = True, one_by_one
    verifier.tokens_per_verdict = 0
    found = await estimate_run(
        document(*towns(2)), ScriptedTeacher(), cache, SynthOptions(), verifier=verifier
    )
    assert counted(found.verification) == expected
    assert verifier.read == []


async def test_questions_and_verdicts_are_estimated_within_the_limit_on_requests(cache):
    verifier = ScriptedVerifier()
    verifier.by_likelihood = verifier.one_by_one = True
    options = SynthOptions(max_requests=12)
    found = await estimate_run(
        document(*towns(2)), ScriptedTeacher(), cache, options, verifier=verifier
    )
    assert counted(found.verification) == (10, 8 * 30 + 2)


class Sparing(ScriptedTeacher):
    """Leaves out what is not wanted but welcome."""

    limits = TeacherLimits(writes_spare=False)


@pytest.mark.parametrize(("teacher", "pairs"), [(ScriptedTeacher(), 4), (Sparing(), 3)])
async def test_spare_pairs_cost_tokens_and_verdicts_where_the_teacher_writes_them(
    cache, teacher, pairs
):
    options = SynthOptions(per_section=3)
    found = await estimate_run(
        document(*towns(1)), teacher, cache, options, verifier=ScriptedVerifier()
    )
    assert found.tokens_out == pairs * 110
    assert found.verification.tokens_out == pairs * 40


async def test_verdicts_are_estimated_within_the_limit_on_requests(cache):
    verifier = ScriptedVerifier()
    verifier.one_by_one = True
    options = SynthOptions(max_requests=5)
    found = await estimate_run(
        document(*towns(2)), ScriptedTeacher(), cache, options, verifier=verifier
    )
    assert (found.requests, found.verification.requests) == (2, 3)


async def test_where_nobody_verifies_nothing_is_estimated(cache):
    found = await estimate_run(document(*towns(1)), ScriptedTeacher(), cache, SynthOptions())
    assert found.verification is None
