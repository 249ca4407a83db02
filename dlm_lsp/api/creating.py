"""Creating documents: from nothing, from a text, and from files of other formats."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.document import SectionType, parse
from dlm_lsp.document.new_document import NewDocument, new_document
from dlm_lsp.document.parse import read_head
from dlm_lsp.errors import NotFoundError, StoreError, UsageError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.store.document_ids import new_document_id
from dlm_lsp.store.documents import read_document
from dlm_lsp.store.files import read_beginning, replace_file

_OWN = ".dlm"
_TEXTS = (".md", ".markdown", ".txt", ".text", "")
_NO_TEXT = re.compile(r"\A%PDF-|[\x00-\x08\x0e-\x1f\ufffd]")


@dataclass(frozen=True, slots=True)
class CreatedDocument:
    """A document that was made: where, of what, how much prose it has, and what was left out.

    `sections` counts those of prose; `source` is None where it was made of nothing; `problems`
    counts what `check` finds in it.
    """

    path: Path
    source: Path | None
    sections: int
    problems: int
    left_out: tuple[str, ...]


def document_path(path: Path) -> Path:
    """Return where the document that is made of a file stands: beside it, under its name.

    Raises:
        UsageError: the path names no file.
    """
    if not path.name:
        raise UsageError(f"{path} names no file; name the one to make, such as notes.dlm")
    return path.with_suffix(_OWN)


def init_document(
    path: Path, base_model: str, *, split_headings: bool = False, force: bool = False
) -> CreatedDocument:
    """Make a document of a Markdown or text file, beside it, or an empty one at a new path.

    Raises:
        UsageError: the file is a document already, or of a format that has to be converted.
        StoreError: it cannot be read, or a file is where the document goes; with `force` that is
            replaced.
    """
    typed = shlex.quote(str(path))
    if path.suffix != _OWN and path.suffix.lower() not in _TEXTS:
        raise UsageError(f"{path} is neither Markdown nor text; `dlm import {typed}` converts it")
    target = document_path(path)
    try:
        body = read_document(path)
    except NotFoundError as error:
        if path != target:
            raise NotFoundError(f"{error}; to begin a new document, name {target}") from error
        return _write(target, None, new_document("\n", new_document_id(), base_model), force=force)
    if read_head(body).frontmatter:
        raise UsageError(f"{path} is a document already; `dlm check {typed}` looks for problems")
    made = new_document(body, new_document_id(), base_model, split_headings=split_headings)
    return _write(target, path, made, force=force)


def import_document(
    path: Path, base_model: str, *, split_headings: bool = True, force: bool = False
) -> CreatedDocument:
    """Make a document of a file in another format (HTML, DOCX, PDF, ...), beside it.

    Nothing is fetched from anywhere.

    Raises:
        UsageError: the file is a document already.
        StoreError: it cannot be read or converted, there is no text in it, or a file is where the
            document goes; with `force` that is replaced.
    """
    if path.suffix == _OWN or path.suffix.lower() in _TEXTS:
        return init_document(path, base_model, split_headings=split_headings, force=force)
    made = new_document(
        _as_markdown(path), new_document_id(), base_model, split_headings=split_headings
    )
    return _write(document_path(path), path, made, force=force)


def _as_markdown(path: Path) -> str:
    try:
        from markitdown import MarkItDown
    except ImportError as error:
        raise StoreError(
            f"{path} has to be converted; `{install_hint('import')}` brings what does that"
        ) from error
    read_beginning(path, 1)
    try:
        markdown = MarkItDown(enable_plugins=False).convert_local(path).markdown
    except Exception as error:  # What its converters raise is in no tree.
        words = str(error).rpartition("with message:")[2]
        raise _unreadable(path, " ".join(words.split())[:200] or type(error).__name__) from error
    if _NO_TEXT.search(markdown):
        # What no converter takes is passed on as it is.
        raise _unreadable(path, "it is damaged, or no file of its kind")
    if not markdown.strip():
        raise StoreError(
            f"there is no text in {path}; of a scanned page a text recognition makes one"
        )
    return f"{markdown.strip()}\n"


def _unreadable(path: Path, reason: str) -> StoreError:
    return StoreError(
        f"cannot convert {path}: {reason}; save it as Markdown or text, without a password"
    )


def _write(target: Path, source: Path | None, made: NewDocument, *, force: bool) -> CreatedDocument:
    if target.exists() and not force:
        raise StoreError(f"{target} is there already; move it away")
    replace_file(target, made.text.encode("utf-8", "replace"))
    document = parse(made.text)
    prose = sum(section.type is SectionType.PROSE for section in document.sections)
    return CreatedDocument(target, source, prose, len(document.problems), made.left_out)
