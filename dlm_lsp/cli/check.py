"""Diagnostics of documents on the command line: `dlm check`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from dlm_lsp.cli.exit_codes import DONE, FAILED
from dlm_lsp.cli.load import resolve_paths
from dlm_lsp.cli.output import escape_line, pluralize, print_json, print_notice, print_result
from dlm_lsp.document import missing_media, parse
from dlm_lsp.document.lines import line_and_column, line_starts
from dlm_lsp.errors import StoreError
from dlm_lsp.store.documents import read_document

OutputFormat = Literal["text", "json", "github"]


@dataclass(frozen=True, slots=True)
class LocatedProblem:
    """A problem as it is printed; lines and columns count from 1, columns in code points."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: str
    code: str
    message: str
    fix: str | None


def check_documents(paths: Sequence[str], output_format: OutputFormat) -> int:
    """Print the problems of the documents; return 0 where there are none, else 1."""
    documents = resolve_paths(paths)
    located: list[LocatedProblem] = []
    for path in documents:
        try:
            text = read_document(path)
        except StoreError as error:
            located.append(
                LocatedProblem(str(path), 1, 1, 1, 1, "error", "unreadable", str(error), None)
            )
        else:
            located += find_problems(path, text)
    errors = sum(problem.severity == "error" for problem in located)
    warnings = len(located) - errors
    if output_format == "json":
        problems = [asdict(problem) for problem in located]
        print_json(
            {"files": len(documents), "errors": errors, "warnings": warnings, "problems": problems}
        )
    else:
        for problem in located:
            print_result(
                escape_line(as_text(problem) if output_format == "text" else as_github(problem))
            )
        print_notice(
            f"{pluralize(len(documents), 'file')}: {pluralize(errors, 'error')}, "
            f"{pluralize(warnings, 'warning')}"
        )
    return FAILED if located else DONE


def find_problems(path: Path, text: str) -> list[LocatedProblem]:
    """Return what is wrong in a document; media files are looked for beside `path`."""
    document = parse(text)
    problems = [
        *document.problems,
        *missing_media(document, lambda media: _is_file(path.parent / media)),
    ]
    starts = line_starts(text)
    return [
        LocatedProblem(
            str(path),
            *line_and_column(starts, problem.span.start),
            *line_and_column(starts, problem.span.end),
            str(problem.severity),
            problem.code,
            problem.message,
            problem.fix.title if problem.fix else None,
        )
        for problem in sorted(problems, key=lambda problem: problem.span)
    ]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


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
