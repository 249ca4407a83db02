import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.store.finished_runs import MOST_REPORTS, record_run, reports_of
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.store_database import store_database

ENTRY = LedgerEntry("a" * 16, "b" * 16, "self", "extraction", "2026-01-31T09:30:00Z", "run")


def test_a_run_adds_its_entries_and_its_report(folder: Path) -> None:
    record_run(folder, [ENTRY], "first")
    record_run(folder, [], "second")
    assert reports_of(folder) == ("second", "first")
    assert Ledger(folder).all() == (ENTRY,)


def test_of_the_reports_the_newest_stay_and_of_the_entries_all(folder: Path) -> None:
    for number in range(MOST_REPORTS + 3):
        record_run(folder, [replace(ENTRY, section_id=f"{number:016}")], str(number))
    assert reports_of(folder)[0] == str(MOST_REPORTS + 2)
    assert len(reports_of(folder)) == MOST_REPORTS
    assert len(Ledger(folder).all()) == MOST_REPORTS + 3


def test_a_report_that_cannot_be_written_costs_the_entries_too(folder: Path) -> None:
    record_run(folder, [], "first")
    with pytest.raises(StoreError):
        record_run(folder, [ENTRY], object())
    assert (reports_of(folder), Ledger(folder).all()) == (("first",), ())


def test_where_nothing_ran_there_is_no_report_and_no_file(folder: Path) -> None:
    assert reports_of(folder) == ()
    assert not store_database(folder).exists()


def test_a_store_of_an_earlier_version_has_no_reports(folder: Path) -> None:
    Ledger(folder).add([ENTRY])
    with sqlite3.connect(store_database(folder)) as connection:
        connection.execute("DROP TABLE reports")
    assert reports_of(folder) == ()
