import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from dlm_lsp.synth.reply_intake import ReplyIntake, ReplyRoom


class Replies:
    """Stores replies once the test says so; `log` tells what came when."""

    def __init__(self, intake: ReplyIntake) -> None:
        self.log: list[str] = []
        self.disk = anyio.Event()
        self._intake = intake

    def take(self, tasks: TaskGroup, name: str) -> None:
        async def store() -> None:
            self.log.append(f"store {name}")
            await self.disk.wait()

        async def deliver() -> None:
            self.log.append(f"read {name}")
            await anyio.lowlevel.checkpoint()
            self.log.append(f"{name} is read")

        self._intake.start(tasks, store, deliver)


async def test_replies_are_stored_beside_each_other_and_read_one_after_the_other() -> None:
    replies = Replies(ReplyIntake(ReplyRoom(), 9))
    async with anyio.create_task_group() as tasks:
        for name in "ab":
            replies.take(tasks, name)
        await anyio.wait_all_tasks_blocked()
        assert replies.log == ["store a", "store b"]
        replies.disk.set()
    assert replies.log[2:] == ["read a", "a is read", "read b", "b is read"]


async def test_what_is_on_disk_is_read_though_the_run_ends_while_it_waits_its_turn() -> None:
    stored, ended = [], anyio.Event()

    async def store() -> None:
        stored.append(1)

    async def read_long() -> None:
        with anyio.CancelScope(shield=True):
            await ended.wait()

    async def read() -> None:
        stored.append(2)

    intake = ReplyIntake(ReplyRoom(), 9)
    async with anyio.create_task_group() as tasks:
        intake.start(tasks, store, read_long)
        intake.start(tasks, store, read)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
        ended.set()
    assert stored == [1, 1, 2]


async def test_the_next_waits_where_there_is_no_room() -> None:
    intake = ReplyIntake(ReplyRoom(), 2)
    replies = Replies(intake)
    taken = []

    async def take_all() -> None:
        for name in "abc":
            replies.take(tasks, name)
            await intake.wait_for_room()
            taken.append(name)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take_all)
        await anyio.wait_all_tasks_blocked()
        assert taken == ["a"]
        assert replies.log == ["store a", "store b"]
        replies.disk.set()
    assert taken == ["a", "b", "c"]
