"""Verifier choice: who is asked, by size and by kind, and why nobody is."""

from pathlib import Path

import pytest
from support.http_servers import WireServer
from support.scripted_teacher import ScriptedJudge, ScriptedTeacher, ScriptedVerifier
from support.tiny_model import tiny_adapter, tiny_llama
from support.verdict_server import VerdictServer

from dlm_lsp.errors import SelectorError, TeacherError
from dlm_lsp.local.model import LocalModel
from dlm_lsp.synth import choose_verifier as module
from dlm_lsp.synth.choose_verifier import ChosenVerifier, choose_verifier, verifier_selector
from dlm_lsp.synth.judge import SwayJudge
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.local_teacher import LocalTeacher
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.registry import select


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("chat"), chat=True)


async def choose(verify="auto", teacher=None, judge=None) -> ChosenVerifier:
    options = SynthOptions(verify=verify)
    judge = judge or ScriptedJudge()
    await judge.prepare()
    return await choose_verifier(options, teacher or ScriptedTeacher(), judge, get, get_second)


async def get(selector, sampling):
    teacher = select(selector, sampling, concurrency=1, timeout=60)
    await teacher.prepare()
    return teacher


async def get_second(teacher, model):
    await teacher.prepare()
    return teacher


def judge_of(model: Path) -> SwayJudge:
    return SwayJudge(LocalModel(str(model)), "sway:judge", None)


async def local(model: Path) -> LocalTeacher:
    teacher = LocalTeacher(str(model), GenerationOptions())
    await teacher.prepare()
    return teacher


async def test_off_is_nobody_and_no_matter_for_words():
    assert await choose("off", ScriptedVerifier()) == ChosenVerifier()


async def test_a_teacher_behind_an_api_verifies_what_it_wrote():
    teacher = ScriptedVerifier()
    assert (await choose(teacher=teacher)).verifier is teacher


async def test_a_teacher_that_gives_no_verdicts_is_not_asked_for_any():
    chosen = await choose(teacher=ScriptedTeacher())
    assert chosen.verifier is None
    assert "a billion parameters" in chosen.why_not


async def test_small_models_and_base_models_verify_nothing(base, chat, monkeypatch):
    for model in (base, chat):
        chosen = await choose(teacher=await local(model), judge=judge_of(model))
        assert chosen.verifier is None
    monkeypatch.setattr(module, "LEAST_PARAMETERS", 1)
    chosen = await choose(teacher=await local(base), judge=judge_of(base))
    assert chosen.verifier is None


async def test_a_local_teacher_that_is_large_enough_verifies(chat, monkeypatch):
    teacher = await local(chat)
    monkeypatch.setattr(module, "LEAST_PARAMETERS", teacher.parameters)
    assert (await choose(teacher=teacher)).verifier is teacher


async def test_the_model_of_the_judge_verifies_where_the_teacher_cannot(base, chat, monkeypatch):
    monkeypatch.setattr(module, "LEAST_PARAMETERS", 1)
    chosen = await choose(teacher=await local(base), judge=judge_of(chat))
    assert chosen.verifier is not None
    assert chosen.verifier.name == f"hf:{chat.name}"


async def test_the_adapter_of_the_judge_is_told_of_in_the_verifiers_name(
    chat, tmp_path, monkeypatch
):
    monkeypatch.setattr(module, "LEAST_PARAMETERS", 1)
    judge = SwayJudge(LocalModel(str(chat), tiny_adapter(tmp_path, chat)), "sway:m+adapter", None)
    chosen = await choose(judge=judge)
    assert chosen.verifier is not None
    assert chosen.verifier.name.endswith("+adapter")


async def test_the_judge_verifies_on_the_device_that_it_judges_on(chat):
    judge = SwayJudge(LocalModel(str(chat), device="cuda:99"), "sway:judge", None)
    with pytest.raises(TeacherError, match="no device cuda:99 here"):
        await judge.as_teacher(GenerationOptions()).prepare()


async def test_a_small_instruct_model_that_is_named_does_as_it_is_told(chat):
    chosen = await choose(str(chat), ScriptedVerifier())
    assert chosen.verifier is not None
    assert chosen.verifier.name == f"hf:{chat.name}"


async def test_a_base_model_that_is_named_is_an_error_with_the_way_out(base):
    with pytest.raises(TeacherError, match="cannot verify: it is a base model; name an instruct"):
        await choose(f"hf:{base}")


async def test_a_server_that_is_named_verifies_instead_of_the_teacher():
    async with WireServer(VerdictServer()) as wire:
        chosen = await choose(f"vllm-server:{wire.url}", ScriptedVerifier())
        assert chosen.verifier is not None
        assert chosen.verifier.name == f"vllm-server:{wire.url}#m"
        await chosen.verifier.aclose()


@pytest.mark.parametrize(
    ("verify", "selector"),
    [
        ("auto", None),
        ("off", None),
        (" Auto", None),
        ("OFF ", None),
        (" openai:m ", "openai:m"),
        ("openai:m", "openai:m"),
        ("hf:some/model", "hf:some/model"),
        ("some/model", "hf:some/model"),
        ("self", "self"),
    ],
)
def test_a_verifier_is_named_as_a_teacher_or_as_a_local_model(verify, selector):
    assert verifier_selector(verify) == selector


@pytest.mark.parametrize("verify", ["openai:", "openai", "vllm-server:"])
def test_what_names_nobody_is_an_error(verify):
    with pytest.raises(SelectorError, match=r"^no such verifier: .* also be auto, off or a local"):
        verifier_selector(verify)


async def test_off_is_off_however_it_is_spelled():
    chosen = await choose("Off ", ScriptedVerifier())
    assert chosen == ChosenVerifier()
