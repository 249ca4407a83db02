"""Pace: when the next request to a server may go, shared by all that ask it.

A server that says "too many" means all requests, not the one that it says so to. So while it lets
one wait, none is sent, and then fewer at once: half as many, and one more each time that as many
as now go at once were answered (additive increase, multiplicative decrease; RFC 5681 §3.1).
"""

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from dlm_lsp.errors import TeacherError

_FIRST_PAUSE = 2.0
"""Seconds until the next attempt where the server names no time; they double each time."""
_LONGEST_PAUSE = 60.0
_WORTH_TELLING = 3.0


@dataclass(slots=True)
class Turn:
    """One attempt; `began` says after how many slow-downs."""

    began: int


class Pace:
    """Lets attempts at one server go, at most `most` at once.

    `on_wait` hears of long pauses, in seconds; `end` is why no further attempt is to be made.
    """

    def __init__(self, most: int) -> None:
        self.on_wait: Callable[[float], None] | None = None
        self.end: TeacherError | None = None
        self._most = most
        self._at_once = most
        self._going = 0
        self._answered = 0
        self._clear_at = -math.inf
        self._told_until = -math.inf
        self._slowdowns = 0
        self._in_a_row = 0
        self._changed: anyio.Event | None = None

    @property
    def refusals_in_a_row(self) -> int:
        """How often the server has said "too many" since it last answered anything else."""
        return self._in_a_row

    def must_wait(self) -> bool:
        """Say whether an attempt would not go at once."""
        return anyio.current_time() < self._clear_at or self._going >= self._at_once

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait until an attempt may go, and hold its place while it is made."""
        while self.must_wait() and self.end is None:
            changed = self._changed = self._changed or anyio.Event()
            pause = self._clear_at - anyio.current_time()
            with anyio.move_on_after(pause if pause > 0 else math.inf):
                await changed.wait()
        self._going += 1
        try:
            yield Turn(self._slowdowns)
        finally:
            self._going -= 1
            self._change()

    def slow_down(self, turn: Turn, wait: float | None) -> None:
        """Take note that the server refused an attempt, and that the next has to wait.

        `wait` is in seconds, None where the server names no time.
        """
        # Those that were under way together are refused together, which is told once.
        if turn.began == self._slowdowns:
            self._slowdowns += 1
            self._in_a_row += 1
            self._at_once = max(1, self._at_once // 2)
            self._answered = 0
        if wait is None:
            wait = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (self._in_a_row - 1))
        self._clear_at = max(self._clear_at, anyio.current_time() + wait)
        if self.on_wait and wait >= _WORTH_TELLING and self._clear_at > self._told_until + 1:
            self._told_until = self._clear_at
            self.on_wait(wait)
        self._change()

    def speed_up(self) -> None:
        """Take note that the server answered an attempt, whatever it said."""
        self._in_a_row = 0
        self._answered += 1
        if self._answered >= self._at_once < self._most:
            self._at_once += 1
            self._answered = 0
            self._change()

    def stop(self, end: TeacherError) -> None:
        """Let no further attempt go: whoever waits for a turn has it at once, and reads `end`."""
        self.end = end
        self._change()

    def _change(self) -> None:
        if self._changed:
            self._changed.set()
            self._changed = None
