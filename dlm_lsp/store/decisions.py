"""Decisions: what the user made of each pair in a review, and which pairs not to offer again."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

from dlm_lsp.store.database import (
    as_store_error,
    has_table,
    open_for_reading,
    write_rows,
)
from dlm_lsp.store.ledger import LedgerEntry, ledger_write
from dlm_lsp.store.store_database import STORE_DATABASE, store_database

DecisionKind = Literal["accepted", "rejected"]

_INSERT = "INSERT OR REPLACE INTO decisions (section_id, decision, at, pair) VALUES (?, ?, ?, ?)"
_SELECT = "SELECT section_id, decision, at, pair FROM decisions ORDER BY rowid"


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of the pair with the id `section_id`, at a time (ISO-8601, UTC).

    `pair` is it as JSON, by which it can be taken where it stands nowhere any more.
    """

    section_id: str
    decision: DecisionKind
    at: str
    pair: str | None = None


def decisions_of(folder: Path) -> Mapping[str, Decision]:
    """Return the decisions kept in a store folder by the ids of their pairs, the oldest first.

    Raises:
        StoreError: they cannot be read.
    """
    path = store_database(folder)
    connection = open_for_reading(path, STORE_DATABASE)
    if connection is None:
        return {}
    with as_store_error(path), closing(connection):
        rows = connection.execute(_SELECT) if has_table(connection, "decisions") else ()
        return {row[0]: Decision(*row) for row in rows}


def record_decisions(
    folder: Path, decisions: Iterable[Decision], entries: Iterable[LedgerEntry] = ()
) -> None:
    """Keep decisions, and the ledger entries of what they put in, all or none.

    Of two about one pair the later one counts.

    Raises:
        StoreError: they cannot be written.
    """
    if rows := [astuple(decision) for decision in decisions]:
        writes = (_INSERT, rows), ledger_write(entries)
        write_rows(store_database(folder), STORE_DATABASE, *writes)


def restore_decisions(folder: Path, ids: Collection[str], before: Mapping[str, Decision]) -> None:
    """Make what was decided about the pairs with these ids what it was before.

    Raises:
        StoreError: the decisions cannot be written.
    """
    rows = [astuple(before[id_]) for id_ in ids if id_ in before]
    gone = [(id_,) for id_ in ids if id_ not in before]
    writes = (_INSERT, rows), ("DELETE FROM decisions WHERE section_id = ?", gone)
    write_rows(store_database(folder), STORE_DATABASE, *writes)


def rejected_ids(folder: Path) -> frozenset[str]:
    """Return the ids of the pairs that the user has rejected.

    Raises:
        StoreError: the decisions cannot be read.
    """
    return frozenset(
        decision.section_id
        for decision in decisions_of(folder).values()
        if decision.decision == "rejected"
    )
