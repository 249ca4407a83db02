from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlm_lsp.errors import StoreError
from dlm_lsp.store.ledger import Ledger, LedgerEntry

ENTRY = LedgerEntry(
    section_id="0123456789abcdef",
    source_section_id="fedcba9876543210",
    teacher="openai:gpt",
    strategy="extraction",
    synth_at="2026-01-02T03:04:05Z",
    run_id="run 1",
    evidence="DGEMM multiplies matrices.",
    margin=0.25,
    judge="hf:gemma-3-270m",
)
BARE = LedgerEntry("00000000000000aa", "fedcba9876543210", "self", "expansion", "then", "run 1")

texts = st.text(st.characters(exclude_categories=["Cs"]))
entries = st.builds(
    LedgerEntry,
    section_id=texts,
    source_section_id=texts,
    teacher=texts,
    strategy=texts,
    synth_at=texts,
    run_id=texts,
    evidence=st.none() | texts,
    margin=st.none() | st.floats(allow_nan=False),
    judge=st.none() | texts,
)


def test_entries_come_back_as_they_were_the_oldest_first(folder: Path) -> None:
    Ledger(folder).add([ENTRY])
    Ledger(folder).add([BARE])
    assert Ledger(folder).all() == (ENTRY, BARE)


def test_an_entry_is_found_by_its_section(folder: Path) -> None:
    Ledger(folder).add([ENTRY, BARE])
    assert Ledger(folder).of(BARE.section_id) == BARE
    assert Ledger(folder).of("ffffffffffffffff") is None


def test_of_a_section_written_twice_the_newest_entry_counts_and_both_runs_stay_known(
    folder: Path,
) -> None:
    newer = replace(ENTRY, run_id="run 2", synth_at="2026-01-03T03:04:05Z")
    Ledger(folder).add([ENTRY])
    Ledger(folder).add([newer])
    assert Ledger(folder).of(ENTRY.section_id) == newer
    assert Ledger(folder).all() == (ENTRY, newer)


@settings(deadline=None, max_examples=50)
@given(st.lists(entries, unique_by=lambda entry: entry.section_id))
def test_any_entries_come_back(tmp_path_factory, added: list[LedgerEntry]) -> None:
    ledger = Ledger(tmp_path_factory.getbasetemp() / "ledger")
    ledger.path.unlink(missing_ok=True)
    ledger.add(added)
    assert ledger.all() == tuple(added)


def test_half_a_surrogate_pair_in_a_quote_costs_no_entry(folder: Path) -> None:
    Ledger(folder).add([replace(ENTRY, evidence="half \ud83d"), BARE])
    assert [entry.evidence for entry in Ledger(folder).all()] == ["half ?", None]


def test_reading_where_nothing_was_kept_finds_nothing_and_makes_nothing(folder: Path) -> None:
    assert Ledger(folder).all() == ()
    assert Ledger(folder).of(ENTRY.section_id) is None
    assert not folder.exists()


@pytest.mark.usefixtures("permissions")
def test_a_read_only_store_can_be_read_but_not_added_to(folder: Path) -> None:
    ledger = Ledger(folder)
    ledger.add([ENTRY])
    ledger.path.chmod(0o444)
    ledger.path.parent.chmod(0o555)
    assert ledger.all() == (ENTRY,)
    with pytest.raises(StoreError, match=r"store\.sqlite: .*make it and its folder writable"):
        ledger.add([BARE])
    ledger.path.parent.chmod(0o755)


def test_on_a_full_disk_all_or_none_are_kept(small_disk: Path) -> None:
    ledger = Ledger(small_disk)
    ledger.add([ENTRY])
    with pytest.raises(StoreError, match=r"store\.sqlite: .*disk"):
        ledger.add([BARE, replace(BARE, section_id="b", evidence="x" * 10**6)])
    assert ledger.all() == (ENTRY,)


def test_a_foreign_file_in_its_place_is_an_error(folder: Path) -> None:
    ledger = Ledger(folder)
    ledger.path.parent.mkdir(parents=True)
    ledger.path.write_bytes(b"my shopping list")
    for use in (ledger.all, lambda: ledger.add([ENTRY])):
        with pytest.raises(StoreError, match="move it away, a new one is made"):
            use()
    assert ledger.path.read_bytes() == b"my shopping list"


def test_a_damaged_ledger_is_an_error_with_the_way_out(folder: Path) -> None:
    ledger = Ledger(folder)
    ledger.add([replace(ENTRY, section_id=f"{n:016x}") for n in range(1000)])
    with ledger.path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xa5" * (ledger.path.stat().st_size - 4096))
    with pytest.raises(StoreError, match=r"store\.sqlite: .*move it away"):
        ledger.all()


def test_an_entry_with_damaged_text_is_an_error_with_the_way_out(folder: Path) -> None:
    ledger = Ledger(folder)
    ledger.add([ENTRY])
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"DGEMM", b"\xff" * 5))
    with pytest.raises(StoreError, match=r"store\.sqlite: .*move it away"):
        ledger.all()
