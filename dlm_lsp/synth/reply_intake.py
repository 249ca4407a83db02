"""Reply intake: replies go to disk together, and are read one after the other as they came."""

from collections.abc import Awaitable, Callable

import anyio


class ReplyIntake:
    """Takes replies in, no more of them than `most` at a time.

    So what a kill can lose is bounded, and so is what waits for a slow disk.
    """

    def __init__(self, most: int) -> None:
        # The one that is just taken in is among them.
        self._room = anyio.Semaphore(most - 1)
        self._delivery = anyio.Lock()

    async def take(
        self, store: Callable[[], Awaitable[None]], deliver: Callable[[], Awaitable[None]]
    ) -> None:
        """Let a reply be stored, while others are, then delivered, while no other is."""
        await store()
        # What was paid for counts, whoever ends the run.
        with anyio.CancelScope(shield=True):
            await self._delivery.acquire()
        try:
            await deliver()
        finally:
            self._delivery.release()
        self._room.release()

    async def wait_for_room(self) -> None:
        """Wait, once for each reply that is taken in, until there is room for the next."""
        await self._room.acquire()
