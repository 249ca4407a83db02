"""Worker process: the one beside us in which models live."""

import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import anyio
import psutil
import pytest
from anyio import to_thread
from support import worker_jobs as jobs
from support.memory_errors import MEMORY_ERRORS

from dlm_lsp.errors import ModelError
from dlm_lsp.local import worker


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    """A named pipe through which a job says which process it is."""
    os.mkfifo(tmp_path / "pid")
    return str(tmp_path / "pid")


async def test_a_function_runs_in_another_process():
    assert await worker.run_in_worker(jobs.add, 2, 3) == 5
    assert await worker.run_in_worker(jobs.own_pid) != os.getpid()


async def test_the_process_stays_for_the_next_call():
    assert await worker.run_in_worker(jobs.own_pid) == await worker.run_in_worker(jobs.own_pid)


async def test_calls_at_the_same_time_share_one_process():
    pids = set()

    async def ask() -> None:
        pids.add(await worker.run_in_worker(jobs.own_pid))

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(ask)
    assert len(pids) == 1


def _wait_for_the_end_of(pid: int) -> None:
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(timeout=60)


async def test_a_process_that_is_asked_nothing_ends_and_the_next_call_works(monkeypatch):
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.01)
    pid = await worker.run_in_worker(jobs.own_pid)
    await to_thread.run_sync(_wait_for_the_end_of, pid)
    assert await worker.run_in_worker(jobs.own_pid) != pid


async def test_a_process_that_is_asked_again_in_time_stays(monkeypatch):
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.0)
    assert len({await worker.run_in_worker(jobs.own_pid) for _ in range(4)}) == 1


async def test_a_process_that_is_ended_is_gone_and_nothing_is_started_to_end_it_again(monkeypatch):
    pid = await worker.run_in_worker(jobs.own_pid)
    await worker.end_worker()
    assert not psutil.pid_exists(pid)
    monkeypatch.setattr(worker.to_process, "run_sync", None)
    await worker.end_worker()


async def test_a_race_for_the_end_of_the_process_is_no_news(caplog):
    await worker.run_in_worker(jobs.own_pid)
    asyncio_says = logging.getLogger("asyncio").warning
    asyncio_says("Unknown child process pid %d, will report returncode 255", 17905)
    asyncio_says("Something else")
    assert caplog.messages == ["Something else"]


async def test_where_nothing_was_asked_there_is_nothing_to_end(monkeypatch):
    monkeypatch.setattr(worker.to_process, "run_sync", None)
    await worker.end_worker()


async def test_a_process_ends_only_once_it_has_done_what_it_was_asked():
    pids = []

    async def ask() -> None:
        pids.append(await worker.run_in_worker(jobs.own_pid))

    await ask()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        tasks.start_soon(worker.end_worker)
        tasks.start_soon(ask)
    first, asked_before, asked_after = pids
    assert first == asked_before != asked_after


async def test_a_cancelled_call_is_gone_within_a_second_and_the_next_one_works(pipe):
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run_in_worker, jobs.spin, pipe)
        pid = int(await to_thread.run_sync(Path(pipe).read_text))
        began = time.monotonic()
        tasks.cancel_scope.cancel()
    assert time.monotonic() - began < 1
    assert not psutil.pid_exists(pid)
    assert await worker.run_in_worker(jobs.add, 1, 1) == 2


async def test_a_killed_process_is_one_clear_line_and_the_next_call_works():
    with pytest.raises(ModelError, match=r"died.*memory.*smaller model"):
        await worker.run_in_worker(jobs.be_killed)
    assert await worker.run_in_worker(jobs.add, 1, 1) == 2


async def test_a_failure_comes_back_as_one_line_whatever_its_type():
    with pytest.raises(ModelError, match=r"OddError: odd: 1 and 2\)") as raised:
        await worker.run_in_worker(jobs.be_odd)
    assert "\n" not in str(raised.value)


async def test_a_want_of_memory_is_one_line_that_says_what_helps(llama):
    for kind in MEMORY_ERRORS:
        with pytest.raises(ModelError) as raised:
            await worker.run_in_worker(jobs.generate_without_memory, llama, kind)
        assert str(raised.value) == (
            "the local model ran out of memory; close other programs, take a smaller model, or run "
            "it on another device"
        ), kind


async def test_noise_neither_reaches_us_nor_stops_the_process(capfd):
    assert await worker.run_in_worker(jobs.be_noisy) == "done"
    # The second time whatever a full pipe would have held up is in the way.
    assert await worker.run_in_worker(jobs.be_noisy) == "done"
    assert capfd.readouterr() == ("", "")


def _parent(function: str, *arguments: str) -> subprocess.Popen:
    """Start a program without a file, which lets its worker do something and prints the answer."""
    script = (
        "import sys, anyio\n"
        "from support import worker_jobs\n"
        "from dlm_lsp.local import worker\n"
        f"print(anyio.run(worker.run_in_worker, worker_jobs.{function}, *sys.argv[1:]))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_a_library_that_imports_the_main_module_finds_one_whatever_the_parent_is():
    output, _ = _parent("main_module").communicate(timeout=60)
    assert output == "__main__\n"


def test_a_busy_process_dies_with_its_parent(pipe):
    parent = _parent("spin", pipe)
    child = psutil.Process(int(Path(pipe).read_text()))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    child.wait(timeout=5)
    assert not child.is_running()
