import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from support.earlier_stores import make_earlier_replies

from dlm_lsp.errors import StoreError
from dlm_lsp.store import database
from dlm_lsp.store.database import (
    DatabaseKind,
    as_store_error,
    check_writable,
    made_with,
    open_database,
    open_for_reading,
    write_into,
    write_rows,
)
from dlm_lsp.store.store_database import EARLIER_REPLIES

TABLES = ("CREATE TABLE IF NOT EXISTS notes (note TEXT)", "CREATE TABLE IF NOT EXISTS others (x)")
KIND = DatabaseKind("box of notes", 0x1234, TABLES)
OTHER = DatabaseKind("box of logs", 0x5678, TABLES)
INSERT = "INSERT INTO notes VALUES (?)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "synth" / "box #1?.sqlite"


def write(path: Path, *notes: str, kind: DatabaseKind = KIND) -> None:
    write_rows(path, kind, (INSERT, [(note,) for note in notes]))


@pytest.fixture(params=["links", "no links"])
def links(request, monkeypatch) -> None:
    """A file system with hard links, and one without."""
    if request.param == "no links":

        def refuse(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(Path, "hardlink_to", refuse)


def read(path: Path) -> Sequence[str] | None:
    connection = open_for_reading(path, KIND)
    if connection is None:
        return None
    with closing(connection):
        return [note for (note,) in connection.execute("SELECT note FROM notes")]


@pytest.mark.usefixtures("links")
def test_what_is_kept_is_there_when_it_is_opened_again_and_is_one_file(path: Path) -> None:
    write(path, "one")
    write(path, "two")
    assert read(path) == ["one", "two"]
    assert list(path.parent.iterdir()) == [path]


def test_a_commit_outlives_a_power_failure(path: Path) -> None:
    with closing(open_database(path, KIND)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


@pytest.mark.usefixtures("links")
@pytest.mark.parametrize("before", [(), ("one",)])
def test_a_row_that_cannot_be_written_costs_all_of_them(path: Path, before) -> None:
    if before:
        write(path, *before)
    with pytest.raises(StoreError, match="binding"):
        write_rows(path, KIND, (INSERT, [("two",), (object(),)]))
    assert (read(path) or []) == [*before]


def test_a_database_is_made_with_its_rows_where_none_is_there(path: Path) -> None:
    assert made_with(path, KIND, (INSERT, [("one",)]))
    assert not made_with(path, KIND, (INSERT, [("two",)]))
    assert read(path) == ["one"]
    assert list(path.parent.iterdir()) == [path]


def test_where_another_process_makes_it_meanwhile_the_rows_are_added(
    path: Path, monkeypatch
) -> None:
    link = Path.hardlink_to

    def link_late(self: Path, target: Path) -> None:
        monkeypatch.undo()
        write(path, "theirs")
        link(self, target)

    monkeypatch.setattr(Path, "hardlink_to", link_late)
    write(path, "ours")
    assert read(path) == ["theirs", "ours"]


def test_where_the_first_transaction_fails_there_is_nothing_to_read_and_the_next_goes_on(
    path: Path,
) -> None:
    with (
        closing(open_database(path, KIND)) as connection,
        pytest.raises(StoreError, match="no such table: lost"),
    ):
        write_into(connection, path, KIND, ("INSERT INTO lost VALUES (?)", [("one",)]))
    assert read(path) is None
    write(path, "one")
    assert read(path) == ["one"]


def test_an_empty_file_is_what_a_killed_maker_leaves_and_is_taken_over(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert read(path) is None
    write(path, "one")
    assert read(path) == ["one"]


def test_reading_makes_nothing(path: Path) -> None:
    assert read(path) is None
    assert not path.parent.exists()


@pytest.mark.usefixtures("permissions")
def test_what_is_in_a_read_only_folder_can_be_read(path: Path) -> None:
    write(path, "one")
    path.chmod(0o444)
    path.parent.chmod(0o555)
    assert read(path) == ["one"]
    path.parent.chmod(0o755)


def test_what_a_killed_writer_left_half_done_is_undone_by_reading(path: Path, start) -> None:
    write(path)
    writer = start(
        "import sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA cache_size = 1')\n"
        "db.execute('BEGIN')\n"
        "db.executemany('INSERT INTO notes VALUES (?)', [('x' * 4000,)] * 100)\n"
        "print('half', flush=True)\n"
        "sys.stdin.read()\n",
        path,
    )
    assert writer.stdout.readline() == "half\n"
    writer.kill()
    writer.wait()
    assert path.with_name(f"{path.name}-journal").exists()
    assert read(path) == []


def make_text(path: Path) -> None:
    path.write_text("this is no database, however long it is\n" * 100)


def make_other_kind(path: Path) -> None:
    write(path, kind=OTHER)


def make_foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    "make",
    [
        make_text,
        make_other_kind,
        make_foreign,
        pytest.param(make_pipe, marks=pytest.mark.posix),
        make_folder,
    ],
)
def test_what_is_no_such_database_is_refused_and_left_alone(path: Path, make) -> None:
    path.parent.mkdir()
    make(path)
    before = path.read_bytes() if path.is_file() else None
    for opening in (open_database, open_for_reading):
        with pytest.raises(StoreError) as refused:
            opening(path, KIND)
        assert str(refused.value).startswith(str(path))
        assert "move it away, a new one is made" in str(refused.value)
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.usefixtures("permissions")
def test_a_database_that_cannot_be_written_is_found_out_before(path: Path) -> None:
    write(path)
    check_writable(path)
    path.chmod(0o444)
    with pytest.raises(StoreError, match="make it and its folder writable"):
        check_writable(path)
    with pytest.raises(StoreError, match="make it and its folder writable"):
        write(path, "one")


@pytest.mark.usefixtures("permissions")
@pytest.mark.parametrize("there", ["database", "its folder", "a folder above"])
def test_a_folder_that_cannot_be_written_is_found_out_before(path: Path, there: str) -> None:
    if there == "database":
        write(path)
    elif there == "its folder":
        path.parent.mkdir()
    folder = path.parent.parent if there == "a folder above" else path.parent
    check_writable(path)
    folder.chmod(0o555)
    with pytest.raises(StoreError, match="Permission denied; make it and its folder writable"):
        check_writable(path)
    folder.chmod(0o755)


def test_to_check_makes_and_changes_nothing(path: Path) -> None:
    check_writable(path)
    assert not path.parent.exists()
    write(path, "one")
    before = path.stat().st_mtime_ns, path.parent.stat().st_mtime_ns
    check_writable(path)
    assert (path.stat().st_mtime_ns, path.parent.stat().st_mtime_ns) == before


@pytest.mark.usefixtures("permissions")
def test_a_folder_that_cannot_be_written_is_an_error(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o555)
    with pytest.raises(StoreError, match="make it and its folder writable"):
        write(path)
    path.parent.chmod(0o755)


@pytest.mark.usefixtures("permissions")
def test_a_folder_that_cannot_be_looked_into_is_an_error(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0)
    with pytest.raises(StoreError, match="Permission denied"):
        open_for_reading(path, KIND)
    path.parent.chmod(0o755)


def test_a_writer_that_takes_too_long_is_named_as_the_reason(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(database, "_WAIT", 0.01)
    with closing(open_database(path, KIND)) as first:
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process is writing it; try again"):
            write(path, "two")


def test_a_full_disk_is_explained(small_disk: Path) -> None:
    path = small_disk / "box.sqlite"
    write(path, "one")
    with pytest.raises(StoreError, match=r"make room on the disk|whether the disk is full"):
        write(path, "x" * 10**6)
    assert read(path) == ["one"]


def test_a_full_disk_on_which_a_database_is_to_be_made_is_explained(small_disk: Path) -> None:
    path = small_disk / "box.sqlite"
    with pytest.raises(StoreError, match=r"make room on the disk|whether the disk is full"):
        write(path, "x" * 10**6)
    assert read(path) is None


def test_the_finer_kinds_of_an_error_have_its_remedy(path: Path) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    with pytest.raises(StoreError, match="see whether the disk is full"), as_store_error(path):
        raise error


def test_processes_that_make_a_database_at_once_all_succeed(path: Path, start) -> None:
    code = (
        "import pathlib, sys\n"
        "from dlm_lsp.store.database import DatabaseKind, write_rows\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "kind = DatabaseKind('box', 0x1234, ('CREATE TABLE IF NOT EXISTS notes (note TEXT)',))\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "for _ in range(20):\n"
        "    write_rows(path, kind, ('INSERT INTO notes VALUES (?)', [(1,)]))\n"
    )
    processes = [start(code, path) for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.wait() for process in processes] == [0] * 4
    assert read(path) == ["1"] * 80


@pytest.mark.usefixtures("permissions")
def test_an_earlier_file_with_a_log_is_read_without_files_beside_it_and_where_it_is_read_only(
    folder: Path,
) -> None:
    path = make_earlier_replies(folder, {("t", "ask"): "reply"})
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        connection = open_for_reading(path, EARLIER_REPLIES)
        with closing(connection):
            assert connection.execute("SELECT count(*) FROM replies").fetchone() == (1,)
            assert list(path.parent.iterdir()) == [path]
    finally:
        path.parent.chmod(0o755)


def test_what_is_in_the_log_of_an_earlier_file_alone_is_read_too(folder: Path) -> None:
    path = make_earlier_replies(folder, {})
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO replies VALUES (x'00', x'00')")
        writer.commit()
        assert path.with_name("replies.sqlite-wal").stat().st_size
        with closing(open_for_reading(path, EARLIER_REPLIES)) as connection:
            assert connection.execute("SELECT count(*) FROM replies").fetchone() == (1,)
