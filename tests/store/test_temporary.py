import os
import signal
from pathlib import Path

import pytest

from dlm_lsp.store import temporary
from dlm_lsp.store.temporary import open_temporary, remove_leftovers

WRITE = """
import os, sys, pathlib
from dlm_lsp.store.files import replace_file
os.fsync = lambda _: (print("written", flush=True), sys.stdin.readline())
replace_file(pathlib.Path(sys.argv[1]), b"new")
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_temporary_file_is_gone_in_the_end_unless_it_has_another_name(tmp_path: Path) -> None:
    with open_temporary(tmp_path, 0o600) as (path, stream):
        stream.write(b"x")
        assert names(tmp_path) == [path.name]
    assert names(tmp_path) == []
    with open_temporary(tmp_path, 0o600) as (path, stream):
        stream.close()
        path.replace(tmp_path / "notes.dlm")
    assert names(tmp_path) == ["notes.dlm"]


@pytest.mark.posix
def test_what_a_killed_writer_left_is_removed_and_nothing_else(tmp_path: Path, start) -> None:
    file = tmp_path / "notes.dlm"
    file.write_bytes(b"old")
    for name in (".dlm-notes.tmp", ".dlm-0123456789abcdef.tmp.bak", "0123456789abcdef.tmp"):
        (tmp_path / name).touch()
    before = names(tmp_path)
    writer = start(WRITE, file)
    assert writer.stdout.readline() == "written\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert len(names(tmp_path)) == len(before) + 1
    remove_leftovers(tmp_path)
    assert names(tmp_path) == before
    assert file.read_bytes() == b"old"


def test_what_a_live_process_writes_stays(tmp_path: Path, start) -> None:
    file = tmp_path / "notes.dlm"
    writer = start(WRITE, file)
    assert writer.stdout.readline() == "written\n"
    remove_leftovers(tmp_path)
    writer.communicate("\n\n")
    assert (writer.returncode, names(tmp_path)) == (0, ["notes.dlm"])
    assert file.read_bytes() == b"new"


@pytest.mark.posix
def test_a_file_that_is_taken_for_a_leftover_before_it_is_locked_is_made_anew(
    tmp_path: Path, monkeypatch
) -> None:
    lock, taken = temporary._lock, []

    def lock_late(descriptor: int) -> bool:
        if not taken:
            taken.extend(tmp_path.iterdir())
            remove_leftovers(tmp_path)
        return lock(descriptor)

    monkeypatch.setattr(temporary, "_lock", lock_late)
    with open_temporary(tmp_path, 0o600) as (path, _):
        assert names(tmp_path) == [path.name]
        assert taken
        assert path not in taken


@pytest.mark.posix
def test_what_only_has_the_name_of_a_temporary_file_hangs_and_harms_nothing(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    (tmp_path / ".dlm-0000000000000000.tmp").symlink_to(other)
    (tmp_path / ".dlm-0000000000000001.tmp").mkdir()
    os.mkfifo(tmp_path / ".dlm-0000000000000002.tmp")
    remove_leftovers(tmp_path)
    assert other.read_bytes() == b"precious"


def test_a_folder_that_is_not_there_has_no_leftovers(tmp_path: Path) -> None:
    remove_leftovers(tmp_path / "missing")
