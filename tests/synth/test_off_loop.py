import threading

import anyio
import anyio.to_thread
import pytest

from dlm_lsp.synth.off_loop import check_cancelled, run_off_loop

LONG = 100_000


@pytest.mark.parametrize(("size", "is_on_the_loop"), [(10, True), (LONG, False)])
async def test_what_is_short_is_computed_on_the_loop(size, is_on_the_loop):
    thread = await run_off_loop(threading.current_thread, size=size)
    assert (thread is threading.current_thread()) == is_on_the_loop


@pytest.mark.parametrize("size", [10, LONG])
async def test_while_nobody_cancels_the_work_goes_on(size):
    assert await run_off_loop(check_cancelled, size=size) is None


async def test_a_cancel_ends_the_work_where_it_looks_for_one():
    begun, released = threading.Event(), threading.Event()
    steps = []

    def work():
        begun.set()
        assert released.wait(20)
        steps.append("before")
        check_cancelled()
        steps.append("after")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: run_off_loop(work, size=LONG))
        await anyio.to_thread.run_sync(begun.wait)
        tasks.cancel_scope.cancel()
        released.set()
    assert steps == ["before"]
