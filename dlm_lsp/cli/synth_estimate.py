"""Estimate command: `dlm synth instructions --estimate` says what a synthesis would come to."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from anyio.from_thread import start_blocking_portal

from dlm_lsp.api.synthesis import load_for_synthesis
from dlm_lsp.cli.batch import BatchOutcome, for_each
from dlm_lsp.cli.exit_codes import DONE, FAILED
from dlm_lsp.cli.output import escape_line, print_result
from dlm_lsp.cli.run_notices import RunNotices
from dlm_lsp.cli.synth_request import RunRequests
from dlm_lsp.synth.choose_verifier import verifier_selector
from dlm_lsp.synth.estimate import describe_estimate
from dlm_lsp.synth.estimate_ahead import Estimator
from dlm_lsp.synth.synth_request import request_beside
from dlm_lsp.teachers.money import Money
from dlm_lsp.teachers.registry import check_options


def estimate_instructions(
    documents: Sequence[Path], requests: RunRequests, *, as_json: bool
) -> int:
    """Say what a synthesis of each document would ask and cost; no text is sent."""
    request = requests.plain
    check_options(request.teacher, request.options.teacher_options)
    verifier_selector(request.options.verify)
    notices = RunNotices(len(documents))
    costs: list[Money] = []
    # One event loop for all: clients of servers belong to theirs.
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Estimator()) as estimator,
    ):

        def work(path: Path) -> BatchOutcome:
            loaded = load_for_synthesis(path, "nowhere", force=True)
            expected, notes = portal.call(
                estimator.estimate,
                loaded.document,
                loaded.frontmatter,
                loaded.folder,
                request_beside(requests.of(path), path.parent),
            )
            costs.extend(expected.costs)
            notices.show_notes(path, notes)
            if not as_json:
                print_result(f"{escape_line(path)}: {describe_estimate(expected)}")
            return DONE, {"estimate": asdict(expected), "notes": list(notes.lines)}

        codes = for_each(documents, work, as_json=as_json)
    if not as_json and len(codes) > 1 and len({cost.currency for cost in costs}) == 1:
        total = Money(sum(cost.micros for cost in costs), costs[0].currency)
        print_result(f"in all {total.roughly}")
    return FAILED if FAILED in codes else DONE
