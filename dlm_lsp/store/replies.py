"""Reply cache: what teachers have answered, kept so that no reply is paid for twice."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dlm_lsp.errors import StoreError
from dlm_lsp.store.database import DatabaseKind, as_store_error, open_database
from dlm_lsp.store.group_commit import GroupCommit

_KIND = DatabaseKind(
    name="reply cache",
    application_id=0x444C4D52,
    tables="CREATE TABLE replies (key BLOB PRIMARY KEY, payload BLOB NOT NULL)",
    wal=True,
)


class ReplyCache:
    """The replies kept in one store folder; a context manager, shared safely by processes.

    The request is kept as a hash alone.

    Raises:
        StoreError: the cache cannot be written, is damaged, or is no reply cache.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "synth" / "replies.sqlite"
        self._connection = open_database(self.path, _KIND)
        # Read on the event loop, written in threads.
        self._using = threading.Lock()
        self._group_commit = GroupCommit(self.put_by_key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

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
        with self._using, as_store_error(self.path):
            row = self._connection.execute(
                "SELECT payload FROM replies WHERE key = ?", (key,)
            ).fetchone()
        if row is None:
            return None
        try:
            return bytes(row[0]).decode("utf-8", "surrogatepass")
        except (TypeError, UnicodeDecodeError) as error:
            raise StoreError(
                f"{self.path}: a damaged reply; move it away, a new one is made"
            ) from error

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
        with self._using, as_store_error(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?)", rows)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise


def reply_key(teacher: str, fingerprint: str) -> bytes:
    """Return the key of a reply: a hash, from which nothing of the request can be told."""
    return hashlib.sha256(json.dumps([teacher, fingerprint]).encode("ascii")).digest()
