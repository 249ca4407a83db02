"""Fixing: what can be mended in document files without a doubt, written into them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.document import Document, Edit, Fix, Problem, apply_edits, duplicate_id, parse
from dlm_lsp.document.lines import line_and_column, line_starts
from dlm_lsp.document.new_frontmatter import fill_id
from dlm_lsp.document.parse import read_head
from dlm_lsp.errors import FileChangedError, StoreError
from dlm_lsp.store.copies import shared_ids
from dlm_lsp.store.document_ids import new_document_id
from dlm_lsp.store.documents import read_document, write_document
from dlm_lsp.store.files import is_same_file
from dlm_lsp.store.home import store_folder
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.looking import is_folder
from dlm_lsp.store.manifest import load_manifest
from dlm_lsp.store.plan import load_plan

_ATTEMPTS = 100
_ROUNDS = 8
"""A first line that becomes `---` lets a missing id be seen; no more than a few depend so."""


@dataclass(frozen=True, slots=True)
class AppliedFix:
    """What was mended where; line and column count from 1, as the text was before."""

    path: str
    line: int
    column: int
    code: str
    fix: str


def copies_to_renew(paths: Sequence[Path]) -> dict[Path, Path]:
    """Return the documents that can do without the id that they share, each with one that keeps it.

    That is the one that was trained or that something is staged for, the first where there is no
    store yet. Where the store does not tell, none is returned.
    """
    renewed: dict[Path, Path] = {}
    for document_id, sharing in shared_ids(paths).items():
        if keeper := _keeper(store_folder(document_id), sharing):
            renewed |= {path: keeper for path in sharing if path != keeper}
    return renewed


def fix_document(
    path: Path, on_wait: Callable[[str], None], *, twin: Path | None = None
) -> tuple[AppliedFix, ...]:
    """Mend what is safe to mend in a document; `on_wait` hears who holds its store.

    With a `twin`, which keeps the id of both, it gets an id of its own. What is not named `*.dlm`
    may belong to another program, and is left alone.

    Raises:
        FileChangedError: another program changes the file again and again.
        StoreError: it cannot be read or written; it is as it was.
    """
    if path.suffix != ".dlm":
        return ()
    for attempt in range(1, _ATTEMPTS + 1):
        text = read_document(path)
        with ExitStack() as holding:
            if head := read_head(text).frontmatter:
                # In a store that cannot be written nobody works.
                with suppress(StoreError):
                    folder = store_folder(head.dlm_id)
                    holding.enter_context(document_lock(folder, "dlm check", on_wait, path))
            new, applied = _mended(path, text, twin)
            if not applied:
                break
            try:
                write_document(path, new, expected=text)
            except FileChangedError:
                if attempt == _ATTEMPTS:
                    raise
            else:
                break
    return tuple(applied)


def _mended(path: Path, text: str, twin: Path | None) -> tuple[str, list[AppliedFix]]:
    applied: list[AppliedFix] = []
    for _ in range(_ROUNDS):
        document = parse(text)
        found = list(_safe(document, twin))
        if not found:
            break
        starts = line_starts(text)
        edits: list[Edit] = []
        for problem, fix in found:
            edits += fill_id(fix, new_document_id()).edits
            at = line_and_column(starts, problem.span.start)
            applied.append(AppliedFix(str(path), *at, problem.code, fix.title))
        text, twin = apply_edits(text, edits), None
    return text, applied


def _safe(document: Document, twin: Path | None) -> Iterator[tuple[Problem, Fix]]:
    shared = duplicate_id(document.text, document.yaml, str(twin)) if twin else None
    if shared and shared.fix:
        yield shared, shared.fix
    for problem in document.problems:
        if problem.fix and problem.fix.is_safe:
            yield problem, problem.fix


def _keeper(folder: Path, sharing: Collection[Path]) -> Path | None:
    try:
        if not is_folder(folder):
            return next(iter(sharing))
        plan, manifest = load_plan(folder), load_manifest(folder)
    except (StoreError, OSError):
        return None
    named = [plan.source_path] if plan else []
    if manifest and manifest.source_path:
        named.append(Path(manifest.source_path))
    keepers = [path for path in sharing if any(is_same_file(path, other) for other in named)]
    return keepers[0] if len(keepers) == 1 else None
