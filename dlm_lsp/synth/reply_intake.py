"""Reply intake: replies go to disk together, and are read one after the other as they came."""

from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup


class ReplyIntake:
    """Takes replies in, and says when there are fewer than `most` on their way.

    So what a kill can lose is bounded, and so is what waits for a slow disk.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._changed = anyio.Event()
        self._delivery = anyio.Lock()

    def start(
        self,
        tasks: TaskGroup,
        store: Callable[[], Awaitable[None]],
        deliver: Callable[[], Awaitable[None]],
    ) -> None:
        """Let a reply be stored, while others are, then delivered, while no other is."""
        self._taken += 1
        tasks.start_soon(self._take, store, deliver)

    async def wait_for_room(self) -> None:
        """Wait until there is room for another reply."""
        while self._taken >= self._most:
            await self._changed.wait()

    async def _take(
        self, store: Callable[[], Awaitable[None]], deliver: Callable[[], Awaitable[None]]
    ) -> None:
        try:
            await store()
            # What was paid for counts, whoever ends the run.
            with anyio.CancelScope(shield=True):
                await self._delivery.acquire()
            try:
                await deliver()
            finally:
                self._delivery.release()
        finally:
            self._taken -= 1
            self._changed.set()
            self._changed = anyio.Event()
