"""Check command: `dlm check` prints every problem of documents."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from dlm_lsp.api.checking import LocatedProblem, find_problems
from dlm_lsp.api.fixing import AppliedFix, copies_to_renew, fix_document
from dlm_lsp.cli.exit_codes import DONE, FAILED
from dlm_lsp.cli.output import escape_line, pluralize, print_json, print_notice, print_result
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.cli.terminal_text import print_as
from dlm_lsp.document import parse
from dlm_lsp.document.headings import unsplit_headings
from dlm_lsp.errors import StoreError
from dlm_lsp.store.copies import copies_among
from dlm_lsp.store.documents import read_document

OutputFormat = Literal["text", "json", "github"]


_FEW_HEADINGS = 2


def check_documents(paths: Sequence[str], output_format: OutputFormat, *, fix: bool = False) -> int:
    """Print the problems of the documents; return 0 where there are none, else 1.

    With `fix`, what is safe to mend is mended first, and only the rest are problems.
    """
    documents = resolve_paths(paths)
    fixed = _fix_documents(documents) if fix else []
    twins = copies_among(documents)
    located: list[LocatedProblem] = []
    headings: dict[Path, int] = {}
    for path in documents:
        try:
            document = parse(read_document(path))
            located += find_problems(path, document, twins.get(path))
            headings[path] = unsplit_headings(document)
        except StoreError as error:
            located.append(
                LocatedProblem(str(path), 1, 1, 1, 1, "error", "unreadable", str(error), None)
            )
    errors = sum(problem.severity == "error" for problem in located)
    warnings = len(located) - errors
    if output_format == "json":
        problems = [asdict(problem) for problem in located]
        mended = {"fixed": [asdict(applied) for applied in fixed]} if fix else {}
        counts = {"files": len(documents), "errors": errors, "warnings": warnings}
        print_json({**counts, **mended, "problems": problems})
    else:
        for applied in fixed:
            place = f"{applied.path}:{applied.line}:{applied.column}"
            line = escape_line(f"{place}: fixed {applied.code}: {applied.fix}")
            # On GitHub a result is read as a command.
            print_result(line) if output_format == "text" else print_notice(line)
        for problem in located:
            if output_format == "text":
                print_as(
                    "error" if problem.severity == "error" else "warning",
                    escape_line(as_text(problem)),
                )
            else:
                print_result(escape_line(as_github(problem)))
        for path, count in headings.items() if output_format == "text" else ():
            if count > _FEW_HEADINGS:
                print_notice(
                    f"note: {path} is one section with {count} headings, and is asked about as one:"
                    " an editor offers to split it; or write ::prose:: above a heading"
                )
        print_notice(
            f"{pluralize(len(documents), 'file')}: {pluralize(errors, 'error')}, "
            f"{pluralize(warnings, 'warning')}{f', {len(fixed)} fixed' if fix else ''}"
        )
    return FAILED if located else DONE


def _fix_documents(documents: Sequence[Path]) -> list[AppliedFix]:
    fixed: list[AppliedFix] = []
    renewed = copies_to_renew(documents)
    for path in documents:
        try:
            fixed += fix_document(path, print_notice, twin=renewed.get(path))
        except StoreError as error:
            print_notice(f"dlm: {error}")
    return fixed


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
