"""Parquet tables: columns keep their types, also those without a value."""

import io

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.training.parquet import check_parquet, parquet_bytes

COLUMNS = {"question": "string", "margin": "float64", "probe": "bool"}


def table_of(rows):
    from pyarrow.parquet import read_table

    return read_table(io.BytesIO(parquet_bytes(rows, COLUMNS)))


def test_rows_read_back_to_the_last_digit():
    rows = [
        {"question": 'Who "is"\n<|im_end|>?', "margin": 0.1234567890123456, "probe": False},
        {"question": "", "margin": None, "probe": True},
    ]
    assert table_of(rows).to_pylist() == rows


def test_a_column_without_a_value_has_its_type():
    table = table_of([{"question": "Who?", "margin": None, "probe": False}])
    assert [str(field.type) for field in table.schema] == ["string", "double", "bool"]


def test_nothing_is_drawn_and_what_was_shown_before_is_shown_after(capfd):
    import datasets

    shown = datasets.are_progress_bars_disabled()
    table_of([{"question": "Who?", "margin": None, "probe": False}])
    assert capfd.readouterr().err == ""
    assert datasets.are_progress_bars_disabled() == shown


def test_where_the_library_is_missing_its_extra_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(StoreError, match=r"\[export\]\S* brings it"):
        check_parquet()
