"""Check command: `dlm check` prints every problem of documents."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from dlm_lsp.api.checking import LocatedProblem, check_document
from dlm_lsp.cli.exit_codes import DONE, FAILED
from dlm_lsp.cli.output import escape_line, pluralize, print_json, print_notice, print_result
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.cli.terminal_text import print_as
from dlm_lsp.errors import StoreError
from dlm_lsp.store.copies import copies_among

OutputFormat = Literal["text", "json", "github"]


def check_documents(paths: Sequence[str], output_format: OutputFormat) -> int:
    """Print the problems of the documents; return 0 where there are none, else 1."""
    documents = resolve_paths(paths)
    twins = copies_among(documents)
    located: list[LocatedProblem] = []
    for path in documents:
        try:
            located += check_document(path, twins.get(path))
        except StoreError as error:
            located.append(
                LocatedProblem(str(path), 1, 1, 1, 1, "error", "unreadable", str(error), None)
            )
    errors = sum(problem.severity == "error" for problem in located)
    warnings = len(located) - errors
    if output_format == "json":
        problems = [asdict(problem) for problem in located]
        print_json(
            {"files": len(documents), "errors": errors, "warnings": warnings, "problems": problems}
        )
    else:
        for problem in located:
            if output_format == "text":
                print_as(
                    "error" if problem.severity == "error" else "warning",
                    escape_line(as_text(problem)),
                )
            else:
                print_result(escape_line(as_github(problem)))
        print_notice(
            f"{pluralize(len(documents), 'file')}: {pluralize(errors, 'error')}, "
            f"{pluralize(warnings, 'warning')}"
        )
    return FAILED if located else DONE


def as_text(problem: LocatedProblem) -> str:
    """Return the line that editors and people read."""
    place = f"{problem.path}:{problem.line}:{problem.column}"
    return f"{place}: {problem.severity} {problem.code}: {problem.message}"


def as_github(problem: LocatedProblem) -> str:
    """Return the workflow command that GitHub shows beside the line."""
    where = (
        f"file={_property(problem.path)},line={problem.line},col={problem.column},"
        f"endLine={problem.end_line},endColumn={problem.end_column},title={problem.code}"
    )
    return f"::{problem.severity} {where}::{_data(problem.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
