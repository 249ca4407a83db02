import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.store import database
from dlm_lsp.store.database import DatabaseKind, as_store_error, open_database, open_for_reading
from dlm_lsp.store.lock import document_lock

KIND = DatabaseKind("box of notes", 0x1234, "CREATE TABLE notes (note TEXT)", wal=False)
LOGGED = DatabaseKind("box of logs", 0x5678, "CREATE TABLE notes (note TEXT)", wal=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "synth" / "box #1?.sqlite"


@pytest.mark.parametrize("kind", [KIND, LOGGED])
def test_what_is_kept_is_there_when_it_is_opened_again(path: Path, kind: DatabaseKind) -> None:
    with closing(open_database(path, kind)) as connection:
        connection.execute("INSERT INTO notes VALUES ('one')")
    with closing(open_database(path, kind)) as connection:
        assert connection.execute("SELECT note FROM notes").fetchall() == [("one",)]
    assert sorted(p.suffix for p in path.parent.iterdir()) == [".lock", ".sqlite"]


def test_commits_are_durable(path: Path) -> None:
    with closing(open_database(path, LOGGED)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.posix
@pytest.mark.parametrize("kind", [KIND, LOGGED])
def test_a_process_that_is_killed_while_it_makes_a_database_leaves_nothing_for_ever(
    path: Path, start, kind: DatabaseKind
) -> None:
    maker = start(
        "import os, pathlib, sys\n"
        "from dlm_lsp.store.database import DatabaseKind, open_database\n"
        "os.fsync = lambda _: (print('half', flush=True), sys.stdin.read())\n"
        "kind = DatabaseKind('box', 9, 'CREATE TABLE notes (x)', wal=sys.argv[2] == 'True')\n"
        "open_database(pathlib.Path(sys.argv[1]), kind)\n",
        path,
        kind.wal,
    )
    assert maker.stdout.readline() == "half\n"
    maker.kill()
    maker.wait()
    assert not path.exists()
    open_database(path, kind).close()
    with document_lock(path.parent.parent, "dlm", print):
        left = {entry.name for entry in path.parent.iterdir()}
    assert left == {path.name, path.with_suffix(".lock").name, "lock", "lock.json"}


def test_reading_makes_nothing(path: Path) -> None:
    assert open_for_reading(path, KIND) is None
    assert not path.parent.exists()


@pytest.mark.usefixtures("permissions")
def test_what_is_in_a_read_only_folder_can_be_read(path: Path) -> None:
    with closing(open_database(path, KIND)) as connection:
        connection.execute("INSERT INTO notes VALUES ('one')")
    path.chmod(0o444)
    path.parent.chmod(0o555)
    connection = open_for_reading(path, KIND)
    assert connection is not None
    with closing(connection):
        assert connection.execute("SELECT note FROM notes").fetchall() == [("one",)]
    path.parent.chmod(0o755)


def test_what_a_killed_writer_left_half_done_is_undone_by_reading(path: Path, start) -> None:
    open_database(path, KIND).close()
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
    connection = open_for_reading(path, KIND)
    assert connection is not None
    with closing(connection):
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)


def make_text(path: Path) -> None:
    path.write_text("this is no database, however long it is\n" * 100)


def make_empty(path: Path) -> None:
    path.touch()


def make_other_kind(path: Path) -> None:
    open_database(path, LOGGED).close()


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
        make_empty,
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
@pytest.mark.parametrize("kind", [KIND, LOGGED])
def test_a_database_that_cannot_be_written_says_so_when_it_is_opened(
    path: Path, kind: DatabaseKind
) -> None:
    open_database(path, kind).close()
    path.chmod(0o444)
    with pytest.raises(StoreError, match="make it and its folder writable"):
        open_database(path, kind)


@pytest.mark.usefixtures("permissions")
def test_a_folder_that_cannot_be_written_is_an_error(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o555)
    with pytest.raises(StoreError, match="Permission denied; make it and its folder writable"):
        open_database(path, KIND)
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
            open_database(path, KIND)


def test_a_full_disk_is_explained(small_disk: Path) -> None:
    path = small_disk / "box.sqlite"
    with (
        closing(open_database(path, KIND)) as connection,
        pytest.raises(StoreError, match=r"make room on the disk|whether the disk is full"),
        as_store_error(path),
    ):
        connection.execute("INSERT INTO notes VALUES (?)", ("x" * 10**6,))


def test_the_finer_kinds_of_an_error_have_its_remedy(path: Path) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    with pytest.raises(StoreError, match="see whether the disk is full"), as_store_error(path):
        raise error


def test_processes_that_open_a_new_database_at_once_all_succeed(path: Path, start) -> None:
    code = (
        "import pathlib, sys\n"
        "from dlm_lsp.store.database import DatabaseKind, open_database\n"
        "kind = DatabaseKind('box', 9, 'CREATE TABLE notes (note TEXT)', wal=True)\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "for _ in range(20):\n"
        "    db = open_database(pathlib.Path(sys.argv[1]), kind)\n"
        "    db.execute('INSERT INTO notes VALUES (1)')\n"
        "    db.close()\n"
    )
    processes = [start(code, path) for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.wait() for process in processes] == [0] * 4
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (80,)
