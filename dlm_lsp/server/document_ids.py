"""Document ids: which other document, open or on disk, has the id of an open one.

The disk is looked at in a thread as documents are opened and closed, never for a keystroke.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from dlm_lsp.document import duplicate_id
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel
from dlm_lsp.server.workspace_files import documents_below

if TYPE_CHECKING:
    from dlm_lsp.server.live_documents import LiveDocument
    from dlm_lsp.server.server import DlmServer

_REST = 0.001
"""Seconds between two files, in which the server answers."""

_Found = tuple[tuple[int, int, int], str | None]
"""The state of a file, and the id that it had then."""


class DocumentIds:
    """The ids of the documents in the folders of the workspace, and beside those that are open."""

    def __init__(self) -> None:
        self._files: dict[Path, _Found] = {}
        self._by_id: Mapping[str, Sequence[Path]] = {}

    async def scan(self, workspace: Sequence[Path], beside: Sequence[Path]) -> None:
        """Look at the folders of a workspace, all that is below them, and at single folders."""
        stop = Event()
        try:
            self._files = await asyncio.to_thread(_scan, workspace, beside, self._files, stop)
        finally:
            stop.set()
        by_id: defaultdict[str, list[Path]] = defaultdict(list)
        for path, (_, document_id) in self._files.items():
            if document_id:
                by_id[document_id].append(path)
        self._by_id = by_id

    def files_with(self, document_id: str) -> Iterator[Path]:
        """Yield the documents on disk that were found with an id."""
        yield from self._by_id.get(document_id, ())

    def still_has(self, path: Path, document_id: str) -> bool:
        """Tell whether a document that was found with an id has it still."""
        self._files[path] = _read(path, self._files)
        return self._files[path][1] == document_id


def id_of(text_document: "LiveDocument") -> str | None:
    """Return the id of an open document."""
    frontmatter = text_document.incremental.head.frontmatter
    return frontmatter.dlm_id if frontmatter else None


def twin_of(server: "DlmServer", text_document: "LiveDocument") -> str | None:
    """Return the path (or the address) of another document with the id of an open one."""
    document_id = id_of(text_document)
    if document_id is None:
        return None
    own = server.path(text_document.uri)
    open_paths: list[Path] = []
    for other in server.live_documents():
        path = server.path(other.uri)
        if path:
            open_paths.append(path)
        if other is text_document or id_of(other) != document_id:
            continue
        if not _is_same_file(own, path):
            return str(path or other.uri)
    for path in server.document_ids.files_with(document_id):
        # Of a document that is open, the text in the editor counts.
        if path in open_paths or _is_same_file(own, path):
            continue
        if server.document_ids.still_has(path, document_id):
            return str(path)
    return None


def duplicate_id_diagnostics(
    server: "DlmServer", text_document: "LiveDocument"
) -> Iterator[Diagnostic]:
    """Yield the mark that another document has the id of an open one, if that is so.

    Only where it was so when the documents were looked at last, it is looked at again.
    """
    if server.open_document(text_document.uri).twin and (twin := twin_of(server, text_document)):
        incremental = text_document.incremental
        problem = duplicate_id(incremental.parts[0].text, incremental.head.yaml, twin)
        if problem:
            yield Diagnostic(
                problem.code, DiagnosticLevel.WARNING, problem.span, problem.message, problem.fix
            )


def _is_same_file(left: Path | None, right: Path | None) -> bool:
    from dlm_lsp.store.files import is_same_file

    return left is not None and right is not None and is_same_file(left, right)


def _scan(
    workspace: Sequence[Path], beside: Sequence[Path], known: Mapping[Path, _Found], stop: Event
) -> dict[Path, _Found]:
    found: dict[Path, _Found] = {}
    for path in (*_in_folders(beside), *documents_below(workspace)[0]):
        if stop.is_set():
            break
        if path.suffix == ".dlm" and path not in found:
            found[path] = _read(path, known)
            if found[path] is not known.get(path) and stop.wait(_REST):
                break
    return found


def _in_folders(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        try:
            yield from folder.iterdir()
        except OSError:
            continue


def _read(path: Path, known: Mapping[Path, _Found]) -> _Found:
    from dlm_lsp.store.document_ids import read_document_id

    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0), None
    stamp = status.st_ino, status.st_mtime_ns, status.st_size
    before = known.get(path)
    return before if before and before[0] == stamp else (stamp, read_document_id(path))
