"""Earlier stores: the files that replies and ledger had before they shared one."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.store.replies import reply_key


def make_earlier_replies(folder: Path, replies: Mapping[tuple[str, str], str]) -> Path:
    """Make a reply cache with a write-ahead log, by teacher and fingerprint."""
    path = folder / "synth" / "replies.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA application_id = 0x444C4D52")
        connection.execute("CREATE TABLE replies (key BLOB PRIMARY KEY, payload BLOB NOT NULL)")
        connection.executemany(
            "INSERT INTO replies VALUES (?, ?)",
            [(reply_key(*of), payload.encode()) for of, payload in replies.items()],
        )
    return path


def make_earlier_ledger(folder: Path, entries: Iterable[LedgerEntry]) -> Path:
    """Make a ledger in a file of its own."""
    path = folder / "synth" / "ledger.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA application_id = 0x444C4D4C")
        connection.execute(
            "CREATE TABLE entries (section_id TEXT NOT NULL, source_section_id TEXT NOT NULL,"
            " teacher TEXT NOT NULL, strategy TEXT NOT NULL, synth_at TEXT NOT NULL,"
            " run_id TEXT NOT NULL, evidence TEXT, margin REAL, judge TEXT,"
            " PRIMARY KEY (section_id, teacher, synth_at))"
        )
        connection.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(astuple, entries)
        )
    return path
