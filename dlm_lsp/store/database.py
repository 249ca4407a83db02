"""SQLite database: how a file of the store is opened, and what its errors mean.

A database is one file: no write-ahead log, which a reader would have to make and a network file
system cannot share. The first write makes it, so that nothing to store means no file.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dlm_lsp.errors import StoreError
from dlm_lsp.store.files import make_folder, sync_folder
from dlm_lsp.store.looking import exists, is_regular_file
from dlm_lsp.store.os_reason import os_reason
from dlm_lsp.store.temporary import open_temporary

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

    The statements for the tables run before each write, so that a database of an earlier version
    gets those that it has not: they are of the form `CREATE TABLE IF NOT EXISTS`.
    """

    name: str
    application_id: int
    tables: tuple[str, ...]


Rows = Sequence[Sequence[object]]
Write = tuple[str, Rows]
"""A statement, and the rows that it is run for."""


def write_rows(path: Path, kind: DatabaseKind, *writes: Write) -> None:
    """Run statements for each of their rows, all or none, and be done with the database.

    Raises:
        StoreError: it cannot be written, is damaged, or is of another kind.
    """
    if not made_with(path, kind, *writes):
        with closing(open_database(path, kind)) as connection:
            write_into(connection, path, kind, *writes)


def made_with(path: Path, kind: DatabaseKind, *writes: Write) -> bool:
    """Make a database with its first rows in one step, and tell whether that was possible.

    It is not where one is there. This takes fewer waits for the disk than a transaction does.

    Raises:
        StoreError: the folder cannot be made, or the statement is wrong.
    """
    make_folder(path.parent)
    with as_store_error(path), closing(sqlite3.connect(":memory:")) as connection:
        if exists(path):
            return False
        connection.deserialize(_empty_image(kind))
        for statement, rows in writes:
            connection.executemany(statement, rows)
        connection.commit()
        image = connection.serialize()
    # What stands in the way here, such as a disk that is full or another process that was first, a
    # transaction meets too.
    with suppress(OSError), open_temporary(path.parent, 0o666) as (temporary, stream):
        stream.write(image)
        stream.flush()
        os.fsync(stream.fileno())
        path.hardlink_to(temporary)
        sync_folder(path.parent)
        return True
    return False


@cache
def _empty_image(kind: DatabaseKind) -> bytes:
    """Return the bytes of a database with its tables and nothing in them."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for table in kind.tables:
            connection.execute(table)
        connection.execute(f"PRAGMA application_id = {kind.application_id}")
        connection.commit()
        return connection.serialize()


def open_database(path: Path, kind: DatabaseKind) -> sqlite3.Connection:
    """Open a database for `write_into`, which makes it where it is missing.

    Raises:
        StoreError: it cannot be opened, is damaged, or is of another kind.
    """
    make_folder(path.parent)
    with as_store_error(path):
        return _connect(path, kind, "rwc")


def open_for_reading(path: Path, kind: DatabaseKind) -> sqlite3.Connection | None:
    """Open a database that is there already; return None where it is not, and make nothing.

    Raises:
        StoreError: it cannot be read, is damaged, or is of another kind.
    """
    with as_store_error(path):
        if not exists(path):
            return None
        connection = _connect(path, kind, _reading_mode(path, kind))
        if _is_empty(connection):
            connection.close()
            return None
        return connection


def write_into(
    connection: sqlite3.Connection, path: Path, kind: DatabaseKind, *writes: Write
) -> None:
    """Run statements for each of their rows, all or none, in the open database at `path`.

    They are durable on return.

    Raises:
        StoreError: it cannot be written.
    """
    with as_store_error(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _is_empty(connection):
                connection.execute(f"PRAGMA application_id = {kind.application_id}")
            for table in kind.tables:
                connection.execute(table)
            for statement, rows in writes:
                connection.executemany(statement, rows)
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Tell whether an open database has a table: an earlier version may have made it without."""
    query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    return connection.execute(query, (name,)).fetchone() is not None


def check_writable(path: Path) -> None:
    """Check that a database can be written, or made where it is not there, and change nothing.

    Raises:
        StoreError: it, or the folder that it is or would be in, is read-only.
    """
    by_effective_id = os.access in os.supports_effective_ids
    with as_store_error(path):
        folder = next(place for place in path.parents if exists(place))
        for place, right in ((folder, os.W_OK | os.X_OK), (path, os.W_OK)):
            if exists(place) and not os.access(place, right, effective_ids=by_effective_id):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


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


def _connect(path: Path, kind: DatabaseKind, mode: str) -> sqlite3.Connection:
    if exists(path) and not is_regular_file(path):
        raise StoreError(f"{path} is no {kind.name}; {_AWAY}")
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        timeout=_WAIT,
        isolation_level=None,
        check_same_thread=False,
        uri=True,
    )
    try:
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        if owner != kind.application_id and not _is_empty(connection):
            raise StoreError(f"{path} is no {kind.name}; {_AWAY}")
        # Less would let a power failure bring the journal back, which takes the last commit away.
        connection.execute("PRAGMA synchronous = EXTRA")
    except BaseException:
        connection.close()
        raise
    return connection


def _reading_mode(path: Path, kind: DatabaseKind) -> str:
    if not kind.tables and not any(
        exists(path.with_name(f"{path.name}{suffix}")) for suffix in ("-wal", "-journal")
    ):
        # Nobody writes these any more. Else SQLite makes files beside one with a write-ahead log
        # while it is open, and cannot open it in a folder that is read-only.
        return "ro&immutable=1"
    # Not "ro": what a killed writer left half done must be rolled back to be read.
    return "rw"


def _is_empty(connection: sqlite3.Connection) -> bool:
    """Tell whether it has no tables yet: its maker was killed, or is the caller."""
    (version,) = connection.execute("PRAGMA schema_version").fetchone()
    return bool(version == 0)
