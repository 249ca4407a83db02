"""Work that is finished: whoever is cancelled, and however, waits for its end."""

import asyncio
import threading

import anyio
import pytest

from dlm_lsp.api.finish_in_thread import finish_in_thread


class Work:
    """Waits until it is let go on, and says when it has ended."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.ended = (threading.Event() for _ in range(3))

    def __call__(self) -> str:
        self.begun.set()
        assert self.go_on.wait(20)
        self.ended.set()
        return "done"


async def test_the_result_comes_back():
    work = Work()
    work.go_on.set()
    assert await finish_in_thread(work) == "done"


async def test_an_error_comes_back():
    with pytest.raises(ZeroDivisionError):
        await finish_in_thread(lambda: 1 / 0)


@pytest.mark.parametrize("times", [1, 2])
async def test_a_task_that_is_cancelled_ends_after_its_work(times):
    work = Work()
    task = asyncio.create_task(finish_in_thread(work))
    await anyio.to_thread.run_sync(work.begun.wait)
    for _ in range(times):
        task.cancel()
        await anyio.lowlevel.checkpoint()
    assert not task.done()
    work.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.ended.is_set()


async def test_in_a_cancelled_scope_the_work_is_waited_for_and_not_asked_after(monkeypatch):
    waits = []
    wait = asyncio.wait

    def counted(*given):
        waits.append(given)
        return wait(*given)

    monkeypatch.setattr(asyncio, "wait", counted)
    work = Work()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(finish_in_thread, work)
        await anyio.to_thread.run_sync(work.begun.wait)
        tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            for _ in range(50):
                await anyio.lowlevel.checkpoint()
        work.go_on.set()
    assert len(waits) <= 2


async def test_a_scope_that_is_cancelled_ends_after_its_work():
    work = Work()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(finish_in_thread, work)
        await anyio.to_thread.run_sync(work.begun.wait)
        tasks.cancel_scope.cancel()
        work.go_on.set()
    assert work.ended.is_set()
