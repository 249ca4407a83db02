"""Parquet tables: rows of texts, numbers and truths as one file that data set libraries read."""

import importlib.util
import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dlm_lsp.errors import StoreError
from dlm_lsp.install_hint import install_hint

ColumnType = Literal["string", "float64", "bool"]


def check_parquet() -> None:
    """Check that the library is there which writes Parquet.

    Raises:
        StoreError: it is not, with the command that brings it.
    """
    if importlib.util.find_spec("datasets") is None:
        raise StoreError(f"Parquet is written by datasets; `{install_hint('export')}` brings it")


def parquet_bytes(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, ColumnType]) -> bytes:
    """Return rows as a Parquet file; a column has its type also where no row has a value.

    Raises:
        StoreError: the library is not there which writes it.
    """
    check_parquet()
    from datasets import (
        Dataset,
        Features,
        Value,
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    table = Dataset.from_dict(
        {name: [row[name] for row in rows] for name in columns},
        features=Features({name: Value(type_) for name, type_ in columns.items()}),
    )
    file = io.BytesIO()
    shown = not are_progress_bars_disabled()
    disable_progress_bars()
    try:
        table.to_parquet(file)
    finally:
        if shown:
            enable_progress_bars()
    return file.getvalue()
