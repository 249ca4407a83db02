"""Loading a document for a command: read, parsed, and changed only as it is at that moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dlm_lsp.cli.output import pluralize
from dlm_lsp.document import Document, Edit, Problem, apply_edits, parse
from dlm_lsp.document.lines import line_and_column, line_starts
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.store.documents import find_documents, read_document, write_document
from dlm_lsp.store.home import store_folder

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document with a sound frontmatter, and where it and its store lie."""

    path: Path
    document: Document
    frontmatter: Frontmatter
    folder: Path


def resolve_paths(paths: Sequence[str]) -> list[Path]:
    """Return the documents that the arguments of a command name.

    Raises:
        UsageError: one of them names none.
    """
    try:
        return find_documents(paths)
    except StoreError as error:
        raise UsageError(str(error)) from error


def load_document(path: Path) -> LoadedDocument:
    """Return the document at `path`; its body may have errors.

    Raises:
        StoreError: it cannot be read, or its frontmatter has an error.
    """
    document = parse(read_document(path))
    if document.frontmatter is None:
        raise StoreError(_why_invalid(path, document, list(document.errors)))
    return LoadedDocument(
        path, document, document.frontmatter, store_folder(document.frontmatter.dlm_id)
    )


def load_valid_document(path: Path) -> LoadedDocument:
    """Return the document at `path`, in which there is no error at all.

    Raises:
        StoreError: it cannot be read, or has an error in it.
    """
    opened = load_document(path)
    if errors := list(opened.document.errors):
        raise StoreError(_why_invalid(path, opened.document, errors))
    return opened


def change_document(
    path: Path, change: Callable[[LoadedDocument], tuple[Sequence[Edit], _T]]
) -> _T:
    """Write the edits that `change` computes, and return what else it computes.

    If the file is changed by another program meanwhile, `change` is asked again about what the
    file has become.

    Raises:
        StoreError: the document cannot be read or written; it is as it was.
    """
    while True:
        opened = load_document(path)
        edits, outcome = change(opened)
        if not edits:
            return outcome
        if read_document(path) == opened.document.text:
            write_document(path, apply_edits(opened.document.text, edits))
            return outcome


def _why_invalid(path: Path, document: Document, errors: Sequence[Problem]) -> str:
    line, column = line_and_column(line_starts(document.text), errors[0].span.start)
    return (
        f"{path}:{line}:{column}: {errors[0].message} "
        f"({pluralize(len(errors), 'error')}; `dlm check {path}` shows all)"
    )
