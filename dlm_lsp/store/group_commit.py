"""Group commit: what is to be written while another write is under way goes to disk together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

from dlm_lsp.errors import StoreError
from dlm_lsp.store.file_threads import run_in_file_thread

_T = TypeVar("_T")


# Without slots, which generic classes of Python 3.11 do not take.
@dataclass(eq=False)
class _Waiting(Generic[_T]):
    """An item that is to be written; `turn` comes once it is, or once its waiter is to write."""

    item: _T
    turn: anyio.Event = field(default_factory=anyio.Event)
    is_done: bool = False
    error: StoreError | None = None


class GroupCommit(Generic[_T]):
    """Writes items off the event loop, as many at once as are waiting.

    `write` makes all of some items durable, or none, and raises StoreError; it runs in a thread.
    Who finds nobody writing begins at once, so that nothing waits for others to come.
    """

    def __init__(self, write: Callable[[Sequence[_T]], None]) -> None:
        self._write = write
        self._queue: list[_Waiting[_T]] = []
        self._is_writing = False

    async def add(self, item: _T) -> None:
        """Write an item; it is durable on return. A cancellation waits for that.

        Raises:
            StoreError: it cannot be written.
        """
        waiting = _Waiting(item)
        self._queue.append(waiting)
        with anyio.CancelScope(shield=True):
            if self._is_writing:
                await self._wait(waiting)
            if not waiting.is_done:
                await self._lead(waiting)
        if waiting.error:
            raise waiting.error

    async def _wait(self, waiting: _Waiting[_T]) -> None:
        try:
            await waiting.turn.wait()
        except BaseException:
            # No scope shields from the end of the event loop itself; the others are not to hang.
            if waiting in self._queue:
                self._queue.remove(waiting)
                if waiting.turn.is_set():
                    self._hand_over()
            raise

    async def _lead(self, leader: _Waiting[_T]) -> None:
        """Write what is waiting, then let the first of those that have come meanwhile do so."""
        self._is_writing = True
        group, self._queue = self._queue, []
        try:
            errors = await run_in_file_thread(
                self._try_to_write, [waiting.item for waiting in group]
            )
        except BaseException:
            self._queue[:0] = [waiting for waiting in group if waiting is not leader]
            raise
        else:
            for waiting, error in zip(group, errors, strict=True):
                waiting.is_done, waiting.error = True, error
                waiting.turn.set()
        finally:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._queue:
            self._queue[0].turn.set()
        else:
            self._is_writing = False

    def _try_to_write(self, items: Sequence[_T]) -> list[StoreError | None]:
        """Write items at once, or where that fails each alone: one is not to cost the others."""
        try:
            self._write(items)
        except StoreError as error:
            if len(items) == 1:
                return [error]
            return [error for item in items for error in self._try_to_write([item])]
        return [None] * len(items)
