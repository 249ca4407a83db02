"""Reliability page: each promise names tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)


@pytest.mark.parametrize(("file", "test"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_a_named_test_is_there(file, test):
    assert f"def {test}" in (ROOT / file).read_text(encoding="utf-8")


def test_every_promise_names_a_test():
    promises = re.findall(r"^\| ([^|]+) \| (`tests/.*) \|$", PAGE, re.MULTILINE)
    rows = PAGE.partition("| promise | tests |\n|---|---|\n")[2].partition("\n\n")[0].split("\n")
    assert len(promises) == len(rows) > 10
