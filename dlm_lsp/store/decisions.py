"""Decisions: what the user made of each pair in a review, and which pairs not to offer again."""

from collections.abc import Iterable, Mapping
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
from dlm_lsp.store.store_database import STORE_DATABASE, store_database

DecisionKind = Literal["accepted", "rejected"]

_INSERT = "INSERT OR REPLACE INTO decisions (section_id, decision, at, pair) VALUES (?, ?, ?, ?)"
_SELECT = "SELECT section_id, decision, at, pair FROM decisions ORDER BY rowid"


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of the pair with the id `section_id`, at a time (ISO-8601, UTC).

    `pair` is a rejected one as JSON, by which it can be taken after all; a pair that was accepted
    stands in its document.
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


def record_decisions(folder: Path, decisions: Iterable[Decision]) -> None:
    """Keep decisions, all or none; of two about one pair the later one counts.

    Raises:
        StoreError: they cannot be written.
    """
    if rows := [astuple(decision) for decision in decisions]:
        write_rows(store_database(folder), STORE_DATABASE, (_INSERT, rows))


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
