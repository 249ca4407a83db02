"""Document files: read, parsed, and changed only as they are at that moment."""

import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dlm_lsp.document import Document, Edit, Problem, apply_edits, parse
from dlm_lsp.document.lines import line_and_column, line_starts
from dlm_lsp.document.parse import read_head
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import FileChangedError, StoreError
from dlm_lsp.local.model_paths import frontmatter_beside
from dlm_lsp.store.documents import modified_at, read_document, write_document
from dlm_lsp.store.home import store_folder

_T = TypeVar("_T")
_ATTEMPTS = 100
_SAVING = 0.01
"""Seconds that a program may take to save a file that it has emptied."""


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document with a sound frontmatter, and where it and its store lie.

    Where the `frontmatter` names its base model by a path, that is absolute.
    """

    path: Path
    document: Document
    frontmatter: Frontmatter
    folder: Path


def load_document(path: Path) -> LoadedDocument:
    """Return the document at `path`; its body may have errors.

    Raises:
        StoreError: it cannot be read, or its frontmatter has an error.
    """
    document = _read_settled(path)
    if document.frontmatter is None:
        raise StoreError(_first_error(path, document, list(document.errors)))
    frontmatter = frontmatter_beside(document.frontmatter, path.parent)
    return LoadedDocument(path, document, frontmatter, store_folder(frontmatter.dlm_id))


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """What stands on top of a document, and where its store lies."""

    path: Path
    frontmatter: Frontmatter
    folder: Path


def load_head(path: Path) -> DocumentHead:
    """Return what stands on top of the document at `path`; the rest is not looked at.

    Raises:
        StoreError: it cannot be read, or its frontmatter has an error.
    """
    head = read_head(read_document(path))
    if head.frontmatter is None:
        # Somebody may be saving it; and this names the error.
        loaded = load_document(path)
        return DocumentHead(path, loaded.frontmatter, loaded.folder)
    frontmatter = frontmatter_beside(head.frontmatter, path.parent)
    return DocumentHead(path, frontmatter, store_folder(frontmatter.dlm_id))


def load_valid_document(path: Path) -> LoadedDocument:
    """Return the document at `path`, in which there is no error at all.

    Raises:
        StoreError: it cannot be read, or has an error in it.
    """
    loaded = load_document(path)
    if errors := list(loaded.document.errors):
        raise StoreError(_first_error(path, loaded.document, errors))
    return loaded


def change_document(
    path: Path, change: Callable[[LoadedDocument], tuple[Sequence[Edit], _T]]
) -> _T:
    """Write the edits that `change` computes, and return what else it computes.

    If the file is changed by another program meanwhile, `change` is asked again about what the
    file has become.

    Raises:
        FileChangedError: another program changes the file again and again.
        StoreError: the document cannot be read or written; it is as it was.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        loaded = load_document(path)
        edits, outcome = change(loaded)
        if not edits:
            break
        text = loaded.document.text
        try:
            write_document(path, apply_edits(text, edits), expected=text)
        except FileChangedError:
            if attempt == _ATTEMPTS:
                raise
        else:
            break
    return outcome


def _read_settled(path: Path) -> Document:
    """Return the document, once nobody is in the middle of saving it."""
    for _ in range(_ATTEMPTS):
        before = modified_at(path)
        document = parse(read_document(path))
        if document.frontmatter:
            break
        time.sleep(_SAVING)
        if modified_at(path) == before:
            break
    return document


def _first_error(path: Path, document: Document, errors: Sequence[Problem]) -> str:
    line, column = line_and_column(line_starts(document.text), errors[0].span.start)
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    typed = shlex.quote(str(path))
    ways_on = f"{count}; `dlm check {typed}` shows all"
    if errors[0].code == "missing-frontmatter" and path.suffix != ".dlm":
        ways_on = f"`dlm init {typed}` makes a document of it"
    return f"{path}:{line}:{column}: {errors[0].message} ({ways_on})"
