import json
from dataclasses import replace
from pathlib import Path

import pytest

from dlm_lsp.document import Pair
from dlm_lsp.store.finished_runs import record_run
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.store_database import store_database
from dlm_lsp.synth.estimate import Estimate
from dlm_lsp.synth.pipeline import SynthResult
from dlm_lsp.synth.report import Candidate, Refusal, Report, Skip, Usage, Verdict
from dlm_lsp.synth.saved_report import (
    MOST_REFUSED,
    SavedReport,
    last_report,
    save_run,
    saved_reports,
)
from dlm_lsp.teachers.money import Money

SOURCE_ID = "fedcba9876543210"
REPORT = Report(
    filter="sway",
    generated=2,
    dedup=2,
    judge_passed=1,
    threshold=1,
    accepted=(
        Candidate(Pair("Why?", "So."), SOURCE_ID, "extraction", "So it is.", 0.4, Verdict(0.9)),
    ),
    refused=(
        Refusal("When?", "Then.", SOURCE_ID, "extraction", "looping", "again", evidence="Then."),
    ),
    skipped=(Skip("(document)", None, "no_prose", "nothing"),),
    usage=Usage(requests=1, tokens_in=10, tokens_out=20, seconds=1.5, cost=Money(30, "USD")),
    verified=1,
    notices=("slow",),
)


def result(report: Report = REPORT, at: str = "2026-01-31T09:30:00Z") -> SynthResult:
    estimate = Estimate(1, 1, 0, 10, 20)
    return SynthResult("self", "tiny", estimate, report, (), at, ("a note",), "tiny, 0.1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_a_report_comes_back_as_it_was(folder):
    save_run(folder, result())
    assert last_report(folder) == SavedReport.of(result())


def test_the_ledger_gets_what_was_accepted(folder):
    save_run(folder, result())
    (entry,) = Ledger(folder).all()
    assert (entry.evidence, entry.margin, entry.judge) == ("So it is.", 0.4, "tiny")


def test_the_newest_report_comes_first(folder):
    save_run(folder, result())
    save_run(folder, result(at="2026-02-01T00:00:00Z"))
    assert [report.at[:10] for report in saved_reports(folder)] == ["2026-02-01", "2026-01-31"]


def test_a_run_that_got_no_reply_leaves_the_report_before_and_makes_no_file(folder):
    save_run(folder, result(replace(REPORT, usage=Usage())))
    assert last_report(folder) is None
    assert not store_database(folder).exists()


def test_of_very_many_refused_pairs_the_first_are_kept(folder):
    many = REPORT.refused * (MOST_REFUSED + 5)
    save_run(folder, result(replace(REPORT, refused=many)))
    assert len(last_report(folder).report.refused) == MOST_REFUSED


def test_half_a_character_of_a_teacher_costs_no_report(folder):
    broken = replace(REPORT.refused[0], question="What\ud800?")
    save_run(folder, result(replace(REPORT, refused=(broken,))))
    assert last_report(folder).report.refused[0].question == "What??"


@pytest.mark.parametrize("text", ["{}", "no json", json.dumps({"teacher": 5})])
def test_a_report_in_a_shape_that_is_not_known_is_left_out(folder, text):
    save_run(folder, result())
    record_run(folder, [], text)
    assert last_report(folder) is None
    assert len(saved_reports(folder)) == 1
