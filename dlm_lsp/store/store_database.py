"""Store database: one file holds a document's replies, ledger, reports and decisions.

Earlier versions had a file each for replies and ledger. Those are read as they are and never
written, so that an earlier version still finds what it kept.
"""

from pathlib import Path

from dlm_lsp.store.database import DatabaseKind

STORE_DATABASE = DatabaseKind(
    name="store of a document",
    application_id=0x444C4D53,
    tables=(
        "CREATE TABLE IF NOT EXISTS replies (key BLOB PRIMARY KEY, payload BLOB NOT NULL)",
        """
        CREATE TABLE IF NOT EXISTS entries (
            section_id TEXT NOT NULL,
            source_section_id TEXT NOT NULL,
            teacher TEXT NOT NULL,
            strategy TEXT NOT NULL,
            synth_at TEXT NOT NULL,
            run_id TEXT NOT NULL,
            evidence TEXT,
            margin REAL,
            judge TEXT,
            PRIMARY KEY (section_id, teacher, synth_at)
        )
        """,
        "CREATE TABLE IF NOT EXISTS reports (number INTEGER PRIMARY KEY, payload TEXT NOT NULL)",
        """
        CREATE TABLE IF NOT EXISTS decisions (
            section_id TEXT PRIMARY KEY,
            decision TEXT NOT NULL,
            at TEXT NOT NULL,
            pair TEXT
        )
        """,
    ),
)
EARLIER_REPLIES = DatabaseKind("reply cache", 0x444C4D52, tables=())
EARLIER_LEDGER = DatabaseKind("ledger", 0x444C4D4C, tables=())


def store_database(folder: Path) -> Path:
    """Return where a document's database is, by the folder of its store."""
    return folder / "synth" / "store.sqlite"


def earlier_replies(folder: Path) -> Path:
    """Return where earlier versions kept replies."""
    return folder / "synth" / "replies.sqlite"


def earlier_ledger(folder: Path) -> Path:
    """Return where earlier versions kept the ledger."""
    return folder / "synth" / "ledger.sqlite"
