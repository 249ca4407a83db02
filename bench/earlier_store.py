"""Earlier store: a file for the replies and one for the ledger, to measure against."""

import sqlite3
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

from filelock import FileLock

from dlm_lsp.store.files import replace_file
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.store.replies import reply_key
from dlm_lsp.store.store_database import STORE_DATABASE

_REPLIES, _ENTRIES = STORE_DATABASE.tables


class EarlierReplies:
    """A cache that is made when it is opened, and commits each reply alone."""

    def __init__(self, folder: Path) -> None:
        self._connection = _opened(folder / "synth" / "replies.sqlite", _REPLIES, wal=True)

    def __enter__(self) -> "EarlierReplies":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    async def put_grouped(self, teacher: str, fingerprint: str, payload: str) -> None:
        """Put a reply, on the event loop."""
        self._connection.execute("BEGIN IMMEDIATE")
        row = reply_key(teacher, fingerprint), payload.encode()
        self._connection.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", row)
        self._connection.execute("COMMIT")


def add_to_earlier_ledger(folder: Path, entry: LedgerEntry) -> None:
    """Add an entry to a ledger in a file of its own."""
    with closing(_opened(folder / "synth" / "ledger.sqlite", _ENTRIES, wal=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(entry)
        )
        connection.execute("COMMIT")


def _opened(path: Path, table: str, *, wal: bool) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with (
            FileLock(path.with_suffix(".lock")),
            closing(sqlite3.connect(":memory:")) as connection,
        ):
            connection.execute(table)
            connection.execute("PRAGMA application_id = 7")
            image = bytearray(connection.serialize())
            if wal:
                image[18:20] = b"\x02\x02"
            replace_file(path, bytes(image))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA application_id = 7")
    return connection
