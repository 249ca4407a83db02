"""Export formats: the shape that each trainer reads, and rows as lines of JSON."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, Literal

from dlm_lsp.synth.exported_pairs import ExportedPair
from dlm_lsp.training.parquet import ColumnType

ExportFormat = Literal["jsonl", "alpaca", "chatml", "sharegpt", "parquet"]

ExportedRow = dict[str, Any]

_TYPES: Mapping[str, ColumnType] = {"margin": "float64", "reviewed": "bool", "probe": "bool"}

# JSON leaves these as they are, but some reader takes them for the end of a line, or a terminal
# for a command.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029]")


def export_row(pair: ExportedPair, format_: ExportFormat) -> ExportedRow:
    """Return a pair in the fields of a format, and beside them where it comes from.

    Alpaca is that of Stanford's data set with a system prompt beside it, ChatML the messages that
    OpenAI, TRL and axolotl read, ShareGPT the conversations that LLaMA-Factory reads.
    """
    # What copies as it goes (`asdict`) takes ten times as long.
    row = {field.name: getattr(pair, field.name) for field in fields(pair)}
    if format_ in ("jsonl", "parquet"):
        return row
    words = {name: row.pop(name) for name in ("question", "answer", "system_prompt")}
    return {**_SHAPES[format_](**words), **row}


def column_types() -> Mapping[str, ColumnType]:
    """Return the columns of the pairs themselves, in their order, each with its type."""
    return {field.name: _TYPES.get(field.name, "string") for field in fields(ExportedPair)}


def _alpaca(question: str, answer: str, system_prompt: str) -> ExportedRow:
    return {"instruction": question, "input": "", "output": answer, "system": system_prompt}


def _chatml(question: str, answer: str, system_prompt: str) -> ExportedRow:
    turns = [("user", question), ("assistant", answer)]
    if system_prompt:
        turns.insert(0, ("system", system_prompt))
    return {"messages": [{"role": role, "content": words} for role, words in turns]}


def _sharegpt(question: str, answer: str, system_prompt: str) -> ExportedRow:
    turns = [("human", question), ("gpt", answer)]
    if system_prompt:
        turns.insert(0, ("system", system_prompt))
    return {"conversations": [{"from": who, "value": words} for who, words in turns]}


_SHAPES: Mapping[str, Callable[..., ExportedRow]] = {
    "alpaca": _alpaca,
    "chatml": _chatml,
    "sharegpt": _sharegpt,
}


def json_lines(rows: Iterable[ExportedRow]) -> str:
    """Return rows as JSON, one a line whatever is in them."""
    return "".join(f"{_json(row)}\n" for row in rows)


def _json(row: ExportedRow) -> str:
    text = json.dumps(row, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
