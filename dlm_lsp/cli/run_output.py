"""Run output: what a synthesis of a document came to, as text and as JSON."""

from dataclasses import asdict
from typing import Any

from dlm_lsp.api.synthesis import DocumentSynthesis, SavedPairs
from dlm_lsp.cli.apply import insertion_json, print_insertion
from dlm_lsp.cli.output import escape_line, pluralize, print_notice, print_result
from dlm_lsp.synth.report import Candidate, Refusal, Report


def run_json(run: DocumentSynthesis) -> dict[str, Any]:
    """Return what a run came to and where its pairs went, as `--json` prints it."""
    return {**_run_json(run), **_saved_json(run.saved)}


def _saved_json(saved: SavedPairs) -> dict[str, Any]:
    value: dict[str, Any] = {"staged": [section.id for section in saved.staged]}
    if saved.failure:
        value["error"] = saved.failure
    if saved.insertion:
        return {**value, **insertion_json(saved.insertion)}
    return {**value, "added": [], "already_present": [], "left_staged": []}


def print_saved(run: DocumentSynthesis) -> None:
    """Print where the accepted pairs went."""
    path, saved = escape_line(run.path), run.saved
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
            f"`dlm synth list {path}` shows them, `dlm synth apply {path}` puts them in."
        )
    elif run.result.sections:
        print_result("\nsynth: dry-run only, nothing is staged.")


def print_run(run: DocumentSynthesis) -> None:
    """Print what a run accepted, skipped and refused, and what it cost."""
    report = run.report
    print_result(f"synth plan: {len(report.accepted)} add, {len(report.skipped)} skip\n")
    if report.accepted:
        print_result("=== additions ===")
    for candidate in report.accepted:
        print_result(
            f"\n+ ::instruction:: [section_id={candidate.id} source={candidate.source_id} "
            f"teacher={run.result.teacher} strategy={candidate.strategy}]"
        )
        print_result(f"  q: {_shortened(candidate.pair.question)}")
        print_result(f"  a: {_shortened(candidate.pair.answer)}")
        if candidate.verdict and not candidate.verdict.verified:
            print_result(f"  unverified: {_shortened(candidate.verdict.detail)}")
    if report.skipped:
        print_result("\n=== skipped ===")
    for skip in report.skipped:
        print_result(f"- {skip.source_id} [{skip.strategy or '-'}]: {skip.reason} ({skip.detail})")
    print_result("\n" + _filter_line(report))
    if report.refused:
        print_result("\n=== filtered ===")
    for refusal in report.refused:
        print_result(f"- {_shortened(refusal.question)}: {refusal.reason} ({refusal.detail})")
    print_result("\n" + _usage_line(run))
    if not report.accepted:
        print_result(
            "\nno synth additions accepted: the reasons stand above; nothing new is staged."
        )
        if cached := report.usage.from_cache:
            came = "1 reply came" if cached == 1 else f"{cached} replies came"
            print_result(f"{came} from the cache; `--fresh` asks again.")


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
        f"synth usage: {pluralize(usage.requests, 'request')}, {usage.from_cache} from the cache"
        f"{tokens}, {usage.seconds:.1f} s{judge}"
    )


def _shortened(text: str, most: int = 100) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _run_json(run: DocumentSynthesis) -> dict[str, Any]:
    report = run.report
    return {
        "path": str(run.path),
        "error": report.failure,
        "stopped": report.stopped,
        "teacher": run.result.teacher,
        "judge": run.result.judge,
        "notes": [*run.result.notes, *report.notices],
        "judged_by": run.result.judged_by,
        "verifier": run.result.verifier,
        "why_unverified": run.result.why_unverified,
        "estimate": asdict(run.result.estimate),
        "filter": report.filter,
        "generated": report.generated,
        "dedup": report.dedup,
        "judge_passed": report.judge_passed,
        "threshold": report.threshold,
        "verified": report.verified,
        "accepted": [_accepted(candidate) for candidate in report.accepted],
        "refused": [_refused(refusal) for refusal in report.refused],
        "skipped": [asdict(skip) for skip in report.skipped],
        "spent": asdict(report.usage),
    }


def _accepted(candidate: Candidate) -> dict[str, Any]:
    return {
        "section_id": candidate.id,
        "source_section_id": candidate.source_id,
        "strategy": candidate.strategy,
        "question": candidate.pair.question,
        "answer": candidate.pair.answer,
        "evidence": candidate.evidence,
        "margin": candidate.margin,
        "verdict": candidate.verdict and asdict(candidate.verdict),
    }


def _refused(refusal: Refusal) -> dict[str, Any]:
    return asdict(refusal)
