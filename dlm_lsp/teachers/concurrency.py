"""Bounded concurrency: results as they finish, cancelled when nobody waits any more."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from itertools import islice
from typing import Any, TypeVar

import anyio
import anyio.lowlevel

_T = TypeVar("_T")
_R = TypeVar("_R")


class Places:
    """Places for as many items at once as `most` says at the time, first come, first served.

    When there are more, that shows once one is given back.
    """

    def __init__(self, most: Callable[[], int]) -> None:
        self.most = most
        self._taken = 0
        self._line: deque[anyio.Event] = deque()

    async def take(self) -> None:
        """Wait for a place, and have it until it is given back."""
        if not self._line and self._taken < self.most():
            self._taken += 1
            return
        called = anyio.Event()
        self._line.append(called)
        try:
            await called.wait()
        except BaseException:
            if called.is_set():
                self.give_back()
            else:
                self._line.remove(called)
            raise

    def give_back(self, count: int = 1) -> None:
        """Give back places, to those who have waited longest."""
        self._taken -= count
        while self._line and self._taken < self.most():
            self._taken += 1
            self._line.popleft().set()


def places(most: int) -> Places:
    """Return places for so many items at once."""
    return Places(lambda: most)


async def map_concurrently(
    work: Callable[[_T], Awaitable[_R]],
    items: Sequence[_T],
    free: Places,
    go_on: Callable[[], bool] = lambda: True,
) -> AsyncGenerator[tuple[int, _R], None]:
    """Yield (index, result) of `work` on each item as it finishes, as many at a time as are `free`.

    Several iterators may share places: an item has one from its start until its result was taken.
    While `go_on` denies it no item starts; if it still does when nothing runs, that is the end.

    No new item starts before the results at hand have been taken, so what a crash can lose is
    bounded by the places too. Closing or cancelling the iterator cancels what is running and waits
    until it has ended. Who is cancelled gets the results that are there all the same, without a
    wait, and is cancelled after them.
    """
    held = 0

    async def numbered(index: int, item: _T) -> tuple[int, _R]:
        nonlocal held
        await free.take()
        held += 1
        return index, await work(item)

    # Plain tasks and no task group: a cancel scope may not stay open across a yield.
    waiting = enumerate(items)
    running: set[asyncio.Task[tuple[int, _R]]] = set()
    try:
        while True:
            await anyio.lowlevel.checkpoint_if_cancelled()
            room = max(0, free.most() - len(running)) if go_on() else 0
            for index, item in islice(waiting, room):
                running.add(asyncio.create_task(numbered(index, item)))
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
                held -= 1
                free.give_back()
    except asyncio.CancelledError:
        # They may have cost something; what no one has taken yet is with those that run.
        await _end(running)
        for task in running:
            if not task.cancelled() and task.exception() is None:
                yield task.result()
        raise
    finally:
        await _end(running)
        free.give_back(held)


async def _end(running: Collection[asyncio.Task[Any]]) -> None:
    for task in running:
        task.cancel()
    with anyio.CancelScope(shield=True):
        await asyncio.gather(*running, return_exceptions=True)
