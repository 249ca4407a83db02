"""Synthesis command: `dlm synth instructions` asks, filters, and stages or applies."""

import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from dlm_lsp.api.synthesis import (
    Destination,
    DocumentSynthesis,
    SavedPairs,
    load_for_synthesis,
    run_on_document,
    save_pairs,
)
from dlm_lsp.cli.apply import insertion_json, print_insertion
from dlm_lsp.cli.batch import BatchOutcome, for_each
from dlm_lsp.cli.exit_codes import DONE, FAILED, INTERRUPTED, NOTHING_ACCEPTED
from dlm_lsp.cli.fetch import try_fetch_for_run
from dlm_lsp.cli.output import escape_line, pluralize, print_notice, print_result
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.cli.progress import SynthProgress
from dlm_lsp.store.lock import document_lock
from dlm_lsp.synth.choose_verifier import verifier_selector
from dlm_lsp.synth.cost import Budget, budget_of
from dlm_lsp.synth.estimate import Estimate, describe_estimate
from dlm_lsp.synth.pipeline import (
    SynthRequest,
    SynthResult,
    SynthSession,
    needed_models,
)
from dlm_lsp.synth.report import Candidate, Refusal, Report
from dlm_lsp.teachers.money import Money
from dlm_lsp.teachers.registry import check_options


def synthesize_instructions(
    paths: Sequence[str],
    request: SynthRequest,
    destination: Destination,
    *,
    force: bool,
    as_json: bool,
) -> int:
    """Synthesize pairs for each document in turn, and say what became of them."""
    check_options(request.teacher, request.options.teacher_options)
    verifier_selector(request.options.verify)
    budget = budget_of(request.options)

    def work(path: Path) -> BatchOutcome:
        run = _synthesize_document(path, request, destination, budget, force=force)
        if not as_json:
            print_run(run)
            _print_saved(run)
        code = FAILED if run.saved.failure else _code(run.report)
        return code, {**_run_json(run), **_saved_json(run.saved)}

    codes = for_each(resolve_paths(paths), work, as_json=as_json, until=(INTERRUPTED,))
    return next((c for c in (INTERRUPTED, FAILED, DONE) if c in codes), NOTHING_ACCEPTED)


def estimate_instructions(paths: Sequence[str], request: SynthRequest, *, as_json: bool) -> int:
    """Say what a synthesis of each document would ask and cost; no teacher is asked for pairs."""
    check_options(request.teacher, request.options.teacher_options)
    verifier_selector(request.options.verify)
    costs: list[Money] = []

    def work(path: Path) -> BatchOutcome:
        loaded = load_for_synthesis(path, "nowhere", force=True)
        for needed in needed_models(request, loaded.frontmatter):
            try_fetch_for_run(needed.name, named_by_user=needed.named_by_user)
        expected, notes = anyio.run(run_on_document, loaded, request, _estimate_and_notes)
        costs.extend(expected.costs)
        for note in notes:
            print_notice(f"note: {note}")
        if not as_json:
            print_result(f"{escape_line(path)}: {describe_estimate(expected)}")
        return DONE, {"estimate": asdict(expected), "notes": list(notes)}

    codes = for_each(resolve_paths(paths), work, as_json=as_json)
    if not as_json and len(codes) > 1 and len({cost.currency for cost in costs}) == 1:
        total = Money(sum(cost.micros for cost in costs), costs[0].currency)
        print_result(f"in all about {total}")
    return FAILED if FAILED in codes else DONE


async def _estimate_and_notes(ready: SynthSession) -> tuple[Estimate, tuple[str, ...]]:
    return ready.estimate, ready.notes


def _code(report: Report) -> int:
    if report.stopped:
        return INTERRUPTED
    failed = any(skip.reason == "request_failed" for skip in report.skipped)
    if report.failure or (failed and not report.accepted):
        return FAILED
    return DONE if report.accepted else NOTHING_ACCEPTED


def _synthesize_document(
    path: Path, request: SynthRequest, destination: Destination, budget: Budget, *, force: bool
) -> DocumentSynthesis:
    loaded = load_for_synthesis(path, destination, force=force)
    # Others wait for who holds the document, and a download may take an hour.
    for needed in needed_models(request, loaded.frontmatter):
        try_fetch_for_run(needed.name, named_by_user=needed.named_by_user)
    with document_lock(loaded.folder, "dlm synth instructions", print_notice, path):
        # Loaded again, for who held the lock may have changed it.
        loaded = load_for_synthesis(path, destination, force=force)
        run = partial(_run_interruptibly, path, budget)
        result = anyio.run(run_on_document, loaded, request, run)
        saved = save_pairs(loaded, result, destination, request.options.placement)
        return DocumentSynthesis(path, result, saved)


async def _run_interruptibly(path: Path, budget: Budget, ready: SynthSession) -> SynthResult:
    """Synthesize; the first Ctrl-C keeps what is finished, the second drops it."""
    if ready.remote_hosts:
        print_notice(f"The prose of {path} is sent to {' and '.join(ready.remote_hosts)}.")
    for note in ready.notes:
        print_notice(f"note: {note}")
    print_notice(describe_estimate(ready.estimate))
    stop = anyio.Event()

    async def listen() -> None:
        with anyio.open_signal_receiver(signal.SIGINT) as signals:
            async for _ in signals:
                if stop.is_set():
                    raise KeyboardInterrupt
                print_notice("Stopping: what is finished is kept (Ctrl-C again drops it).")
                stop.set()

    try:
        async with anyio.create_task_group() as tasks:
            # Event loops on Windows receive no signals; there the first Ctrl-C ends the command.
            if sys.platform != "win32":
                tasks.start_soon(listen)
            with SynthProgress() as progress:
                result = await ready.run(progress.show, stop, budget)
            tasks.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        raise _first(group) from None
    return result


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


def _saved_json(saved: SavedPairs) -> dict[str, Any]:
    value: dict[str, Any] = {"staged": [section.id for section in saved.staged]}
    if saved.failure:
        value["error"] = saved.failure
    if saved.insertion:
        return {**value, **insertion_json(saved.insertion)}
    return {**value, "added": [], "already_present": [], "left_staged": []}


def _print_saved(run: DocumentSynthesis) -> None:
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
        if candidate in report.unverified and candidate.verdict:
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
    if report.failure:
        print_notice(f"dlm: {report.failure}")
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
