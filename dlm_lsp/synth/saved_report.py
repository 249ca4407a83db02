"""Saved report: what a run came to, as it is kept in the store and shown again later."""

import json
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from dlm_lsp.store.finished_runs import record_run, reports_of
from dlm_lsp.synth.pipeline import SynthResult
from dlm_lsp.synth.report import Report

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MOST_REFUSED = 1000
"""How many refused pairs of one run are kept."""


@dataclass(frozen=True, slots=True)
class SavedReport:
    """What a run came to, who wrote, judged and verified, and when it ended (ISO-8601, UTC)."""

    teacher: str
    judge: str | None
    at: str
    report: Report
    notes: tuple[str, ...] = ()
    judged_by: str = ""
    verifier: str | None = None
    why_unverified: str = ""

    @staticmethod
    def of(result: SynthResult) -> "SavedReport":
        """Return what is kept of the result of a run."""
        return SavedReport(
            result.teacher,
            result.judge,
            result.at,
            result.report,
            result.notes,
            result.judged_by,
            result.verifier,
            result.why_unverified,
        )


def save_run(folder: Path, result: SynthResult) -> None:
    """Keep what a run came to in a store folder: its ledger entries and its report, in one step.

    Of a run that got no reply nothing is kept, of its refused pairs the first 1,000.

    Raises:
        StoreError: the store cannot be written.
    """
    usage = result.report.usage
    if not usage.requests and not usage.from_cache:
        return
    saved = SavedReport.of(result)
    if len(saved.report.refused) > MOST_REFUSED:
        refused = saved.report.refused[:MOST_REFUSED]
        saved = replace(saved, report=replace(saved.report, refused=refused))
    value = _adapter().dump_python(saved)
    # Half a character, which a teacher may write, is in no UTF-8.
    payload = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    record_run(folder, result.entries, payload)


def saved_reports(folder: Path) -> tuple[SavedReport, ...]:
    """Return the reports that are kept in a store folder, the newest first.

    One that a later version wrote in another shape is left out.

    Raises:
        StoreError: they cannot be read.
    """
    return tuple(report for text in reports_of(folder) if (report := _read(text)))


def last_report(folder: Path) -> SavedReport | None:
    """Return the report of the last run; None where none is kept.

    Raises:
        StoreError: it cannot be read.
    """
    return next((report for text in reports_of(folder, 1) if (report := _read(text))), None)


@lru_cache(maxsize=64)
def _read(text: str) -> SavedReport | None:
    try:
        return _adapter().validate_json(text)
    except ValidationError:
        return None


@cache
def _adapter() -> "TypeAdapter[SavedReport]":
    from pydantic import TypeAdapter

    return TypeAdapter(SavedReport)
