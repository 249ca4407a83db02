"""Pair tables: the rows of Markdown tables in a reply, as records under the names of columns."""

import re
from collections.abc import Iterator

_RULE = re.compile(r"\s*+\|?\s*+:?-+:?\s*+(?:\|\s*+:?-+:?\s*+)*+\|?\s*+")
_CELL = re.compile(r"((?:[^|\\]|\\.)*+\\?)(?:\||\Z)", re.DOTALL)


def table_records(text: str, *, cut: bool) -> list[dict[str, str]]:
    """Return the rows of every table; the last line of a reply that was `cut` is none."""
    lines = text.split("\n")
    if cut:
        lines = lines[:-1]
    return list(_records(lines))


def _records(lines: list[str]) -> Iterator[dict[str, str]]:
    names: list[str] = []
    for number, line in enumerate(lines):
        if "|" not in line:
            names = []
        elif _RULE.fullmatch(line):
            heads = _cells(lines[number - 1]) if number else []
            # Columns without a name are as good as others.
            names = [head or f"({place})" for place, head in enumerate(heads)]
        elif len(names) > 1 and len(cells := _cells(line)) == len(names):
            yield dict(zip(names, cells, strict=True))


def _cells(line: str) -> list[str]:
    """Return the cells of a row, in which a vertical bar is escaped."""
    row = line.strip().removeprefix("|")
    cells = [cell[1].strip().replace("\\|", "|") for cell in _CELL.finditer(row)]
    # Behind the last bar there is none.
    return cells[:-1] if cells and not cells[-1] else cells
