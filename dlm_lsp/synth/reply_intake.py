"""Reply intake: replies go to disk together, and are read one after the other as they came."""

from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup


class ReplyRoom:
    """Counts the replies that are on their way to the disk, whichever document they are about.

    So what a kill can lose is bounded, and so is what waits for a slow disk.
    """

    def __init__(self) -> None:
        self._taken = 0
        self._changed = anyio.Event()

    def enter(self) -> None:
        """Count a reply that has come."""
        self._taken += 1

    def leave(self) -> None:
        """Count off a reply that is on disk and was read, or cannot be."""
        self._taken -= 1
        self._changed.set()
        self._changed = anyio.Event()

    async def wait(self, most: int) -> None:
        """Wait until there are fewer than `most`."""
        while self._taken >= most:
            await self._changed.wait()


class ReplyIntake:
    """Takes in the replies about a document, and says when there is room for more.

    That is while fewer than `most` are on their way in the run.
    """

    def __init__(self, room: ReplyRoom, most: int) -> None:
        self._room = room
        self._most = most
        self._delivery = anyio.Lock()

    def start(
        self,
        tasks: TaskGroup,
        store: Callable[[], Awaitable[None]],
        deliver: Callable[[], Awaitable[None]],
    ) -> None:
        """Let a reply be stored, while others are, then delivered, while no other is."""
        self._room.enter()
        tasks.start_soon(self._take, store, deliver)

    async def wait_for_room(self) -> None:
        """Wait until there is room for another reply."""
        await self._room.wait(self._most)

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
            self._room.leave()
