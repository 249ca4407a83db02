import sqlite3
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.store.decisions import (
    Decision,
    decisions_of,
    record_decisions,
    rejected_ids,
    restore_decisions,
)
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.store_database import store_database

TAKEN = Decision("a" * 16, "accepted", "2026-01-31T09:30:00Z")
DROPPED = Decision("b" * 16, "rejected", "2026-01-31T09:31:00Z", '{"id": "b"}')


def test_decisions_come_back_by_the_ids_of_their_pairs(folder: Path) -> None:
    record_decisions(folder, [TAKEN, DROPPED])
    assert decisions_of(folder) == {TAKEN.section_id: TAKEN, DROPPED.section_id: DROPPED}
    assert rejected_ids(folder) == {DROPPED.section_id}


def test_of_two_decisions_about_a_pair_the_later_counts(folder: Path) -> None:
    record_decisions(folder, [DROPPED])
    later = Decision(DROPPED.section_id, "accepted", "2026-01-31T09:40:00Z")
    record_decisions(folder, [later])
    assert decisions_of(folder) == {DROPPED.section_id: later}
    assert rejected_ids(folder) == frozenset()


def test_decisions_can_be_made_what_they_were_before(folder: Path) -> None:
    record_decisions(folder, [DROPPED])
    before = decisions_of(folder)
    again = Decision(DROPPED.section_id, "accepted", "2026-01-31T09:40:00Z")
    record_decisions(folder, [TAKEN, again])
    restore_decisions(folder, [TAKEN.section_id, DROPPED.section_id], before)
    assert decisions_of(folder) == before


def test_a_decision_and_the_ledger_entry_of_what_it_puts_in_are_kept_together(folder: Path) -> None:
    entry = LedgerEntry("a" * 16, "b" * 16, "t", "extraction", "then", "run")
    record_decisions(folder, [TAKEN], [entry])
    assert Ledger(folder).all() == (entry,)


def test_where_nothing_was_decided_nothing_is_made(folder: Path) -> None:
    record_decisions(folder, [])
    assert decisions_of(folder) == {}
    assert not store_database(folder).exists()


def test_a_store_of_an_earlier_version_has_no_decisions_and_takes_them(folder: Path) -> None:
    Ledger(folder).add([LedgerEntry("a" * 16, "b" * 16, "t", "extraction", "then", "run")])
    with sqlite3.connect(store_database(folder)) as connection:
        connection.execute("DROP TABLE decisions")
    assert decisions_of(folder) == {}
    record_decisions(folder, [TAKEN])
    assert decisions_of(folder) == {TAKEN.section_id: TAKEN}
    assert len(Ledger(folder).all()) == 1


@given(
    st.lists(
        st.builds(
            Decision,
            st.sampled_from(["a" * 16, "b" * 16, "c" * 16]),
            st.sampled_from(["accepted", "rejected"]),
            st.just("2026-01-31T09:30:00Z"),
            st.none() | st.just("{}"),
        )
    )
)
def test_what_counts_is_always_the_last_decision_of_each_pair(tmp_path_factory, made) -> None:
    folder = tmp_path_factory.mktemp("store")
    for decision in made:
        record_decisions(folder, [decision])
    assert decisions_of(folder) == {decision.section_id: decision for decision in made}
