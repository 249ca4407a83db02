"""SQLite database: how a file of the store is opened, and what its errors mean."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.errors import StoreError
from dlm_lsp.store.files import make_folder, replace_file
from dlm_lsp.store.os_reason import os_reason

_WAIT = 30.0
"""Seconds to wait for another process that is writing."""

_AWAY = "move it away, a new one is made"
_WRITABLE = "make it and its folder writable, or set DLM_HOME to a folder that is"
_REMEDIES = {
    sqlite3.SQLITE_BUSY: "another process is writing it; try again when that is done",
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_IOERR: "see whether the disk is full or failing",
    sqlite3.SQLITE_READONLY: _WRITABLE,
    sqlite3.SQLITE_CANTOPEN: _WRITABLE,
    sqlite3.SQLITE_PERM: _WRITABLE,
}


@dataclass(frozen=True, slots=True)
class DatabaseKind:
    """What a database is for: its name in errors, the id in its header, and its tables.

    With `wal`, a reader never waits for a writer; without it, a read-only folder can be read.
    """

    name: str
    application_id: int
    tables: str
    wal: bool


def open_database(path: Path, kind: DatabaseKind) -> sqlite3.Connection:
    """Open a database for writing, made where it is missing; every commit is durable.

    Raises:
        StoreError: it cannot be written, is damaged, or is of another kind.
    """
    make_folder(path.parent)
    with as_store_error(path):
        if not path.exists():
            _make(path, kind)
        connection = _connect(path, kind)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            # A write that changes nothing: what cannot be written says so before anything is paid.
            connection.execute(f"PRAGMA application_id = {kind.application_id}")
        except BaseException:
            connection.close()
            raise
        return connection


def open_for_reading(path: Path, kind: DatabaseKind) -> sqlite3.Connection | None:
    """Open a database that is there already; return None where it is not, and make nothing.

    Raises:
        StoreError: it cannot be read, is damaged, or is of another kind.
    """
    with as_store_error(path):
        return _connect(path, kind) if path.exists() else None


@contextmanager
def as_store_error(path: Path) -> Iterator[None]:
    """Turn what SQLite or the system says about `path` into a StoreError with the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the error, the rest its finer kind; some have no code at all.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise StoreError(f"{path}: {error}; {_REMEDIES.get(code, _AWAY)}") from error
    except OSError as error:
        raise StoreError(f"{path}: {os_reason(error)}; {_WRITABLE}") from error


def _make(path: Path, kind: DatabaseKind) -> None:
    """Make an empty database in memory, then put it in its place in one step.

    SQLite does not wait for a process that is just turning the write-ahead log on, and half-made
    tables look like a foreign file; so nobody ever sees one in the making, nor is one left over.
    """
    from filelock import FileLock

    with FileLock(path.with_suffix(".lock")):
        if path.exists():  # another process was first
            return
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.execute(kind.tables)
            connection.execute(f"PRAGMA application_id = {kind.application_id}")
            image = bytearray(connection.serialize())
        if kind.wal:
            # What `PRAGMA journal_mode = WAL` writes: https://sqlite.org/fileformat2.html, 1.3.3.
            image[18:20] = b"\x02\x02"
        replace_file(path, bytes(image))


def _connect(path: Path, kind: DatabaseKind) -> sqlite3.Connection:
    if not path.is_file():
        raise StoreError(f"{path} is no {kind.name}; {_AWAY}")
    # Not "ro": what a killed writer left half done must be rolled back to be read.
    address = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        address, timeout=_WAIT, isolation_level=None, check_same_thread=False, uri=True
    )
    try:
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        if owner != kind.application_id:
            raise StoreError(f"{path} is no {kind.name}; {_AWAY}")
    except BaseException:
        connection.close()
        raise
    return connection
