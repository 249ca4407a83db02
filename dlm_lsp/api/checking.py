"""Problem report: every problem of a document file, by line and column as people count."""

from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.document import Document, duplicate_id, missing_media, parse
from dlm_lsp.document.frontmatter import missing_base_model
from dlm_lsp.document.lines import line_and_column, line_starts
from dlm_lsp.local.model_paths import model_is_there
from dlm_lsp.store.documents import read_document


@dataclass(frozen=True, slots=True)
class LocatedProblem:
    """A problem in a file; lines and columns count from 1, columns in code points."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: str
    code: str
    message: str
    fix: str | None


def check_document(path: Path, twin: Path | None = None) -> tuple[LocatedProblem, ...]:
    """Return what is wrong in the document at `path`, in document order.

    `twin` is another document that has its id.

    Raises:
        StoreError: it cannot be read.
    """
    return find_problems(path, parse(read_document(path)), twin)


def find_problems(
    path: Path, document: Document, twin: Path | None = None
) -> tuple[LocatedProblem, ...]:
    """Return what is wrong in a document; media files and models are looked for beside `path`."""
    text = document.text
    base_model = document.frontmatter.base_model if document.frontmatter else ""
    missing = None
    if not model_is_there(base_model, path.parent):
        missing = missing_base_model(document.problems, base_model)
    shared = duplicate_id(text, document.yaml, str(twin)) if twin else None
    problems = [
        *document.problems,
        *(problem for problem in (shared, missing) if problem),
        *missing_media(document, lambda media: _is_file(path.parent / media)),
    ]
    starts = line_starts(text)
    return tuple(
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
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
