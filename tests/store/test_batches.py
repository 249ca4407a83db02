"""Batch records: on disk before anything is sent, and nothing but what is ours taken for it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.errors import StoreError
from dlm_lsp.store.batches import BatchRecords, new_record

KEYS = [bytes([number]) * 32 for number in range(12)]


def test_a_record_comes_back_as_it_was_put(folder: Path) -> None:
    records = BatchRecords(folder)
    record = replace(
        new_record("openai:m", "https://api.example.org/v1", KEYS),
        stage="collected",
        batch_id="batch_1",
        expires_at="2026-01-02T00:00:00Z",
        replies=10,
        failures={"expired": 2},
    )
    records.put(record)
    assert BatchRecords(folder).all() == (record,)


def test_a_later_record_of_a_run_takes_the_place_of_the_earlier(folder: Path) -> None:
    records = BatchRecords(folder)
    record = new_record("openai:m", "https://api.example.org/v1", KEYS)
    records.put(record)
    records.put(replace(record, stage="sent", batch_id="batch_1"))
    assert [each.batch_id for each in records.all()] == ["batch_1"]


def test_what_is_collected_is_not_open(folder: Path) -> None:
    records = BatchRecords(folder)
    sending, sent, collected = (new_record("openai:m", "s", KEYS) for _ in range(3))
    records.put(sending)
    records.put(replace(sent, stage="sent"))
    records.put(replace(collected, stage="collected"))
    assert {record.run_id for record in records.open()} == {sending.run_id, sent.run_id}
    records.remove(sending)
    assert [record.run_id for record in records.open()] == [sent.run_id]


def test_reading_makes_no_file(folder: Path) -> None:
    assert BatchRecords(folder).all() == ()
    assert not BatchRecords(folder).path.exists()


def test_a_damaged_record_is_an_error_with_the_way_out(folder: Path) -> None:
    records = BatchRecords(folder)
    records.put(replace(new_record("openai:m", "s", KEYS), failures={"the reason": 1}))
    records.path.write_bytes(records.path.read_bytes().replace(b'{"the reason"', b'["the reason"'))
    with pytest.raises(StoreError, match="a damaged record; move it away"):
        records.all()


@given(st.integers(0, len(KEYS) - 1))
def test_a_custom_id_leads_back_to_its_key(number: int) -> None:
    record = new_record("openai:m", "s", KEYS)
    assert len(record.custom_id(number)) <= 64
    assert record.key_of(record.custom_id(number)) == KEYS[number]


@given(st.text() | st.integers().map(str))
def test_no_other_text_leads_to_a_key(text: str) -> None:
    record = new_record("openai:m", "s", KEYS)
    ours = {record.custom_id(number) for number in range(len(KEYS))}
    assert record.key_of(text) is None
    for custom_id in (f"{record.run_id}-{text}", f"{text}-0"):
        found = record.key_of(custom_id)
        assert found is None or custom_id in ours or found == KEYS[int(text)]
