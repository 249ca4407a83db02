import asyncio
import json
import os
import platform
import signal
import subprocess
from pathlib import Path

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.store import lock
from dlm_lsp.store.lock import document_lock, lock_holder, shared_document_lock

HOLD = """
import pathlib, sys
from dlm_lsp.store.lock import document_lock
with document_lock(pathlib.Path(sys.argv[1]), "dlm synth instructions notes.dlm", print):
    print("held", flush=True)
    sys.stdin.readline()
    pathlib.Path(sys.argv[1], "synth", "done").touch()
"""
HOLD_WITHOUT_A_WORD = """
import pathlib, sys
from filelock import FileLock
with FileLock(pathlib.Path(sys.argv[1], "synth", "lock")):
    print("held", flush=True)
    sys.stdin.readline()
    pathlib.Path(sys.argv[1], "synth", "done").touch()
"""


def never(message: str) -> None:
    pytest.fail(f"waited: {message}")


def message_while(holder: subprocess.Popen[str], folder: Path) -> str:
    """Wait for the lock that `holder` has, let it go on the first word, return the words."""
    assert holder.stdout.readline() == "held\n"
    messages = []

    def let_go(message: str) -> None:
        messages.append(message)
        holder.stdin.write("\n")
        holder.stdin.flush()

    with document_lock(folder, "dlm synth apply", let_go):
        assert (folder / "synth/done").exists()
    (message,) = messages
    return message


def test_who_waits_is_told_once_who_holds_the_document(folder: Path, start) -> None:
    holder = start(HOLD, folder)
    message = message_while(holder, folder)
    assert message.startswith("waiting for `dlm synth instructions notes.dlm`")
    assert f"(process {holder.pid}, since 2" in message


def test_a_free_lock_is_taken_without_a_word_again_and_again(folder: Path) -> None:
    for _ in range(2):
        with document_lock(folder, "dlm", never):
            pass


def test_a_lock_is_let_go_when_the_work_fails(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), document_lock(folder, "dlm", never):
        raise ZeroDivisionError
    with document_lock(folder, "dlm", never):
        pass


@pytest.mark.posix
def test_a_killed_holder_blocks_nobody(folder: Path, start) -> None:
    holder = start(HOLD, folder)
    assert holder.stdout.readline() == "held\n"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with document_lock(folder, "dlm", never):
        pass


@pytest.mark.posix
def test_the_note_of_a_killed_holder_misleads_nobody(folder: Path, start) -> None:
    killed = start(HOLD, folder)
    assert killed.stdout.readline() == "held\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert json.loads((folder / "synth/lock.json").read_text())["pid"] == killed.pid
    message = message_while(start(HOLD_WITHOUT_A_WORD, folder), folder)
    assert message.startswith("waiting for another process,")


@pytest.mark.parametrize("note", ["", "{", "[]", "{}", '{"pid": null, "host": ""}', "\0" * 20_000])
def test_a_note_that_cannot_be_read_names_nobody(folder: Path, start, note: str) -> None:
    (folder / "synth").mkdir(parents=True)
    (folder / "synth/lock.json").write_text(note)
    message = message_while(start(HOLD_WITHOUT_A_WORD, folder), folder)
    assert message.startswith("waiting for another process,")


def test_a_holder_on_another_machine_is_named_with_it(folder: Path, start) -> None:
    (folder / "synth").mkdir(parents=True)
    note = {"command": "dlm\n\x1b[31m", "pid": 7, "host": "attic", "since": "then"}
    (folder / "synth/lock.json").write_text(json.dumps(note))
    message = message_while(start(HOLD_WITHOUT_A_WORD, folder), folder)
    assert message.startswith("waiting for `dlm  [31m` (process 7 on attic, since then),")


def test_the_holder_leaves_a_note_while_it_holds_and_takes_it_along(folder: Path) -> None:
    note = folder / "synth/lock.json"
    with document_lock(folder, "dlm synth revert", never):
        written = json.loads(note.read_text())
        assert written["command"] == "dlm synth revert"
        assert (written["pid"], written["host"]) == (os.getpid(), platform.node())
    assert not note.exists()


@pytest.mark.posix
@pytest.mark.parametrize(
    "place", ["pending.json", "synth/pending.json", "logs/x", "adapter/current.txt", "adapter/a/x"]
)
def test_the_holder_removes_what_a_killed_process_left_half_written(
    folder: Path, start, place: str
) -> None:
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    kill_while_writing(start, folder / place)
    with document_lock(folder, "dlm", never):
        assert not list(folder.rglob("*.tmp"))


@pytest.mark.posix
async def test_so_does_one_beside_other_tasks_and_next_to_the_document(
    folder: Path, start, tmp_path: Path
) -> None:
    notes, link = tmp_path / "notes" / "a.dlm", tmp_path / "link.dlm"
    notes.parent.mkdir()
    notes.touch()
    link.symlink_to(notes)
    kill_while_writing(start, link)
    async with shared_document_lock(folder, "dlm", never, link):
        assert list(notes.parent.iterdir()) == [notes]


def kill_while_writing(start, path: Path) -> None:
    writer = start(
        "import os, sys, pathlib\n"
        "from dlm_lsp.store.files import replace_file\n"
        "os.fsync = lambda _: (print('written', flush=True), sys.stdin.read())\n"
        "replace_file(pathlib.Path(sys.argv[1]), b'new')\n",
        path,
    )
    assert writer.stdout.readline() == "written\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert list(path.resolve().parent.glob(".dlm-*.tmp"))


def test_an_error_while_telling_is_the_tellers_own(folder: Path, start) -> None:
    assert start(HOLD, folder).stdout.readline() == "held\n"

    def closed(_: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError), document_lock(folder, "dlm", closed):
        pass


@pytest.mark.usefixtures("permissions")
def test_on_a_read_only_home_the_error_says_so(folder: Path) -> None:
    (folder / "synth").mkdir(parents=True)
    (folder / "synth").chmod(0o555)
    with (
        pytest.raises(StoreError, match=r"cannot lock .*: Permission denied"),
        document_lock(folder, "dlm", never),
    ):
        pass
    (folder / "synth").chmod(0o755)


async def test_while_one_task_waits_for_the_lock_the_others_go_on(folder: Path, start) -> None:
    holder = start(HOLD, folder)
    assert holder.stdout.readline() == "held\n"
    waiting = asyncio.Event()
    messages = []

    def on_wait(message: str) -> None:
        messages.append(message)
        waiting.set()

    async def work() -> bool:
        async with shared_document_lock(folder, "dlm-lsp", on_wait):
            return (folder / "synth/done").exists()

    async with asyncio.timeout(10):
        task = asyncio.create_task(work())
        await waiting.wait()
        holder.stdin.write("\n")
        holder.stdin.flush()
        assert await task
    (message,) = messages
    assert message.startswith("waiting for `dlm synth instructions notes.dlm`")
    assert f"(process {holder.pid}, since 2" in message


async def test_who_waits_long_in_a_task_is_told_once(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(lock, "_GRACE", 0.0)
    messages = []
    tries = 0
    acquired = lock._Lock.acquired

    def the_fifth_time(self: lock._Lock, timeout: float) -> bool:
        nonlocal tries
        tries += 1
        return tries == 5 and acquired(self, timeout)

    monkeypatch.setattr(lock._Lock, "acquired", the_fifth_time)
    async with shared_document_lock(folder, "dlm-lsp", messages.append):
        assert tries == 5
    assert messages == ["waiting for another process, which holds this document"]


async def test_a_free_lock_is_taken_in_a_task_without_a_word_again_and_again(folder: Path) -> None:
    for _ in range(2):
        async with shared_document_lock(folder, "dlm-lsp", never):
            assert json.loads((folder / "synth/lock.json").read_text())["command"] == "dlm-lsp"
        assert not (folder / "synth/lock.json").exists()


async def test_two_tasks_of_one_process_hold_the_lock_one_after_the_other(folder: Path) -> None:
    inside = []
    waiting = asyncio.Event()

    async def work(name: str) -> None:
        async with shared_document_lock(folder, name, lambda _: waiting.set()):
            inside.append(f"{name} in")
            if name == "first":
                await waiting.wait()
            inside.append(f"{name} out")

    async with asyncio.timeout(10):
        await asyncio.gather(work("first"), work("second"))
    assert inside == ["first in", "first out", "second in", "second out"]


async def test_a_lock_is_let_go_when_the_work_of_a_task_fails(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with shared_document_lock(folder, "dlm-lsp", never):
            raise ZeroDivisionError
    with document_lock(folder, "dlm", never):
        pass


async def test_a_task_that_is_cancelled_while_it_waits_leaves_the_lock_to_others(
    folder: Path, start
) -> None:
    holder = start(HOLD, folder)
    assert holder.stdout.readline() == "held\n"
    waiting = asyncio.Event()

    async def work() -> None:
        async with shared_document_lock(folder, "dlm-lsp", lambda _: waiting.set()):
            pytest.fail("the lock was taken")

    async with asyncio.timeout(10):
        task = asyncio.create_task(work())
        await waiting.wait()
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()
    holder.communicate("\n")
    with document_lock(folder, "dlm", never):
        assert (folder / "synth/done").exists()


@pytest.mark.usefixtures("permissions")
async def test_on_a_read_only_home_a_task_is_told_so_too(folder: Path) -> None:
    (folder / "synth").mkdir(parents=True)
    (folder / "synth").chmod(0o555)
    with pytest.raises(StoreError, match=r"cannot lock .*: Permission denied"):
        async with shared_document_lock(folder, "dlm-lsp", never):
            pass
    (folder / "synth").chmod(0o755)


def test_who_holds_a_store_can_be_asked_without_a_lock_and_makes_nothing(folder: Path) -> None:
    assert lock_holder(folder) is None
    assert not folder.exists()
    with document_lock(folder, "dlm train", never):
        assert lock_holder(folder).startswith(f"`dlm train` (process {os.getpid()}, since ")
    assert lock_holder(folder) is None


def test_a_process_that_was_killed_holds_nothing(folder: Path, start) -> None:
    holder = start(HOLD, folder)
    assert holder.stdout.readline() == "held\n"
    assert "dlm synth instructions notes.dlm" in lock_holder(folder)
    holder.kill()
    holder.wait()
    assert lock_holder(folder) is None
