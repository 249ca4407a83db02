"""Run results: a sum at the end, and the codes by which the command ends."""

from pathlib import Path

import pytest

from dlm_lsp.api.many_documents import DocumentOutcome
from dlm_lsp.api.synthesis import DocumentSynthesis, SavedPairs
from dlm_lsp.cli import output
from dlm_lsp.cli.run_results import RunResults
from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.synth.estimate import Estimate
from dlm_lsp.synth.pipeline import SynthResult
from dlm_lsp.synth.report import Refusal, Report, Usage
from dlm_lsp.teachers.money import Money

PATHS = [Path("a.dlm"), Path("b.dlm"), Path("c.dlm")]
ESTIMATE = Estimate(0, 0, 0, 0, 0)


@pytest.fixture(autouse=True)
def plain_output():
    output.out.cache_clear()
    output.err.cache_clear()
    yield
    output.out.cache_clear()
    output.err.cache_clear()


def outcome(path: Path, **changes: object) -> DocumentOutcome:
    report = Report(
        filter="dedup-only",
        generated=1,
        dedup=0,
        judge_passed=0,
        threshold=0,
        accepted=(),
        refused=(Refusal("s", "extraction", "Q?", "A.", "duplicate_pair", "it was there"),),
        skipped=(),
        usage=Usage(2, 1, 10, 10, 0.1, Money(250_000, "USD")),
        **changes,
    )
    result = SynthResult("t", None, ESTIMATE, report, (), "2026-01-01T00:00:00Z")
    return DocumentOutcome(path, DocumentSynthesis(path, result, SavedPairs()))


def test_the_sum_over_several_documents_comes_last(capsys):
    results = RunResults(PATHS, "text")
    results.add(outcome(PATHS[0]))
    results.add(DocumentOutcome(PATHS[1], error=StoreError("cannot read b.dlm")))
    results.finish()
    assert capsys.readouterr().out.splitlines()[-1] == (
        "in all: 2 of 3 documents, 1 failed, 0 accepted, 1 refused, 2 requests, 1 from the cache, "
        "$0.25"
    )
    assert results.codes == {1, 3}


def test_of_one_document_there_is_no_sum(capsys):
    results = RunResults(PATHS[:1], "text")
    results.add(outcome(PATHS[0]))
    results.finish()
    assert "in all" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([UsageError("no price")] * 3, 2),
        ([UsageError("no price"), StoreError("no file")], 1),
        ([UsageError("no price"), None], 1),
        ([None], 3),
    ],
)
def test_what_is_wrong_with_the_command_for_every_document_is_a_usage_error(capsys, errors, code):
    results = RunResults(PATHS[: len(errors)], "json")
    for path, error in zip(PATHS, errors, strict=False):
        results.add(outcome(path) if error is None else DocumentOutcome(path, error=error))
    assert results.code == code
    assert len([line for line in capsys.readouterr().err.splitlines() if "no price" in line]) <= 1


def test_a_document_that_nobody_was_asked_about_has_failed_and_says_why_once(capsys):
    results = RunResults(PATHS, "text")
    for path in PATHS:
        results.add(outcome(path, failure="the server refused the key"))
    results.finish()
    printed = capsys.readouterr()
    assert printed.err == "dlm: the server refused the key\n"
    assert "3 documents, 3 failed" in printed.out
