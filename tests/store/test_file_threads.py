"""File threads: work goes on in a few at once, and its result or error comes back."""

import threading

import anyio
import pytest

from dlm_lsp.store.file_threads import AT_ONCE, run_in_file_thread


async def test_the_result_comes_back() -> None:
    assert await run_in_file_thread(divmod, 7, 2) == (3, 1)


async def test_an_error_comes_back() -> None:
    with pytest.raises(ZeroDivisionError):
        await run_in_file_thread(divmod, 7, 0)


async def test_so_many_work_at_once_and_no_more() -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()
    most = at_once = 0
    counting = threading.Lock()

    def work() -> None:
        nonlocal most, at_once
        with counting:
            at_once += 1
            most = max(most, at_once)
        begun.release()
        assert go_on.wait(20)
        with counting:
            at_once -= 1

    async with anyio.create_task_group() as tasks:
        for _ in range(3 * AT_ONCE):
            tasks.start_soon(run_in_file_thread, work)
        for _ in range(AT_ONCE):
            await anyio.to_thread.run_sync(begun.acquire)
        go_on.set()
    assert most == AT_ONCE
