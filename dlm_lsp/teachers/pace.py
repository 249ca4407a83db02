"""Pace: when the next request to a server may go, shared by all that ask it.

A server that says "too many" means all requests, not the one that it says so to. So while it lets
one wait, none is sent, and then fewer at once: see `RequestLimit`.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.request_limit import RequestLimit

_FIRST_PAUSE = 2.0
"""Seconds until the next attempt where the server names no time; they double each time."""
_LONGEST_PAUSE = 60.0
_WORTH_TELLING = 3.0
_MOST_SILENCES = 3
"""How many requests in a row, each alone, may have no answer in time."""


def _never() -> bool:
    return False


def _now() -> float:
    # An alarm rings in no task, where anyio does not know the time.
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Turn:
    """One attempt; `began` says after how many slow-downs, `at_once` how many might go then.

    `at` is its time in seconds, and `is_answered` whether the server has said anything.
    `is_crowded` tells whether another attempt was under way meanwhile.
    """

    began: int
    at_once: int = 0
    at: float = 0.0
    is_answered: bool = False
    is_crowded: bool = False


class Pace:
    """Lets attempts at one server go, as many at once as `limit` says, first come, first served.

    `on_wait` hears of long pauses, in seconds, and `on_crowd` of how many go at once from then on
    where one was not answered in time; `end` is why no further attempt is to be made.
    """

    def __init__(self, limit: RequestLimit) -> None:
        self.on_wait: Callable[[float], None] | None = None
        self.on_crowd: Callable[[int], None] | None = None
        self.end: TeacherError | None = None
        self._limit = limit
        self._going = 0
        self._under_way = 0
        self._alone: Turn | None = None
        self._most_going = 0
        self._clear_at = -math.inf
        self._told_until = -math.inf
        self._slowdowns = 0
        self._in_a_row = 0
        self._silences = 0
        self._abandoned = 0
        self._line: OrderedDict[anyio.Event, Callable[[], bool]] = OrderedDict()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def refusals_in_a_row(self) -> int:
        """How often the server has said "too many" since it last answered anything else."""
        return self._in_a_row

    @property
    def silences_left(self) -> int:
        """How many more attempts, each alone, may have no answer in time; negative beyond that.

        Many servers do not notice that nobody waits any more, and finish what was abandoned first.
        """
        return _MOST_SILENCES + self._abandoned - self._silences

    @property
    def at_once(self) -> int:
        """How many attempts may go at once now."""
        return self._limit.now

    def must_wait(self) -> bool:
        """Say whether an attempt would not go at once."""
        return bool(self._line) or not self._has_room()

    @asynccontextmanager
    async def turn(self, is_over: Callable[[], bool] = _never) -> AsyncIterator[Turn]:
        """Wait until an attempt may go, and hold its place while it is made.

        Whoever need not go any more has a turn at once, to see that: see `recheck`.
        """
        if self.must_wait() and not (self.end or is_over()):
            await self._line_up(is_over)
        else:
            self._going += 1
        self._most_going = max(self._most_going, self._going)
        turn = Turn(self._slowdowns, self.at_once, _now())
        self._join(turn)
        try:
            yield turn
        finally:
            if not turn.is_answered:
                self._take_silence(turn)
            self._under_way -= 1
            self._alone = None
            self._going -= 1
            self._let_go()

    def _join(self, turn: Turn) -> None:
        turn.is_crowded = self._under_way > 0
        if self._alone:
            self._alone.is_crowded = True
        self._alone = None if turn.is_crowded else turn
        self._under_way += 1

    def _take_silence(self, turn: Turn) -> None:
        """Take note that an attempt had no answer: not in its time, or it was given up before."""
        if _now() - turn.at < self._limit.timeout:
            self._change(self._limit.unanswered())
        elif not turn.is_crowded:
            self._silences += 1
            turn.is_crowded = self._abandoned > 0
        else:
            self._abandoned += 1
            self._lower(turn)

    def _lower(self, turn: Turn) -> None:
        # Those that were under way together are silent together, which is told once.
        if turn.at_once <= self.at_once > 1:
            self._change(self._limit.out_of_time())
            if self.on_crowd:
                self.on_crowd(self.at_once)

    async def _line_up(self, is_over: Callable[[], bool]) -> None:
        called = anyio.Event()
        self._line[called] = is_over
        self._let_go()
        try:
            await called.wait()
        except BaseException:
            if called.is_set():
                self._going -= 1
            else:
                del self._line[called]
            self._let_go()
            raise

    def _has_room(self) -> bool:
        return _now() >= self._clear_at and self._going < self.at_once

    def _let_go(self) -> None:
        """Call the first in line, as many as may go; in a pause, set an alarm for its end."""
        while self._line and self._has_room():
            called, _ = self._line.popitem(last=False)
            self._call(called)
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        # There is room, so what they wait for is the time; it may just have come.
        if self._line and self._going < self.at_once:
            self._alarm = asyncio.get_running_loop().call_at(self._clear_at, self._let_go)

    def _call(self, called: anyio.Event) -> None:
        self._going += 1
        called.set()

    def slow_down(self, turn: Turn, wait: float | None) -> None:
        """Take note that the server refused an attempt, and that the next has to wait.

        `wait` is in seconds, None where the server names no time.
        """
        turn.is_answered = True
        self._silences = self._abandoned = 0
        # Those that were under way together are refused together, which is told once.
        if turn.began == self._slowdowns:
            self._slowdowns += 1
            self._in_a_row += 1
            self._change(self._limit.refused())
        if wait is None:
            wait = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (self._in_a_row - 1))
        self._clear_at = max(self._clear_at, _now() + wait)
        if self.on_wait and wait >= _WORTH_TELLING and self._clear_at > self._told_until + 1:
            self._told_until = self._clear_at
            self.on_wait(wait)
        self._let_go()

    def speed_up(self, turn: Turn, *, is_error: bool = False) -> None:
        """Take note that the server answered an attempt, be it with an error."""
        turn.is_answered = True
        self._in_a_row = self._silences = self._abandoned = 0
        is_full = turn.at_once == self.at_once <= self._most_going
        seconds = None if is_error else _now() - turn.at
        self._change(self._limit.answered(seconds, is_full=is_full))

    def _change(self, limit: RequestLimit) -> None:
        has_grown = limit.now > self.at_once
        if limit.now != self.at_once:
            self._most_going = self._going
        self._limit = limit
        if has_grown:
            self._let_go()

    def stop(self, end: TeacherError) -> None:
        """Let no further attempt go: whoever waits for a turn has it at once, and reads `end`."""
        self.end = end
        self.recheck()

    def recheck(self) -> None:
        """Let those go at once who wait for a turn and need none any more."""
        over = [called for called, is_over in self._line.items() if self.end or is_over()]
        for called in over:
            del self._line[called]
            self._call(called)
        self._let_go()
