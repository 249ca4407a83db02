"""Batch commands: `dlm synth batch` submits, shows how far it is, and collects."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dlm_lsp.api.batches import batch_progress, collect_batches, submit_document
from dlm_lsp.api.documents import load_head
from dlm_lsp.cli.batch import BatchOutcome, for_each
from dlm_lsp.cli.batch_record import record_json
from dlm_lsp.cli.exit_codes import DONE, FAILED, NOTHING_ACCEPTED
from dlm_lsp.cli.fetch import try_fetch_for_run
from dlm_lsp.cli.output import escape_line, pluralize, print_notice, print_result
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.cli.progress import SynthProgress
from dlm_lsp.cli.synth_request import RunRequests
from dlm_lsp.synth.batch_collection import BatchProgress
from dlm_lsp.synth.batch_submission import LearnedShapes, Submission, check_takes_batches
from dlm_lsp.synth.choose_verifier import verifier_selector
from dlm_lsp.synth.estimate import describe_estimate
from dlm_lsp.synth.pipeline import SynthSession
from dlm_lsp.synth.synth_request import needed_models


def submit_batches(paths: Sequence[str], requests: RunRequests, *, as_json: bool) -> int:
    """Submit what a run over each document would ask, and say what became of it."""
    request = requests.plain
    check_takes_batches(request.teacher)
    verifier_selector(request.options.verify)
    if request.options.max_cost is not None:
        print_notice("note: max_cost of a profile does not hold for batches, which send everything")
    shapes: LearnedShapes = {}

    def work(path: Path) -> BatchOutcome:
        own = requests.of(path)
        for needed in needed_models(own, load_head(path).frontmatter.base_model):
            try_fetch_for_run(needed.name, named_by_user=needed.named_by_user)
        with SynthProgress() as progress:
            submission = submit_document(
                path,
                own,
                shapes,
                on_ready=lambda ready: _announce(path, ready),
                on_event=progress.show,
                on_wait=print_notice,
            )
        if not as_json:
            _print_submission(path, submission)
        if submission.failure:
            print_notice(f"dlm: {submission.failure}")
        return FAILED if submission.failure else DONE, _submission_json(submission)

    codes = for_each(resolve_paths(paths), work, as_json=as_json)
    return FAILED if FAILED in codes else DONE


def show_batches(paths: Sequence[str], *, as_json: bool) -> int:
    """Show how far the batches of each document are."""
    codes = _look_at(paths, batch_progress, as_json=as_json)
    return FAILED if FAILED in codes else DONE


def collect_replies(paths: Sequence[str], *, as_json: bool) -> int:
    """Keep the replies of batches that have ended; nothing new is no failure, but said as such."""
    codes = _look_at(paths, collect_batches, as_json=as_json)
    return next((code for code in (FAILED, DONE) if code in codes), NOTHING_ACCEPTED)


def _look_at(
    paths: Sequence[str],
    look: Callable[[Path, Callable[[str], None]], Sequence[BatchProgress]],
    *,
    as_json: bool,
) -> list[int]:
    def work(path: Path) -> BatchOutcome:
        batches = look(path, print_notice)
        if not as_json:
            print_result("\n".join(_progress_lines(path, batches)))
        for batch in batches:
            if batch.failure:
                print_notice(f"dlm: {batch.failure}")
        has_failed = any(batch.failure for batch in batches)
        has_new = any(batch.is_new and batch.record.replies for batch in batches)
        code = FAILED if has_failed else DONE if has_new else NOTHING_ACCEPTED
        return code, {"batches": [_progress_json(batch) for batch in batches]}

    return for_each(resolve_paths(paths), work, as_json=as_json)


def _announce(path: Path, ready: SynthSession) -> None:
    if ready.remote_hosts:
        print_notice(f"The prose of {path} is sent to {' and '.join(ready.remote_hosts)}.")
    for note in ready.notes.lines:
        print_notice(f"note: {note}")
    print_notice(describe_estimate(ready.estimate))


def _print_submission(path: Path, submission: Submission) -> None:
    shown, typed = escape_line(path), escape_line(shlex.quote(str(path)))
    parts = [
        f"{pluralize(submission.requests, 'request')} in {_batches(len(submission.sent))}",
        f"{submission.asked} asked at once",
        f"{submission.under_way} under way before",
        f"{submission.from_cache} from the cache",
    ]
    print_result(f"synth batch: {shown}: {', '.join(parts)}")
    for record in submission.sent:
        print_result(f"  {record.batch_id}  {record.teacher}  ends by {record.expires_at}")
    if submission.sent or submission.under_way:
        print_result(f"`dlm synth batch collect {typed}` brings the replies, once they are there.")
    elif not submission.failure:
        print_result(
            f"nothing to wait for: `dlm synth instructions {typed}` with the same options goes on "
            "with the replies that are there."
        )


def _batches(count: int) -> str:
    return "1 batch" if count == 1 else f"{count} batches"


def _submission_json(submission: Submission) -> dict[str, Any]:
    value = {
        "submitted": [record_json(record) for record in submission.sent],
        "requests": submission.requests,
        "asked_at_once": submission.asked,
        "under_way": submission.under_way,
        "from_cache": submission.from_cache,
    }
    return {**value, "error": submission.failure} if submission.failure else value


def _progress_lines(path: Path, batches: Sequence[BatchProgress]) -> Iterator[str]:
    yield escape_line(path)
    if not batches:
        yield "  no batch was submitted for it"
    for batch in batches:
        record = batch.record
        name = record.batch_id or record.run_id
        yield f"  {name}  {record.teacher}  submitted {record.sent_at}  {_progress(batch)}"


def _progress(batch: BatchProgress) -> str:
    record, state = batch.record, batch.state
    total = len(record.keys)
    if record.stage == "collected":
        failures = "".join(f"; {count} x {what}" for what, count in record.failures.items())
        again = "; what is missing is asked for anew" if record.replies < total else ""
        return f"collected: {record.replies} of {total} answered{failures}{again}"
    if record.stage == "sending":
        return f"{pluralize(total, 'request')}: not known yet whether the provider has it"
    if state is None:
        return f"{pluralize(total, 'request')}, ends by {record.expires_at}: not known how far"
    failed = f", {state.failed} failed" if state.failed else ""
    detail = f" ({state.detail})" if state.detail else ""
    ends = "to be collected" if state.ended else f"ends by {record.expires_at}"
    return f"{state.status}{detail}: {state.completed} of {total} answered{failed}, {ends}"


def _progress_json(batch: BatchProgress) -> dict[str, Any]:
    return {
        **record_json(batch.record),
        "state": batch.state and asdict(batch.state),
        "collected_now": batch.is_new,
        "replies": batch.record.replies,
        "failures": dict(batch.record.failures),
        "error": batch.failure or None,
    }
