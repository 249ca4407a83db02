"""Benchmark runner: the table stands between its markers, and hides nothing."""

import pytest

from bench.figure import Figure, compared
from bench.run import BEGIN, END, PAGE, with_table, worse_than_reference

FIGURES = [
    compared("parsing", "ms", 6.77, 25.9, 1 / 3),
    compared("one section", "ms", 4000, 1250),
]
TABLE = """
| what (2 cores) | unit | ours | reference | ours / reference | asked | met |
|---|---|---:|---:|---:|---|---|
| parsing | ms | 6.77 | 25.9 | 0.26 | at most 0.33 | yes |
| one section | ms | 4,000 | 1,250 | 3.2 | at most 1 | **no** |

Slower or larger than the reference: one section.

"""


def test_the_table_replaces_what_stands_between_the_markers_and_no_byte_beside_them() -> None:
    text = f"before\n{BEGIN}| an older table |\n{END}after\r\n"
    assert with_table(text, FIGURES) == f"before\n{BEGIN}{TABLE}{END}after\r\n"


def test_a_table_that_is_written_again_stands_there_once() -> None:
    once = with_table(f"{BEGIN}{END}", FIGURES)
    assert with_table(once, FIGURES) == once


@pytest.mark.parametrize(
    "text", ["", BEGIN, END, END + BEGIN, BEGIN + BEGIN + END, BEGIN + END + END]
)
def test_a_text_without_the_two_markers_is_refused(text: str) -> None:
    with pytest.raises(SystemExit, match="no place for the table"):
        with_table(text, FIGURES)


def test_the_page_has_the_markers() -> None:
    with_table(PAGE.read_text(encoding="utf-8"), FIGURES)


def test_where_nothing_is_slower_that_is_said() -> None:
    assert worse_than_reference(FIGURES[:1]).endswith("nothing that is measured here.")


def test_what_the_reference_has_not_is_compared_with_nothing() -> None:
    alone = Figure("a run", "ms", 5.0, None, "at most 6", met=True)
    assert alone.ratio is None
    assert worse_than_reference([alone]) == worse_than_reference([])
