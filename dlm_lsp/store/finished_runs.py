"""Finished runs: what each adds to the ledger and reports goes to disk in one step."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from dlm_lsp.store.database import as_store_error, has_table, open_for_reading, write_rows
from dlm_lsp.store.ledger import LedgerEntry, ledger_write
from dlm_lsp.store.store_database import STORE_DATABASE, store_database

MOST_REPORTS = 20
"""How many reports are kept: those of a document that is asked about section by section."""

_INSERT = "INSERT INTO reports (payload) VALUES (?)"
_BOUND = (
    "DELETE FROM reports WHERE number NOT IN "
    "(SELECT number FROM reports ORDER BY number DESC LIMIT ?)"
)


def record_run(folder: Path, entries: Iterable[LedgerEntry], report: str) -> None:
    """Keep the ledger entries and the report of a run, all or none.

    Of the reports the newest are kept, of the entries all.

    Raises:
        StoreError: the store cannot be written.
    """
    path = store_database(folder)
    write_rows(
        path,
        STORE_DATABASE,
        ledger_write(entries),
        (_INSERT, [(report,)]),
        (_BOUND, [(MOST_REPORTS,)]),
    )


def reports_of(folder: Path, most: int = MOST_REPORTS) -> tuple[str, ...]:
    """Return the reports that are kept, the newest first, `most` of them.

    Raises:
        StoreError: they cannot be read.
    """
    path = store_database(folder)
    connection = open_for_reading(path, STORE_DATABASE)
    if connection is None:
        return ()
    with as_store_error(path), closing(connection):
        if not has_table(connection, "reports"):
            return ()
        query = "SELECT payload FROM reports ORDER BY number DESC LIMIT ?"
        return tuple(payload for (payload,) in connection.execute(query, (most,)))
