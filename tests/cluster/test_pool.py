"""Worker pools: shares, and what becomes of calls whose worker dies."""

from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.cluster.pool import (
    Lane,
    NoWorkerError,
    RemoteWorker,
    WorkerLostError,
    WorkerPool,
    divide,
)


class Echo:
    """A worker that returns what it is given once it may, and dies of what it is told to."""

    def __init__(self, node: str, deadly: tuple[object, ...] = ()) -> None:
        self.node = node
        self.going = 0
        self.most = 0
        self.may_go = anyio.Event()
        self.deadly = deadly

    async def call(self, method: str, *arguments: Any) -> Any:
        if method == "notices":
            await anyio.sleep_forever()
        self.going += 1
        self.most = max(self.most, self.going)
        try:
            await self.may_go.wait()
        finally:
            self.going -= 1
        if arguments[0] in self.deadly:
            raise WorkerLostError
        return arguments[0]


async def nobody(lost: RemoteWorker) -> None:
    return None


@given(st.integers(1, 1000), st.integers(1, 50))
def test_shares_make_up_the_whole_and_differ_by_no_more_than_a_request(requests: int, workers: int):
    shares = divide(requests, workers)
    assert (len(shares), sum(shares)) == (workers, requests)
    assert max(shares) - min(shares) <= 1


async def test_no_worker_has_more_than_its_share():
    workers = [Echo("a"), Echo("b")]
    lane = Lane(WorkerPool(workers, nobody), [2, 1])
    got: list[int] = []

    async def call(number: int) -> None:
        got.append((await lane.call("echo", number)).value)

    async with anyio.create_task_group() as tasks:
        for number in range(9):
            tasks.start_soon(call, number)
        await anyio.wait_all_tasks_blocked()
        assert [worker.going for worker in workers] == [2, 1]
        for worker in workers:
            worker.may_go.set()
    assert sorted(got) == list(range(9))
    assert [worker.most for worker in workers] == [2, 1]


async def test_a_call_whose_worker_died_is_made_again_and_says_so():
    dying, living = Echo("dying", deadly=("x",)), Echo("living")
    for worker in (dying, living):
        worker.may_go.set()
    notices: list[str] = []
    pool = WorkerPool([dying, living], nobody)
    pool.on_notice = notices.append
    called = await Lane(pool, [2, 1]).call("echo", "x")
    assert (called.value, called.node, called.repeats) == ("x", "living", 1)
    assert notices == ["the worker on dying is gone; what it was asked is asked again"]


async def test_a_worker_without_a_share_is_called_when_no_other_is_left():
    dying, spare = Echo("dying", deadly=("x",)), Echo("spare")
    for worker in (dying, spare):
        worker.may_go.set()
    called = await Lane(WorkerPool([dying, spare], nobody), [1, 0]).call("echo", "x")
    assert called.node == "spare"


async def test_the_one_that_replaces_a_dead_worker_is_waited_for():
    dying, another = Echo("a", deadly=("x",)), Echo("a")
    dying.may_go.set()
    another.may_go.set()
    is_ready = anyio.Event()

    async def replace(lost: RemoteWorker) -> Echo:
        await is_ready.wait()
        return another

    lane = Lane(WorkerPool([dying], replace), [1])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lane.call, "echo", "x")
        await anyio.wait_all_tasks_blocked()
        assert another.most == 0
        is_ready.set()
    assert another.most == 1


async def test_without_a_worker_the_last_node_is_named():
    dying = Echo("north", deadly=("x",))
    dying.may_go.set()
    with pytest.raises(NoWorkerError, match=r"no worker .* is left, the last was on north"):
        await Lane(WorkerPool([dying], nobody), [1]).call("echo", "x")


async def test_a_request_that_kills_every_worker_is_given_up():
    workers = [Echo(str(number), deadly=("x",)) for number in range(5)]
    for worker in workers:
        worker.may_go.set()
    pool = WorkerPool(workers, nobody)
    with pytest.raises(NoWorkerError, match="3 workers died of the same request"):
        await Lane(pool, [1] * 5).call("echo", "x")
    assert len(pool.workers) == 2
