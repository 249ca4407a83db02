"""The tree of errors, and its docstring, which is its documentation."""

import ast
import pickle
import re
from pathlib import Path

import pytest

from dlm_lsp import errors
from dlm_lsp.errors import DlmError, OptionError

PACKAGE = Path(errors.__file__).parent
CLASSES = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and kind.__module__ == errors.__name__
]
# What a deadline raises inside `teachers/`, which no boundary ever sees, and the failure of a test.
INTERNAL = {
    "OutOfTimeError",
    "UnreadReplyError",
    "OversizedReplyError",
    "EncodedReplyError",
    "ContractError",
    "NoReplyError",
    "NotScoredError",
    "WorkerLostError",
    "NoWorkerError",
}


def drawn() -> dict[str, str]:
    """Return the parent of each class, as the docstring draws the tree."""
    parents: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ((?:│   |    |├── |└── )*)(\w*Error)\b", line):
            depth = len(match[1]) // 4
            above = [*above[:depth], match[2]]
            parents[match[2]] = above[-2] if depth else "Exception"
    return parents


def test_every_class_is_in_the_drawing_below_its_parent():
    assert drawn() == {kind.__name__: kind.__base__.__name__ for kind in CLASSES}
    assert len(CLASSES) > 8


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_says_in_one_sentence_what_it_is(kind):
    summary, *_ = (kind.__doc__ or "").split("\n\n")
    assert re.fullmatch(r"[A-Z][^.\n]+\.", summary)


def test_no_other_exception_is_raised_in_the_package():
    known = {kind.__name__ for kind in CLASSES}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            # A private one does not leave its module.
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                wild = any(re.fullmatch(r"(\w+Error|Exception)", base) for base in bases - known)
                assert not wild or node.name in known | INTERNAL, f"{path}: {node.name}"


def test_an_option_is_told_by_the_name_that_the_reader_knows():
    error = OptionError("threshold", 0.2, "belongs to {other} sway", other="filter")
    assert str(error) == "threshold is 0.2; it belongs to filter sway"
    assert (
        error.worded(lambda name: f"x.{name}") == "x.threshold is 0.2; it belongs to x.filter sway"
    )
    assert isinstance(error, DlmError)


def test_an_option_error_survives_a_pickle():
    error = OptionError("seed", "{x}", "takes {other}", other="filter")
    assert str(pickle.loads(pickle.dumps(error))) == str(error) == "seed is '{x}'; it takes filter"
