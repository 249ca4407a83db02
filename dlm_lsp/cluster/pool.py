"""Worker pool: which worker is asked next, and what is asked again when one dies."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import anyio

_MOST_LOSSES = 3
"""How many workers one call may take with it: then it is rather the call that kills them."""


class WorkerLostError(Exception):
    """A worker is gone, and with it whatever it was asked."""


class NoWorkerError(Exception):
    """No worker is left, or a call has cost several: a line for the user."""


class RemoteWorker(Protocol):
    """A `ModelWorker` in another process; `node` is the machine that it is on."""

    @property
    def node(self) -> str:
        """What the machine is called."""

    async def call(self, method: str, *arguments: Any) -> Any:
        """Return what the method of the worker returns; to cancel this cancels it there.

        Raises:
            WorkerLostError: it died.
        """


@dataclass(frozen=True, slots=True)
class Called:
    """What a call came to, on which node, and how often it was made before that."""

    value: Any
    node: str
    repeats: int


class WorkerPool:
    """The workers of a run. A dead one is replaced where `replace` gives another.

    `replace` returns None where there is to be none.
    """

    def __init__(
        self,
        workers: Sequence[RemoteWorker],
        replace: Callable[[RemoteWorker], Awaitable[RemoteWorker | None]],
    ) -> None:
        self.on_notice: Callable[[str], None] = _ignore_notice
        self.workers = list(workers)
        self._replace = replace
        self._places = {id(worker): place for place, worker in enumerate(workers)}
        self._size = len(workers)
        self._replacing = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard: set[int] = set()
        self._changed = anyio.Event()
        self._last_lost = ""

    @property
    def size(self) -> int:
        """How many workers there were in the beginning, which requests are divided among."""
        return self._size

    def place(self, worker: RemoteWorker) -> int:
        """Return the place of a worker; one that replaces another has that one's."""
        return self._places[id(worker)]

    def is_hopeless(self) -> bool:
        """Tell whether no worker is left and none is to come."""
        return not self.workers and not self._replacing

    async def wait_for_change(self) -> None:
        """Wait until a worker comes or goes, or has room."""
        await self._changed.wait()

    def change(self) -> None:
        """Wake whoever waits for a worker."""
        self._changed.set()
        self._changed = anyio.Event()

    def no_worker(self) -> NoWorkerError:
        """Return the error that no worker is left."""
        return NoWorkerError(
            f"no worker of the cluster is left, the last was on {self._last_lost}; what was "
            "answered is on disk, so start the cluster and the run again"
        )

    def lose(self, worker: RemoteWorker) -> None:
        """Take note that a worker died, and see to another."""
        if worker not in self.workers:
            return
        self.workers.remove(worker)
        self._last_lost = worker.node
        self._replacing += 1
        self.on_notice(f"the worker on {worker.node} is gone; what it was asked is asked again")
        self._start(self._find_another(worker))
        self.change()

    def listen(self) -> None:
        """Pass on what teachers say on their workers, to the end of the event loop."""
        for worker in self.workers:
            if id(worker) not in self._heard:
                self._heard.add(id(worker))
                self._start(self._pass_on_notices(worker))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on_notices(self, worker: RemoteWorker) -> None:
        with suppress(WorkerLostError):
            while True:
                for line in await worker.call("notices"):
                    self.on_notice(f"{line} (on the node {worker.node})")

    async def _find_another(self, worker: RemoteWorker) -> None:
        try:
            if another := await self._replace(worker):
                self._places[id(another)] = self.place(worker)
                self.workers.append(another)
                self.listen()
        finally:
            self._replacing -= 1
            self.change()


class Lane:
    """Calls of one kind: each worker has at most its share of them at a time.

    `shares` are by the places of the workers; a worker without a share is not called.
    """

    def __init__(self, pool: WorkerPool, shares: Sequence[int]) -> None:
        self._pool = pool
        self._shares = shares
        self._going: Counter[int] = Counter()

    @property
    def most(self) -> int:
        """How many calls go at once."""
        return sum(self._shares)

    async def call(self, method: str, *arguments: Any) -> Called:
        """Call the least busy worker, and another if it dies.

        Raises:
            NoWorkerError: no worker is left, or the call has cost several.
        """
        for repeats in range(_MOST_LOSSES):
            worker = await self._free_worker()
            place = self._pool.place(worker)
            self._going[place] += 1
            try:
                return Called(await worker.call(method, *arguments), worker.node, repeats)
            except WorkerLostError:
                self._pool.lose(worker)
            finally:
                self._going[place] -= 1
                self._pool.change()
        raise NoWorkerError(
            f"{_MOST_LOSSES} workers died of the same request, most likely for want of memory; "
            "take a smaller model or larger machines"
        )

    async def _free_worker(self) -> RemoteWorker:
        while True:
            workers = [w for w in self._pool.workers if self._share(w)]
            free = [w for w in workers if self._room(w) > 0]
            if free:
                return max(free, key=self._room)
            if not workers and self._pool.is_hopeless():
                raise self._pool.no_worker()
            if not workers and self._pool.workers:
                # Those that had a share are gone for good.
                self._shares = [max(1, share) for share in self._shares]
                continue
            await self._pool.wait_for_change()

    def _share(self, worker: RemoteWorker) -> int:
        return self._shares[self._pool.place(worker)]

    def _room(self, worker: RemoteWorker) -> int:
        return self._share(worker) - self._going[self._pool.place(worker)]


def divide(requests: int, workers: int) -> list[int]:
    """Return how many of so many requests each worker may have in flight."""
    each, rest = divmod(requests, workers)
    return [each + (place < rest) for place in range(workers)]


def _ignore_notice(line: str) -> None:
    return
