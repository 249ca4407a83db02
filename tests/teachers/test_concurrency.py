import asyncio
from contextlib import aclosing

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.concurrency import Places, map_concurrently, places


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 8))
def test_every_item_is_done_once_and_never_more_than_the_limit_at_a_time(items, limit):
    running = most = 0

    async def work(item: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(item):
            await asyncio.sleep(0)
        running -= 1
        return item

    async def collect() -> list[tuple[int, int]]:
        return [result async for result in map_concurrently(work, items, places(limit))]

    assert sorted(asyncio.run(collect())) == list(enumerate(items))
    assert most <= limit


async def test_what_finishes_first_comes_first():
    released = asyncio.Event()

    async def work(item: str) -> str:
        if item == "slow":
            await released.wait()
        return item

    order = []
    async for _, item in map_concurrently(work, ["slow", "quick"], places(2)):
        order.append(item)
        released.set()
    assert order == ["quick", "slow"]


async def test_nothing_new_starts_while_results_wait_to_be_taken():
    started = []

    async def work(item: int) -> int:
        started.append(item)
        return item

    async with aclosing(map_concurrently(work, range(10), places(2))) as finished:
        await anext(finished)
        for _ in range(10):
            await asyncio.sleep(0)
        assert started == [0, 1]


async def test_closing_cancels_what_is_running_and_waits_for_its_end():
    ended = []

    async def work(item: int) -> int:
        if item == 0:
            return item
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(item)
        return item

    async with aclosing(map_concurrently(work, range(3), places(3))) as finished:
        await anext(finished)
    assert sorted(ended) == [1, 2]


async def test_a_cancel_scope_around_the_reader_ends_the_work_too():
    started = asyncio.Event()
    ended = []

    async def work(item: int) -> int:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(item)
        return item

    async def read(scope: anyio.CancelScope) -> None:
        with scope:
            async with aclosing(map_concurrently(work, range(3), places(2))) as finished:
                async for _ in finished:
                    pytest.fail("nothing can finish")

    async with anyio.create_task_group() as group:
        scope = anyio.CancelScope()
        group.start_soon(read, scope)
        await started.wait()
        scope.cancel()
    assert sorted(ended) == [0, 1]


async def test_a_reader_that_is_cancelled_gets_what_is_there_and_nothing_starts():
    started, taken = [], []

    async def work(item: int) -> int:
        started.append(item)
        return item

    with anyio.CancelScope() as scope:
        async with aclosing(map_concurrently(work, range(9), places(3))) as finished:
            async for _, item in finished:
                taken.append(item)
                scope.cancel()
    assert sorted(taken) == started == [0, 1, 2]


async def test_what_finishes_in_the_moment_of_a_cancellation_is_yielded_before_it():
    started, go_on, taken = asyncio.Event(), asyncio.Event(), []

    async def work(item: int) -> int:
        started.set()
        await (go_on if item else asyncio.Event()).wait()
        return item

    async def read() -> None:
        async with aclosing(map_concurrently(work, range(4), places(4))) as finished:
            async for _, item in finished:
                taken.append(item)

    reader = asyncio.create_task(read())
    await started.wait()
    go_on.set()
    await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert sorted(taken) == [1, 2, 3]


async def test_an_error_of_the_work_itself_reaches_the_reader():
    async def work(item: int) -> int:
        raise KeyError(item)

    with pytest.raises(KeyError):
        async for _ in map_concurrently(work, [1], places(1)):
            pass


async def test_nothing_starts_while_it_is_not_to_go_on_and_that_ends_it_when_all_is_done():
    started = []
    done = []

    async def work(item: int) -> int:
        started.append(item)
        return item

    async for _, item in map_concurrently(work, range(9), places(2), lambda: 3 not in done):
        done.append(item)
    assert started == [0, 1, 2, 3]


async def test_it_goes_on_again_if_what_still_runs_says_so():
    first = asyncio.Event()
    done = []

    async def work(item: int) -> int:
        if item == 1:
            await first.wait()
        return item

    async for _, item in map_concurrently(work, range(4), places(2), lambda: done != [0]):
        done.append(item)
        first.set()
    assert done[:2] == [0, 1]
    assert sorted(done[2:]) == [2, 3]


async def test_more_run_once_there_are_more_places():
    running, started = 0, []
    most = {"now": 1}

    async def work(item: int) -> int:
        nonlocal running
        running += 1
        started.append(running)
        for _ in range(3):
            await asyncio.sleep(0)
        running -= 1
        return item

    async for index, _ in map_concurrently(work, range(20), Places(lambda: most["now"])):
        if index == 3:
            most["now"] = 4
    assert max(started[:4]) == 1
    assert max(started) == 4


async def test_who_gives_up_waiting_for_a_place_takes_none():
    free = places(1)
    await free.take()
    waiting = [asyncio.create_task(free.take()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    free.give_back()
    waiting[1].cancel()  # it has been called, and has not gone yet
    await asyncio.wait_for(waiting[2], 5)
    assert waiting[0].cancelled()
    assert waiting[1].cancelled()
