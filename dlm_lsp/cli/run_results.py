"""Run results: what became of the documents of a run, printed as they finish, and their sum."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlm_lsp.api.many_documents import DocumentOutcome
from dlm_lsp.api.synthesis import DocumentSynthesis
from dlm_lsp.cli.exit_codes import (
    DONE,
    FAILED,
    INTERRUPTED,
    NOTHING_ACCEPTED,
    USAGE,
    exit_code,
    shell_message,
)
from dlm_lsp.cli.output import (
    RunOutput,
    escape_line,
    pluralize,
    print_json,
    print_json_line,
    print_notice,
    print_result,
)
from dlm_lsp.cli.run_output import print_run, print_saved, run_json
from dlm_lsp.errors import DlmError
from dlm_lsp.store.defects import describe_defect
from dlm_lsp.synth.report import Report
from dlm_lsp.teachers.money import Money


class RunResults:
    """What became of the documents so far, printed as they finish; `codes` are their exit codes."""

    def __init__(self, documents: Sequence[Path], output: RunOutput) -> None:
        self.count = len(documents)
        self.codes: set[int] = set()
        self._output = output
        self._values: dict[Path, dict[str, Any]] = {}
        self._failures: set[str] = set()
        self._total = _Total()
        if output == "json":
            self._values = {path: {} for path in documents}

    def add(self, outcome: DocumentOutcome) -> None:
        """Print what became of a document, or keep it for the one JSON object."""
        run = outcome.synthesis
        if run is None:
            error = outcome.error
            code = exit_code(error) if isinstance(error, DlmError) else FAILED
            value: dict[str, Any] = {"error": self._tell(_message(outcome.error))}
        else:
            code = FAILED if run.saved.failure else _code(run.report)
            if self._output == "text":
                self._print(run)
            if run.report.failure:
                self._tell(run.report.failure)
            value = {} if self._output == "text" else run_json(run)
        self.codes.add(code)
        self._total.add(run, has_failed=code in (FAILED, USAGE))
        value = {"path": str(outcome.path), **value}
        if self._output == "jsonl":
            print_json_line(value)
        elif self._output == "json":
            self._values[outcome.path] = value

    def finish(self) -> None:
        """Print the one JSON object, or the sum; what was not begun is not in them."""
        if self._output == "json":
            print_json({"documents": [value for value in self._values.values() if value]})
        elif self._output == "text" and self.count > 1:
            print_result(f"in all: {self._total.describe(self.count)}")

    @property
    def code(self) -> int:
        """The exit code of the command."""
        if not self.count:
            # A job of an array that has nothing to do has not failed.
            return DONE
        if self.codes == {USAGE}:
            return USAGE
        codes = {FAILED if code == USAGE else code for code in self.codes}
        return next((c for c in (INTERRUPTED, FAILED, DONE) if c in codes), NOTHING_ACCEPTED)

    def _print(self, run: DocumentSynthesis) -> None:
        if self.count > 1:
            print_result(f"=== {escape_line(run.path)} ===")
        print_run(run)
        print_saved(run)
        if self.count > 1:
            print_result()

    def _tell(self, message: str) -> str:
        # What ails them all is told once.
        if message not in self._failures:
            self._failures.add(message)
            print_notice(f"dlm: {message}")
        return message


@dataclass(slots=True)
class _Total:
    """The sums over the documents that are done."""

    done: int = 0
    failed: int = 0
    accepted: int = 0
    refused: int = 0
    requests: int = 0
    from_cache: int = 0
    costs: dict[str, int] = field(default_factory=dict)

    def add(self, run: DocumentSynthesis | None, *, has_failed: bool) -> None:
        self.done += 1
        self.failed += has_failed
        if run is None:
            return
        report = run.report
        self.accepted += len(report.accepted)
        self.refused += len(report.refused)
        self.requests += report.usage.requests
        self.from_cache += report.usage.from_cache
        if cost := report.usage.cost:
            self.costs[cost.currency] = self.costs.get(cost.currency, 0) + cost.micros

    def describe(self, count: int) -> str:
        documents = pluralize(count, "document")
        parts = [
            documents if self.done == count else f"{self.done:,} of {documents}",
            *([f"{self.failed} failed"] if self.failed else []),
            f"{self.accepted:,} accepted",
            f"{self.refused:,} refused",
            pluralize(self.requests, "request"),
            f"{self.from_cache:,} from the cache",
            *(str(Money(micros, currency)) for currency, micros in self.costs.items()),
        ]
        return ", ".join(parts)


def _message(error: Exception | None) -> str:
    if isinstance(error, DlmError):
        return shell_message(error)
    return describe_defect(error or RuntimeError("no outcome"))


def _code(report: Report) -> int:
    if report.stopped:
        return INTERRUPTED
    failed = any(skip.reason == "request_failed" for skip in report.skipped)
    if report.failure or (failed and not report.accepted):
        return FAILED
    return DONE if report.accepted else NOTHING_ACCEPTED
