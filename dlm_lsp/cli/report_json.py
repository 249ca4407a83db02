"""Report JSON: what a run came to, as JSON output has it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dlm_lsp.cli.flags import flag_name
from dlm_lsp.synth.nothing_accepted import why_nothing
from dlm_lsp.synth.refusal_words import reason_in_words
from dlm_lsp.synth.report import Candidate, Refusal, Report, Skip
from dlm_lsp.synth.saved_report import SavedReport
from dlm_lsp.synth.section_places import SectionPlace


def report_json(saved: SavedReport, places: Mapping[str, SectionPlace]) -> dict[str, Any]:
    """Return the report of a run as one JSON object, with sections by their headings, too."""
    report = saved.report
    return {
        "error": report.failure,
        "stopped": report.stopped,
        "teacher": saved.teacher,
        "judge": saved.judge,
        "at": saved.at,
        "notes": [*saved.notes, *report.notices],
        "judged_by": saved.judged_by,
        "verifier": saved.verifier,
        "why_unverified": saved.why_unverified,
        "filter": report.filter,
        "generated": report.generated,
        "dedup": report.dedup,
        "judge_passed": report.judge_passed,
        "threshold": report.threshold,
        "verified": report.verified,
        "accepted": [_accepted(candidate, places) for candidate in report.accepted],
        "refused": [_refused(refusal, places) for refusal in report.refused],
        "skipped": [_skipped(skip, places) for skip in report.skipped],
        "cause": _cause(report),
        "spent": asdict(report.usage),
    }


def _accepted(candidate: Candidate, places: Mapping[str, SectionPlace]) -> dict[str, Any]:
    return {
        "section_id": candidate.id,
        "source_section_id": candidate.source_id,
        "heading": _heading(candidate.source_id, places),
        "strategy": candidate.strategy,
        "question": candidate.pair.question,
        "answer": candidate.pair.answer,
        "evidence": candidate.evidence,
        "margin": candidate.margin,
        "verdict": candidate.verdict and asdict(candidate.verdict),
    }


def _refused(refusal: Refusal, places: Mapping[str, SectionPlace]) -> dict[str, Any]:
    heading, words = _heading(refusal.source_id, places), reason_in_words(refusal.reason)
    return {**asdict(refusal), "heading": heading, "reason_in_words": words}


def _skipped(skip: Skip, places: Mapping[str, SectionPlace]) -> dict[str, Any]:
    heading, words = _heading(skip.source_id, places), reason_in_words(skip.reason)
    return {**asdict(skip), "heading": heading, "reason_in_words": words}


def _heading(source_id: str, places: Mapping[str, SectionPlace]) -> str | None:
    place = places.get(source_id)
    return place.name if place else None


def _cause(report: Report) -> dict[str, str] | None:
    cause = why_nothing(report)
    return {"code": cause.code, "message": cause.worded(flag_name)} if cause else None
