"""Provenance ledger: where each accepted pair came from and why it was accepted."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from dlm_lsp.store.database import (
    DatabaseKind,
    Write,
    as_store_error,
    open_for_reading,
    write_rows,
)
from dlm_lsp.store.store_database import (
    EARLIER_LEDGER,
    STORE_DATABASE,
    earlier_ledger,
    store_database,
)

_COLUMNS = (
    "section_id, source_section_id, teacher, strategy, synth_at, run_id, evidence, margin, judge"
)
_VALUES = attrgetter(*_COLUMNS.split(", "))
_INSERT = f"INSERT OR REPLACE INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The provenance of one section: its source, its teacher, and what spoke for it.

    `evidence` is the passage it rests on, `margin` what the judge gave it (mean log-probability
    per token above the baseline); None where there was none.
    """

    section_id: str
    source_section_id: str
    teacher: str
    strategy: str
    synth_at: str
    run_id: str
    evidence: str | None = None
    margin: float | None = None
    judge: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries kept in one store folder; reading makes no file."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file that entries are added to."""
        return store_database(self.folder)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that hold the entries, where they are there."""
        return earlier_ledger(self.folder), self.path

    def add(self, entries: Iterable[LedgerEntry]) -> None:
        """Keep entries, all or none; those of earlier runs stay, which tell what they wrote.

        Raises:
            StoreError: the ledger cannot be written, is damaged, or is no ledger.
        """
        write = ledger_write(entries)
        if write[1]:
            write_rows(self.path, STORE_DATABASE, write)

    def of(self, section_id: str) -> LedgerEntry | None:
        """Return the newest entry of a section, None where there is none.

        Raises:
            StoreError: the ledger cannot be read, is damaged, or is no ledger.
        """
        found = self._select("WHERE section_id = ? ORDER BY rowid", section_id)
        return found[-1] if found else None

    def all(self) -> tuple[LedgerEntry, ...]:
        """Return every entry, the oldest first.

        Raises:
            StoreError: the ledger cannot be read, is damaged, or is no ledger.
        """
        return self._select("ORDER BY rowid")

    def _select(self, clause: str, *values: str) -> tuple[LedgerEntry, ...]:
        earlier, now = self.files
        return (
            *_select_in(earlier, EARLIER_LEDGER, clause, values),
            *_select_in(now, STORE_DATABASE, clause, values),
        )


def ledger_write(entries: Iterable[LedgerEntry]) -> Write:
    """Return how entries are added to the ledger, for a transaction that does more than that."""
    return _INSERT, [_VALUES(_encodable(entry)) for entry in entries]


def _select_in(
    path: Path, kind: DatabaseKind, clause: str, values: Sequence[str]
) -> tuple[LedgerEntry, ...]:
    connection = open_for_reading(path, kind)
    if connection is None:
        return ()
    with as_store_error(path), closing(connection):
        rows = connection.execute(f"SELECT {_COLUMNS} FROM entries {clause}", values)
        return tuple(LedgerEntry(*row) for row in rows)


def _encodable(entry: LedgerEntry) -> LedgerEntry:
    """Return the entry with what UTF-8 cannot hold taken out of the teacher's words."""
    if entry.evidence is None:
        return entry
    return replace(entry, evidence=entry.evidence.encode("utf-8", "replace").decode("utf-8"))
