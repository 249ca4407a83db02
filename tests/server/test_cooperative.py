"""Cooperative work: a long answer leaves room for others."""

import asyncio
import itertools
import threading
from collections.abc import Iterator

import pytest

from dlm_lsp.server.cooperative import collect_in_slices


async def test_the_answer_holds_everything_in_order():
    assert await collect_in_slices(iter(range(1000))) == list(range(1000))


async def test_others_work_while_a_long_answer_is_made():
    heard = asyncio.Event()

    def until_heard() -> Iterator[int]:
        for number in itertools.count():
            if heard.is_set():
                return
            yield number

    asyncio.get_running_loop().call_soon(heard.set)
    assert await collect_in_slices(until_heard())


async def test_others_work_while_a_single_item_takes_long():
    heard = threading.Event()

    def once_heard() -> Iterator[bool]:
        yield heard.wait(10)

    asyncio.get_running_loop().call_soon(heard.set)
    assert await collect_in_slices(once_heard()) == [True]


async def test_an_answer_that_nobody_waits_for_ends():
    made = []
    task = asyncio.create_task(collect_in_slices(map(made.append, itertools.count())))
    asyncio.get_running_loop().call_later(0.01, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert made
