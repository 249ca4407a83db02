import asyncio
import threading
from collections.abc import Sequence

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.errors import StoreError
from dlm_lsp.store.group_commit import GroupCommit


class Disk:
    """Writes items once the test lets it; `written` are the groups that are on it."""

    def __init__(self, *, is_open: bool = False) -> None:
        self.written: list[list[int]] = []
        self.refused: set[int] = set()
        self.is_busy = threading.Event()
        self._may_write = threading.Event()
        if is_open:
            self._may_write.set()

    @property
    def items(self) -> list[int]:
        return [item for group in self.written for item in group]

    def open(self) -> None:
        self._may_write.set()

    def write(self, items: Sequence[int]) -> None:
        self.is_busy.set()
        assert self._may_write.wait(30)
        if self.refused.intersection(items):
            raise StoreError(f"no room for {sorted(self.refused.intersection(items))}")
        self.written.append(list(items))


async def until_busy(disk: Disk) -> None:
    await anyio.to_thread.run_sync(disk.is_busy.wait, 30)


async def test_an_item_that_is_alone_is_written_at_once() -> None:
    disk = Disk(is_open=True)
    commit = GroupCommit(disk.write)
    await commit.add(1)
    assert disk.written == [[1]]
    await commit.add(2)
    assert disk.written == [[1], [2]]


async def test_what_comes_while_another_is_written_goes_to_disk_at_once() -> None:
    disk = Disk()
    commit = GroupCommit(disk.write)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(commit.add, 0)
        await until_busy(disk)
        for item in range(1, 9):
            tasks.start_soon(commit.add, item)
        await anyio.wait_all_tasks_blocked()
        disk.open()
    assert disk.written == [[0], [1, 2, 3, 4, 5, 6, 7, 8]]


async def test_the_event_loop_goes_on_while_an_item_is_written() -> None:
    disk = Disk()
    commit = GroupCommit(disk.write)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(commit.add, 0)
        await until_busy(disk)
        await anyio.lowlevel.checkpoint()
        assert disk.written == []
        disk.open()


@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=20),
    st.sets(st.integers(0, 19), max_size=3),
)
async def test_each_returns_once_its_own_is_written_whatever_comes_when(
    arrivals: list[tuple[int, bool]], refused: set[int]
) -> None:
    disk = Disk(is_open=True)
    disk.refused = refused
    commit = GroupCommit(disk.write)
    failed = set()

    async def add(item: int, steps: int, *, cancelled: bool) -> None:
        for _ in range(steps):
            await anyio.lowlevel.checkpoint()
        with anyio.CancelScope() as scope:
            if cancelled:
                scope.cancel()
            try:
                await commit.add(item)
            except StoreError:
                failed.add(item)
            else:
                assert item in disk.items

    async with anyio.create_task_group() as tasks:
        for item, (steps, cancelled) in enumerate(arrivals):
            tasks.start_soon(lambda i=item, s=steps, c=cancelled: add(i, s, cancelled=c))
    everything = set(range(len(arrivals)))
    assert failed == everything & refused
    assert sorted(disk.items) == sorted(everything - refused)


async def test_one_that_cannot_be_written_does_not_cost_those_beside_it() -> None:
    disk = Disk()
    disk.refused = {2}
    commit = GroupCommit(disk.write)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(commit.add, 0)
        await until_busy(disk)
        tasks.start_soon(commit.add, 1)
        await anyio.wait_all_tasks_blocked()
        disk.open()
        with pytest.raises(StoreError, match=r"no room for \[2\]"):
            await commit.add(2)
    assert disk.written == [[0], [1]]


async def test_a_cancelled_task_goes_once_its_item_is_on_disk() -> None:
    disk = Disk()
    commit = GroupCommit(disk.write)

    async def add_cancelled(item: int) -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await commit.add(item)
        assert item in disk.items

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(add_cancelled, 0)
        await until_busy(disk)
        tasks.start_soon(add_cancelled, 1)
        await anyio.wait_all_tasks_blocked()
        disk.open()
    assert disk.items == [0, 1]


@pytest.mark.parametrize("ended", [0, 1])
async def test_a_task_that_is_ended_from_outside_leaves_nobody_waiting(ended: int) -> None:
    disk = Disk()
    commit = GroupCommit(disk.write)
    tasks = [asyncio.create_task(commit.add(0))]
    await until_busy(disk)
    tasks += [asyncio.create_task(commit.add(item)) for item in (1, 2)]
    await anyio.wait_all_tasks_blocked()
    tasks[ended].cancel()
    disk.open()
    async with asyncio.timeout(30):
        await asyncio.wait(tasks)
    assert [task.cancelled() for task in tasks] == [at == ended for at in range(3)]
    assert {0, 2} <= set(disk.items)
