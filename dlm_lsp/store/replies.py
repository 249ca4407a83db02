"""Reply cache: what teachers have answered, kept so that no reply is paid for twice."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dlm_lsp.errors import StoreError
from dlm_lsp.store.database import (
    DatabaseKind,
    as_store_error,
    check_writable,
    made_with,
    open_database,
    open_for_reading,
    write_into,
)
from dlm_lsp.store.group_commit import GroupCommit
from dlm_lsp.store.store_database import (
    EARLIER_REPLIES,
    STORE_DATABASE,
    earlier_replies,
    store_database,
)

_INSERT = "INSERT OR REPLACE INTO replies VALUES (?, ?)"


class ReplyCache:
    """The replies kept in one store folder; a context manager, shared safely by processes.

    The request is kept as a hash alone. The first reply makes the file.

    Raises:
        StoreError: the cache cannot be written, is damaged, or is no reply cache.
    """

    def __init__(self, folder: Path) -> None:
        self.path = store_database(folder)
        self._sources = _sources(folder)
        self._connections: dict[Path, sqlite3.Connection] = {}
        # Read on the event loop, written in threads.
        self._using = threading.Lock()
        self._group_commit = GroupCommit(self.put_by_key)
        # What cannot be written or is damaged says so before anything is paid.
        check_writable(self.path)
        self._opened(self.path, STORE_DATABASE)

    def close(self) -> None:
        """Let go of the files, once what is being written is."""
        with self._using:
            while self._connections:
                self._connections.popitem()[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def get(self, teacher: str, fingerprint: str) -> str | None:
        """Return what was put for this teacher and fingerprint, None where nothing was.

        Raises:
            StoreError: the cache cannot be read.
        """
        return self.get_by_key(reply_key(teacher, fingerprint))

    def get_by_key(self, key: bytes) -> str | None:
        """Return what was put at this `reply_key`, None where nothing was.

        Raises:
            StoreError: the cache cannot be read.
        """
        with self._using:
            return next(self._found(key), None)

    def put(self, teacher: str, fingerprint: str, payload: str) -> None:
        """Keep a reply, in the place of the one before; it is on disk on return.

        Raises:
            StoreError: the cache cannot be written.
        """
        self.put_by_key([(reply_key(teacher, fingerprint), payload)])

    async def put_grouped(self, teacher: str, fingerprint: str, payload: str) -> None:
        """Keep a reply as `put` does, off the event loop, at once with those that wait beside it.

        A cancellation waits until the reply is on disk.

        Raises:
            StoreError: the cache cannot be written.
        """
        await self._group_commit.add((reply_key(teacher, fingerprint), payload))

    def put_by_key(self, replies: Iterable[tuple[bytes, str]]) -> None:
        """Keep replies at their `reply_key`, all or none; they are on disk on return.

        Raises:
            StoreError: the cache cannot be written.
        """
        # A reply may hold half a surrogate pair; it was paid for all the same.
        rows = [(key, payload.encode("utf-8", "surrogatepass")) for key, payload in replies]
        if not rows:
            return
        with self._using:
            connection = self._connections.pop(self.path, None)
            if not connection and made_with(self.path, STORE_DATABASE, (_INSERT, rows)):
                return
            connection = connection or open_database(self.path, STORE_DATABASE)
            try:
                write_into(connection, self.path, STORE_DATABASE, (_INSERT, rows))
            except BaseException:
                # It may have no tables yet, so that nothing could be read by way of it.
                connection.close()
                raise
            self._connections[self.path] = connection

    def _found(self, key: bytes) -> Iterator[str]:
        """Yield what is at a key, the newest first."""
        for path, kind in self._sources.items():
            connection = self._opened(path, kind)
            if connection is None:
                continue
            with as_store_error(path):
                row = connection.execute(
                    "SELECT payload FROM replies WHERE key = ?", (key,)
                ).fetchone()
            if row is not None:
                yield _text(path, row[0])

    def _opened(self, path: Path, kind: DatabaseKind) -> sqlite3.Connection | None:
        """Return a connection to a file that was there before or has come meanwhile."""
        if path not in self._connections and (connection := open_for_reading(path, kind)):
            self._connections[path] = connection
        return self._connections.get(path)


def count_replies(folder: Path) -> int:
    """Return how many replies are kept in a store folder; reading makes no file.

    Raises:
        StoreError: they cannot be read, are damaged, or are none.
    """
    keys: set[bytes] = set()
    for path, kind in _sources(folder).items():
        connection = open_for_reading(path, kind)
        if connection:
            with as_store_error(path), closing(connection):
                keys.update(key for (key,) in connection.execute("SELECT key FROM replies"))
    return len(keys)


def reply_key(teacher: str, fingerprint: str) -> bytes:
    """Return the key of a reply: a hash, from which nothing of the request can be told."""
    return hashlib.sha256(json.dumps([teacher, fingerprint]).encode("ascii")).digest()


def _sources(folder: Path) -> Mapping[Path, DatabaseKind]:
    """Return the files that replies may be in, those with the newest first."""
    return {store_database(folder): STORE_DATABASE, earlier_replies(folder): EARLIER_REPLIES}


def _text(path: Path, payload: Any) -> str:
    try:
        return str(bytes(payload), "utf-8", "surrogatepass")
    except (TypeError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: a damaged reply; move it away, a new one is made") from error
