from dataclasses import replace

from support.scripted_teacher import ScriptedJudge, ScriptedTeacher, document, towns

from dlm_lsp.synth.estimate import estimate_run
from dlm_lsp.synth.run import run_synthesis
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.protocol import GenerationOptions

OPTIONS = SynthOptions(filter="none", strategy="both", per_section=3)


async def test_an_estimate_counts_sections_requests_and_exact_tokens(cache):
    teacher = ScriptedTeacher()
    brief = replace(OPTIONS, sampling=GenerationOptions(max_new_tokens=150))
    found = await estimate_run(document(*towns(3)), teacher, cache, brief)
    assert (found.sections, found.requests, found.from_cache) == (3, 6, 0)
    assert found.exact
    assert found.tokens_in == 2 * sum(len(prose.split()) + 10 for prose in towns(3))
    assert found.tokens_out == 3 * (150 + 110)
    assert teacher.requests == []


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


async def test_without_a_tokenizer_the_estimate_is_about(cache):
    class Blind(ScriptedTeacher):
        async def count_tokens(self, requests):
            return None

    found = await estimate_run(document(*towns(1)), Blind(), cache, OPTIONS)
    assert not found.exact
    assert found.tokens_in > 2 * len(towns(1)[0].split())


async def test_where_more_is_read_than_counted_the_estimate_is_about(cache):
    teacher = ScriptedTeacher()
    teacher.counts_exactly = False
    found = await estimate_run(document(*towns(1)), teacher, cache, OPTIONS)
    assert not found.exact
    assert found.tokens_in == 2 * (len(towns(1)[0].split()) + 10)


async def test_an_estimate_can_be_made_for_some_sections(cache):
    doc = document(*towns(3))
    found = await estimate_run(
        doc, ScriptedTeacher(), cache, OPTIONS, sections=[doc.sections[0].id]
    )
    assert (found.sections, found.requests) == (1, 2)
