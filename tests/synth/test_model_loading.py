"""Model loading: told before it begins, done where something is asked, and for this run alone."""

import json
from pathlib import Path

import anyio
import pytest
from support.model_fixtures import chat_llama, llama
from support.scripted_teacher import ScriptedJudge, ScriptedTeacher, document, towns
from support.tiny_model import tiny_llama
from support.worker_jobs import models_in_memory

from dlm_lsp.errors import JudgeError, TeacherError
from dlm_lsp.local.model import LocalModel
from dlm_lsp.local.worker import end_worker, run_in_worker
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.estimate import estimate_run
from dlm_lsp.synth.events import ModelLoading, ModelReady, RequestDone, RunStarted, SynthEvent
from dlm_lsp.synth.judge import SwayJudge
from dlm_lsp.synth.model_loading import RunLoading
from dlm_lsp.synth.run import run_synthesis
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.local_teacher import LocalTeacher
from dlm_lsp.teachers.protocol import GenerationOptions

__all__ = ["chat_llama", "llama"]

PLAIN = SynthOptions(filter="none", per_section=1)
SWAY = SynthOptions(per_section=1, verify="off")
BRIEF = GenerationOptions(max_new_tokens=4)


def local_teacher(model: str) -> LocalTeacher:
    return LocalTeacher(model, BRIEF)


def local_judge(model: str) -> SwayJudge:
    return SwayJudge(LocalModel(model), "sway:tiny", None)


async def events_of(
    cache: ReplyCache, teacher: object, options: SynthOptions = PLAIN, *proses: str, judge=None
) -> list[SynthEvent]:
    events: list[SynthEvent] = []
    await run_synthesis(
        document(*(proses or towns(2))), teacher, judge, cache, options, on_event=events.append
    )
    return events


def loaded(events: list[SynthEvent]) -> list[str]:
    return [event.model for event in events if isinstance(event, ModelLoading)]


async def test_what_is_loaded_is_told_once_before_the_first_reply(cache, llama):
    events = await events_of(cache, local_teacher(llama))
    name = Path(llama).name
    kinds = (RunStarted, ModelLoading, ModelReady, RequestDone)
    first = [event for event in events if isinstance(event, kinds)]
    assert first[:3] == [RunStarted(2, 2), ModelLoading(name), ModelReady(name)]
    assert [type(event) for event in first[3:]] == [RequestDone] * 2


async def test_where_every_reply_is_kept_nothing_is_loaded(cache, llama):
    await events_of(cache, local_teacher(llama))
    await end_worker()
    assert loaded(await events_of(cache, local_teacher(llama))) == []
    assert await run_in_worker(models_in_memory) == []


async def test_where_there_is_no_prose_nothing_is_loaded(cache, llama):
    assert loaded(await events_of(cache, local_teacher(llama), PLAIN, "")) == []
    assert await run_in_worker(models_in_memory) == []


async def test_an_estimate_loads_nothing(cache, chat_llama):
    teacher = local_teacher(chat_llama)
    await teacher.prepare()
    found = await estimate_run(document(*towns(2)), teacher, cache, PLAIN, verifier=teacher)
    assert found.requests == 2
    assert found.tokens_in > 0
    assert await run_in_worker(models_in_memory) == []


async def test_a_model_that_teacher_and_judge_call_by_two_names_is_loaded_once(cache):
    events: list[SynthEvent] = []
    names = ("gemma-3-270m", "hf:google/gemma-3-270m")
    teacher, judge = local_teacher(names[0]), local_judge(names[1])
    loading = RunLoading((teacher, judge), events.append)
    await loading.load(teacher)
    await loading.load(judge)
    assert events == [ModelLoading(names[0]), ModelReady(names[0])]
    await judge.local_model.load()
    assert await run_in_worker(models_in_memory) == [names[0]]


async def test_while_a_server_writes_the_judge_is_loaded(cache, llama):
    ready = anyio.Event()

    def on_event(event: SynthEvent) -> None:
        if isinstance(event, ModelReady):
            ready.set()

    # It answers only once the judge is in memory.
    teacher = ScriptedTeacher(wait=lambda request: ready)
    judge = local_judge(llama)
    with anyio.fail_after(120):
        report = await run_synthesis(
            document(*towns(1)), teacher, judge, cache, SWAY, on_event=on_event
        )
    assert report.failure is None


async def test_a_judge_of_replies_that_are_kept_is_loaded_when_it_judges(cache, llama):
    await events_of(cache, ScriptedTeacher(), SWAY, judge=ScriptedJudge())
    events = await events_of(cache, ScriptedTeacher(), SWAY, judge=local_judge(llama))
    assert loaded(events) == [Path(llama).name]


async def test_what_earlier_runs_asked_is_let_go_of_and_what_this_one_asks_stays(
    cache, llama, chat_llama, tmp_path
):
    other = str(tiny_llama(tmp_path / "other"))
    await events_of(cache, local_teacher(other))
    await events_of(cache, local_teacher(chat_llama), SWAY, judge=local_judge(llama))
    await events_of(cache, local_teacher(chat_llama), SWAY, *towns(3), judge=local_judge(llama))
    in_memory = await run_in_worker(models_in_memory)
    assert Path(chat_llama).name in in_memory
    assert "other" not in in_memory


async def test_a_teacher_that_cannot_be_loaded_ends_the_run_before_anything_is_asked(
    cache, tmp_path
):
    folder = _unloadable(tmp_path / "broken")
    with pytest.raises(TeacherError, match=r"cannot load .*broken"):
        await events_of(cache, local_teacher(folder))


async def test_a_judge_that_cannot_be_loaded_is_the_failure_of_the_run(cache, tmp_path):
    judge = local_judge(_unloadable(tmp_path / "broken"))
    report = await run_synthesis(document(*towns(1)), ScriptedTeacher(), judge, cache, SWAY)
    assert "the judge failed: cannot load" in (report.failure or "")
    with pytest.raises(JudgeError):
        await judge.margins("prose", [("q", "a")])


def _unloadable(folder: Path) -> str:
    """Save a model whose files tell what it is, but of a kind that there is not."""
    tiny_llama(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "nosuch"}))
    return str(folder)
