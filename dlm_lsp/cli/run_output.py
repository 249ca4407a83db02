"""Run output: what a synthesis of a document came to, as text and as JSON."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from typing import Any

from dlm_lsp.api.documents import load_document
from dlm_lsp.api.synthesis import DocumentSynthesis, SavedPairs
from dlm_lsp.cli.apply import print_insertion
from dlm_lsp.cli.flags import flag_name
from dlm_lsp.cli.output import (
    escape_line,
    pluralize,
    print_notice,
    print_result,
)
from dlm_lsp.cli.pair_lines import pair_lines
from dlm_lsp.cli.report_json import report_json
from dlm_lsp.cli.terminal_text import Line, print_as, print_lines
from dlm_lsp.errors import StoreError
from dlm_lsp.ide.teacher_name import short_teacher_name
from dlm_lsp.synth.insertion import InsertionPlan
from dlm_lsp.synth.nothing_accepted import why_nothing
from dlm_lsp.synth.refusal_words import reason_in_words
from dlm_lsp.synth.report import Candidate, Report
from dlm_lsp.synth.saved_report import SavedReport
from dlm_lsp.synth.section_places import SectionPlace, place_of, section_places


def run_json(run: DocumentSynthesis) -> dict[str, Any]:
    """Return what a run came to and where its pairs went, as `--json` prints it."""
    saved = SavedReport.of(run.result)
    return {
        "path": str(run.path),
        "estimate": asdict(run.result.estimate),
        **report_json(saved, _places(run)),
        **_saved_json(run.saved),
    }


def _saved_json(saved: SavedPairs) -> dict[str, Any]:
    value: dict[str, Any] = {"staged": [section.id for section in saved.staged]}
    if saved.failure:
        value["error"] = saved.failure
    if saved.insertion:
        return {**value, **_insertion_json(saved.insertion)}
    return {**value, "added": [], "already_present": [], "left_staged": []}


def _insertion_json(insertion: InsertionPlan) -> dict[str, Any]:
    """Return the JSON shape of a placing, by ids: the pairs stand among those accepted."""
    return {
        "added": list(insertion.added),
        "already_present": [section.id for section in insertion.present],
        "left_staged": [
            {"section_id": left.section.id, "reason": left.reason} for left in insertion.unplaced
        ],
    }


def print_saved(run: DocumentSynthesis) -> None:
    """Print where the accepted pairs went."""
    typed, saved = escape_line(shlex.quote(str(run.path))), run.saved
    if saved.failure:
        print_notice(f"dlm: {saved.failure}")
    if saved.insertion:
        print_result()
        print_insertion(run.path, saved.insertion)
    elif saved.staged:
        earlier = saved.waiting - len(saved.staged)
        beside = f", beside {earlier} staged before" if earlier else ""
        print_result(
            f"\nsynth: staged {len(saved.staged)} auto-synth instruction section(s){beside}. "
            f"`dlm synth review {typed}` goes through them, `dlm synth apply {typed}` puts them in."
        )
    elif run.result.sections:
        print_result("\nsynth: dry-run only, nothing is staged.")


def print_run(run: DocumentSynthesis) -> None:
    """Print what a run accepted, skipped and refused, and what it cost."""
    report, places = run.report, _places(run)
    print_result(f"synth plan: {len(report.accepted)} add, {len(report.skipped)} skip\n")
    if report.accepted:
        print_as("heading", "=== additions ===")
    for source_id, group in groupby(report.accepted, attrgetter("source_id")):
        print_as("heading", f"\n{place_of(source_id, places).name}")
        for candidate in group:
            print_lines(_candidate(candidate, run.result.teacher))
    if report.skipped:
        print_as("heading", "\n=== skipped ===")
    for skip in report.skipped:
        name, strategy = place_of(skip.source_id, places).name, skip.strategy or "-"
        why = f"{reason_in_words(skip.reason)} ({skip.detail})"
        print_lines([("plain", f"- {name} [{strategy}]: {why}")])
    print_result("\n" + _filter_line(report))
    if report.refused:
        print_as("heading", "\n=== filtered ===")
    # The commonest reason comes last, next to what is to be done about it.
    counts = Counter(refusal.reason for refusal in report.refused)
    refused = sorted(report.refused, key=lambda refusal: (counts[refusal.reason], refusal.reason))
    for reason, group_of_reason in groupby(refused, attrgetter("reason")):
        print_as("refused", f"{reason_in_words(reason)} ({counts[reason]})")
        for refusal in group_of_reason:
            print_lines(
                [
                    ("plain", f"- q: {_shortened(refusal.question)}"),
                    ("plain", f"  a: {_shortened(refusal.answer)}"),
                    ("quiet", f"  {_shortened(refusal.detail)}"),
                ]
            )
    print_lines([("quiet", "\n" + _usage_line(run))])
    if failed := sum(skip.reason == "request_failed" for skip in report.skipped):
        print_result(
            f"{pluralize(failed, 'request')} failed; the same command asks for these again."
        )
    if not report.accepted:
        cause = why_nothing(report)
        why = cause.worded(_flag) if cause else "the reasons stand above"
        print_result(f"\nno synth additions accepted: {why}; nothing new is staged.")
        if cached := report.usage.from_cache:
            came = "1 reply came" if cached == 1 else f"{cached} replies came"
            print_result(f"{came} from the cache; `--fresh` asks again.")


def _flag(option: str) -> str:
    return f"`{flag_name(option)}`"


def _places(run: DocumentSynthesis) -> Mapping[str, SectionPlace]:
    """Return what the sections of the document of a run are called by now."""
    try:
        return section_places(load_document(run.path).document)
    except StoreError:
        return {}


def _candidate(candidate: Candidate, teacher: str) -> Iterator[Line]:
    facts = [short_teacher_name(teacher), candidate.strategy]
    if candidate.margin is not None:
        facts.append(f"margin {candidate.margin:.2f}")
    yield from pair_lines(
        _shortened(candidate.pair.question),
        _shortened(candidate.pair.answer),
        _shortened(candidate.evidence),
        [*facts, f"id {candidate.id}"],
        "+",
    )
    if candidate.verdict and not candidate.verdict.verified:
        yield "quiet", f"  unverified: {_shortened(candidate.verdict.detail)}"


def _filter_line(report: Report) -> str:
    head = f"synth filter: generated {report.generated}, dedup {report.dedup}, "
    if report.filter == "sway":
        verified = "" if report.verified is None else f", verified {report.verified}"
        return f"{head}judge passed {report.judge_passed}, threshold {report.threshold}{verified}"
    return f"{head}accepted {len(report.accepted)}"


def _usage_line(run: DocumentSynthesis) -> str:
    usage = run.report.usage
    tokens = ""
    if usage.tokens_in is not None or usage.tokens_out is not None:
        tokens = f", {usage.tokens_in or 0:,} tokens in, {usage.tokens_out or 0:,} out"
    if usage.cost is not None:
        tokens += f", {usage.cost}"
    judge = f", judged by {run.result.judged_by}" if run.result.judge else ""
    if run.result.verifier:
        judge += f", verified by {run.result.verifier}"
        if count := len(run.report.unverified):
            judge += f" ({count} accepted unverified)"
    elif run.result.why_unverified:
        judge += f"; not verified: {run.result.why_unverified}"
    return (
        f"synth usage: {pluralize(usage.requests, 'request')}, {usage.from_cache:,} from the cache"
        f"{tokens}, {usage.seconds:.1f} s{judge}"
    )


def _shortened(text: str, most: int = 100) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
