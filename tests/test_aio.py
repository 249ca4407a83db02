"""The five functions in an event loop: they wait without holding it up, and can be cancelled."""

import inspect
from pathlib import Path

import anyio
import psutil
import pytest
from api.conftest import home, notes, teacher
from support.model_fixtures import llama
from support.teacher_server import HEAD, town
from support.worker_jobs import own_pid

import dlm_lsp
from dlm_lsp import SynthOptions, aio
from dlm_lsp.errors import StoreError
from dlm_lsp.local.worker import run_in_worker
from dlm_lsp.store.manifest import load_manifest
from dlm_lsp.training.trainer import StepDone

__all__ = ["home", "llama", "notes", "teacher"]

PLAIN = SynthOptions(per_section=2, filter="dedup-only")
NAMES = ["apply", "check", "revert", "synthesize", "train"]


@pytest.mark.parametrize("name", NAMES)
def test_each_takes_what_its_plain_twin_takes(name):
    plain = inspect.signature(getattr(dlm_lsp, name)).parameters
    waiting = dict(inspect.signature(getattr(aio, name)).parameters)
    waiting.pop("stop", None)
    assert {key: (p.kind, p.default, p.annotation) for key, p in plain.items()} == {
        key: (p.kind, p.default, p.annotation) for key, p in waiting.items()
    }


async def test_pairs_are_staged_applied_and_reverted_to_the_byte(teacher, notes):
    before = notes.read_bytes()
    outcome = await aio.synthesize(notes, teacher=teacher.selector, options=PLAIN)
    assert outcome.saved.waiting == 2
    assert len((await aio.apply(notes)).placed) == 2
    assert await aio.check(notes) == ()
    assert len((await aio.revert(notes)).removed) == 2
    assert notes.read_bytes() == before


async def test_a_run_that_is_stopped_keeps_what_is_finished(teacher, notes):
    stop = anyio.Event()
    stop.set()
    outcome = await aio.synthesize(notes, teacher=teacher.selector, options=PLAIN, stop=stop)
    assert outcome.report.stopped


async def test_a_training_has_the_memory_of_what_synthesis_has_left_in_it(tmp_path):
    pid = await run_in_worker(own_pid)
    with pytest.raises(StoreError):
        await aio.train(tmp_path / "nosuch.dlm")
    assert not psutil.pid_exists(pid)


async def test_a_training_that_is_cancelled_is_marked_so_and_leaves_no_adapter(
    notes: Path, llama, home
):
    await anyio.Path(notes).write_text(f"{HEAD.replace('smollm2-135m', f'hf:{llama}')}{town(0)}\n")
    with anyio.CancelScope() as scope:

        def cancel(event: object) -> None:
            if isinstance(event, StepDone):
                scope.cancel()

        await aio.train(notes, max_steps=50, device="cpu", on_event=cancel)
    assert scope.cancelled_caught
    (folder,) = (home / "store").iterdir()
    assert [run.status for run in load_manifest(folder).training_runs] == ["cancelled"]
    assert not (folder / "adapter" / "current.txt").exists()
