"""Document files: which ones are meant, and how their text comes from disk and goes back."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from dlm_lsp.errors import StoreError
from dlm_lsp.store.files import is_same_file, read_file, replace_file
from dlm_lsp.store.looking import is_folder, is_regular_file
from dlm_lsp.store.os_reason import os_reason

MAX_DOCUMENT_BYTES = 50 * 10**6
"""The most bytes that a document may have."""


def read_document(path: Path) -> str:
    """Return the exact text of a document: a byte-order mark and all line ends included.

    Raises:
        StoreError: it is missing, unreadable, too large, no regular file or not UTF-8.
    """
    data = read_file(path, MAX_DOCUMENT_BYTES)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise StoreError(
            f"cannot read {path}: not UTF-8 (byte 0x{data[error.start]:02x} at offset "
            f"{error.start}, line {line}); save it as UTF-8"
        ) from error


def modified_at(path: Path) -> int:
    """Return when a document was changed last, in nanoseconds; 0 where it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def write_document(path: Path, text: str, *, expected: str) -> None:
    """Replace the `expected` text of a document, all of it or nothing.

    Raises:
        FileChangedError: it does not hold that text any more.
        StoreError: it cannot be written, or `text` could not be read again.
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise StoreError(
            f"cannot write {path}: character {error.start} is half of a surrogate pair, "
            "which UTF-8 cannot hold; the file is as it was"
        ) from error
    if len(data) > MAX_DOCUMENT_BYTES:
        raise StoreError(
            f"cannot write {path}: it would be larger than {MAX_DOCUMENT_BYTES // 10**6} MB; "
            "the file is as it was"
        )
    replace_file(path, data, expected=expected.encode("utf-8"))


def is_document_place(target: Path, documents: Iterable[Path]) -> bool:
    """Tell whether a file written at `target` would take the place of one of these or another.

    That is what a link leads to, too.
    """
    names = (target, Path(os.path.realpath(target)))
    is_named_so = any(name.suffix.lower() == ".dlm" for name in names)
    return is_named_so or any(is_same_file(target, path) for path in documents)


def find_documents(args: Sequence[str]) -> list[Path]:
    """Return the documents that files, folders and glob patterns stand for, each once.

    The order is that of `args`, by name within one. A folder is searched for `*.dlm`, hidden
    folders inside it are not; a file that is named outright needs no suffix.

    Raises:
        StoreError: an argument stands for nothing, or a folder cannot be searched.
    """
    found: dict[str, Path] = {}
    for arg in args:
        try:
            for path in _documents(arg):
                found.setdefault(os.path.realpath(path), path)
        except OSError as error:
            raise StoreError(f"cannot look at {arg}: {os_reason(error)}; check the name") from error
    return list(found.values())


def _documents(arg: str) -> list[Path]:
    if not arg:
        # Path("") is the current folder, which an unset variable does not mean.
        raise StoreError("an empty name stands for no document: name a file, a folder or a pattern")
    path = Path(arg)
    if is_folder(path):
        if documents := sorted(_search(path)):
            return documents
        raise StoreError(f"there is no .dlm file in {arg}: name a document, or another folder")
    if os.path.lexists(path):
        return [path]
    if not glob.has_magic(arg):
        raise StoreError(f"there is no file or folder {arg}: check the name")
    documents = []
    # Path.glob takes no absolute pattern, and `**` would lead it into hidden folders.
    matches = glob.iglob(arg, recursive=True)  # noqa: PTH207
    for match in sorted(map(Path, matches)):
        if is_folder(match):
            documents += sorted(_search(match))
        elif match.suffix == ".dlm":
            documents.append(match)
    if not documents:
        raise StoreError(f"no .dlm file matches {arg}: check the pattern")
    return documents


def _search(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if path.suffix == ".dlm" and is_regular_file(path):
                yield path


def _refuse(error: OSError) -> NoReturn:
    raise StoreError(
        f"cannot search {error.filename}: {os_reason(error)}; name the documents themselves"
    ) from error
