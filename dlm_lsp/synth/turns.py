"""Turns: what several documents do at once, they begin in their order where that matters."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio


class Turns:
    """Hands out tickets, whose turns come in the order in which they were handed out."""

    def __init__(self) -> None:
        self._handed_out = 0
        self._next = 0
        self._passed: set[int] = set()
        self._waiting: dict[int, anyio.Event] = {}

    def ticket(self) -> "Ticket":
        """Return the next ticket, which has to be passed on whatever comes of it."""
        number = self._handed_out
        self._handed_out += 1
        return Ticket(self, number)

    async def wait_for(self, number: int) -> None:
        """Wait until every ticket before this one has been passed on."""
        while number > self._next:
            await self._waiting.setdefault(number, anyio.Event()).wait()

    def pass_on(self, number: int) -> None:
        """Take note that a ticket is not waited for any more."""
        self._passed.add(number)
        while self._next in self._passed:
            self._passed.remove(self._next)
            self._next += 1
        if event := self._waiting.pop(self._next, None):
            event.set()


class Ticket:
    """A place in the order."""

    def __init__(self, turns: Turns, number: int) -> None:
        self._turns = turns
        self._number = number
        self._has_passed = False

    async def turn(self) -> None:
        """Wait until it is this one's turn."""
        await self._turns.wait_for(self._number)

    def pass_on(self) -> None:
        """Let the next have its turn, once all before have had theirs."""
        if not self._has_passed:
            self._has_passed = True
            self._turns.pass_on(self._number)


class StoreTurns:
    """Turns at each store: of copies, which have one, the second waits for the first."""

    def __init__(self) -> None:
        self._turns: dict[Path, Turns] = {}
        self._waiting: dict[Path, int] = {}

    @contextmanager
    def ticket(self, store: Path) -> Iterator[Ticket]:
        """Give the next ticket at a store, which is passed on at the end of the block."""
        self._waiting[store] = self._waiting.get(store, 0) + 1
        ticket = self._turns.setdefault(store, Turns()).ticket()
        try:
            yield ticket
        finally:
            ticket.pass_on()
            self._waiting[store] -= 1
            if not self._waiting[store]:
                del self._waiting[store], self._turns[store]
