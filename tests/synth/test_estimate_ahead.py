"""Estimate ahead: who is got ready for it, who is not, and what is told."""

import json
from dataclasses import asdict

import pytest
from support.scripted_teacher import ScriptedTeacher, ScriptedVerifier, document, towns

from dlm_lsp.errors import TeacherError
from dlm_lsp.synth import estimate_ahead
from dlm_lsp.synth.estimate import Estimate
from dlm_lsp.synth.estimate_ahead import Estimator
from dlm_lsp.synth.planned_requests import plan_requests, prose_sources
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest

DOCUMENT = document(*towns(3))
PLAIN = SynthOptions(filter="dedup-only", per_section=2)
SERVER, LOCAL, SECOND = "openai:towns", "hf:towns", "openai:second"


class Watched(ScriptedVerifier):
    def __init__(self, fails: str = "", why_no_verdicts: str = "") -> None:
        super().__init__()
        self.fails, self.why_no_verdicts = fails, why_no_verdicts
        self.done: list[str] = []

    async def prepare(self) -> None:
        self.done.append("prepare")
        if self.fails:
            raise TeacherError(self.fails)

    async def aclose(self) -> None:
        self.done.append("close")


@pytest.fixture
def cast(monkeypatch):
    """Who is behind each selector, and the selectors that a teacher was made for."""

    def cast(**teachers: ScriptedTeacher) -> list[str]:
        made: list[str] = []

        def select(selector: str, *_: object, **more: object) -> ScriptedTeacher:
            made.append(selector)
            return teachers[selector.partition(":")[2] or selector]

        monkeypatch.setattr(estimate_ahead, "select", select)
        return made

    return cast


async def estimate(
    folder, teacher=SERVER, options=PLAIN, *, offline=False, profiles=()
) -> tuple[Estimate, tuple[str, ...]]:
    request = SynthRequest(teacher, None, options, profiles)
    async with Estimator(offline=offline) as estimator:
        found, notes = await estimator.estimate(DOCUMENT, DOCUMENT.frontmatter, folder, request)
    return found, notes.lines


async def test_of_many_documents_each_teacher_is_got_ready_once_and_let_go_of_at_the_end(
    cast, tmp_path
):
    teacher = Watched()
    made = cast(towns=teacher)
    request = SynthRequest(SERVER, None, PLAIN)
    async with Estimator() as estimator:
        for name in ("a", "b"):
            await estimator.estimate(DOCUMENT, DOCUMENT.frontmatter, tmp_path / name, request)
        assert teacher.done == ["prepare"]
    assert made == [SERVER]
    assert teacher.done == ["prepare", "close"]


async def test_who_speaks_with_a_documents_own_adapter_is_got_ready_for_each(cast, tmp_path):
    teacher = Watched()
    made = cast(self=teacher)
    async with Estimator() as estimator:
        for name in ("a", "b"):
            request = SynthRequest("self", None, PLAIN)
            await estimator.estimate(DOCUMENT, DOCUMENT.frontmatter, tmp_path / name, request)
    assert made == ["self", "self"]
    assert teacher.done == ["prepare", "close"] * 2


async def test_a_teacher_that_is_not_ready_is_estimated_all_the_same_and_why_is_told(
    cast, tmp_path
):
    cast(towns=Watched("the key is missing; set it"))
    found, notes = await estimate(tmp_path)
    assert (found.sections, found.requests) == (3, 3)
    assert notes == ("the key is missing; set it",)


async def test_offline_nobody_is_got_ready(cast, tmp_path):
    teacher = Watched()
    cast(towns=teacher)
    await estimate(tmp_path, offline=True)
    assert teacher.done == ["close"]


@pytest.mark.parametrize(("selector", "asked"), [(SERVER, 2), (LOCAL, 3)])
async def test_what_a_local_model_that_is_not_ready_has_in_the_cache_counts_as_asked_anew(
    cast, cache, tmp_path, selector, asked
):
    teacher = Watched("it is not here")
    cast(towns=teacher)
    plan = await plan_requests(prose_sources(DOCUMENT, None), teacher, PLAIN)
    first = plan.requests[0].request
    payload = json.dumps(asdict(teacher.write(first)))
    cache.put(teacher.name, teacher.fingerprint(first), payload)
    found, _ = await estimate(tmp_path, selector)
    assert found.requests == asked


async def test_with_sway_a_large_teacher_verifies_its_own_pairs(cast, tmp_path):
    cast(towns=Watched())
    found, _ = await estimate(tmp_path, options=SynthOptions())
    assert found.verification.verifier == "scripted"


async def test_a_verifier_that_is_named_counts_though_it_is_not_ready(cast, tmp_path):
    cast(towns=Watched(), second=Watched("the server sleeps"))
    found, notes = await estimate(tmp_path, options=SynthOptions(verify=SECOND))
    assert found.verification.requests == 3
    assert notes == ("the server sleeps",)


async def test_a_named_verifier_that_gives_no_verdicts_is_refused_as_in_the_run(cast, tmp_path):
    cast(towns=Watched(), second=Watched(why_no_verdicts="is a base model"))
    with pytest.raises(TeacherError, match="cannot verify: it is a base model; name an instruct"):
        await estimate(tmp_path, options=SynthOptions(verify=SECOND))


async def test_the_profiles_that_had_a_say_are_named_first(cast, tmp_path):
    cast(towns=Watched("it is not here"))
    _, notes = await estimate(tmp_path, profiles=("a.toml", "b.toml"))
    assert notes == ("asked by profile a.toml and b.toml", "it is not here")
