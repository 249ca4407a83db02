"""Run progress: of one document its sections, of several how many are done."""

from pathlib import Path

import pytest

from dlm_lsp.cli import output
from dlm_lsp.cli.run_progress import run_progress
from dlm_lsp.document import Pair
from dlm_lsp.synth.events import (
    RequestDone,
    RequestFailed,
    RunFinished,
    RunStarted,
    SectionDone,
    TeacherNotice,
)
from dlm_lsp.synth.report import Candidate, Refusal, Report, Usage


@pytest.fixture(autouse=True)
def plain_output():
    output.err.cache_clear()
    yield
    output.err.cache_clear()


def test_of_one_document_the_sections_are_told(capsys):
    with run_progress(1) as progress:
        progress.show(Path("a.dlm"), RunStarted(2, 2))
        progress.show(Path("a.dlm"), SectionDone("s", 1, 2))
        progress.finish(Path("a.dlm"))
    assert capsys.readouterr().err == "1 of 2 sections: 0 accepted, 0 refused\n"


def test_of_several_documents_each_that_is_done_is_told(capsys):
    with run_progress(3) as progress:
        progress.show(Path("a.dlm"), RunStarted(2, 2))
        progress.show(Path("a.dlm"), SectionDone("s", 1, 2))
        progress.show(Path("a.dlm"), RequestDone("s", "extraction", False, 1000, 200))
        progress.finish(Path("a.dlm"))
        progress.finish(Path("b.dlm"))
    assert capsys.readouterr().err.splitlines() == [
        "1 of 3 documents, a.dlm; so far 0 accepted, 0 refused, 1,200 tokens",
        "2 of 3 documents, b.dlm; so far 0 accepted, 0 refused, 1,200 tokens",
    ]


def test_counts_are_grouped_as_tokens_are(capsys):
    refusal = Refusal("Why?", "So.", "s", "extraction", "not_grounded", "")
    pair = Candidate(Pair("Why?", "So."), "s", "extraction", "So.")
    counts = {"generated": 9000, "dedup": 9000, "judge_passed": 9000, "threshold": 9000}
    found = {"accepted": (pair,) * 3000, "refused": (refusal,) * 6000}
    report = Report(filter="none", **counts, **found, skipped=(), usage=Usage())
    with run_progress(2) as progress:
        progress.show(Path("a.dlm"), RunFinished(report))
        progress.finish(Path("a.dlm"))
    assert "so far 3,000 accepted, 6,000 refused" in capsys.readouterr().err


def test_what_a_server_says_to_all_that_wait_for_it_is_told_once(capsys):
    with run_progress(3) as progress:
        for name in ("a.dlm", "b.dlm"):
            progress.show(Path(name), TeacherNotice("waiting 30 s"))
            progress.show(Path(name), RequestFailed("s", "extraction", "out of time"))
    assert capsys.readouterr().err.splitlines() == [
        "note: waiting 30 s",
        "dlm: a.dlm: out of time",
    ]
