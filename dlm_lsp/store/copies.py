"""Document copies: files with one `dlm_id`, which have one store, and whose plan it is."""

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from dlm_lsp.errors import CopyError
from dlm_lsp.store.document_ids import read_document_id
from dlm_lsp.store.files import is_same_file
from dlm_lsp.store.plan import load_plan


def original_of(folder: Path, path: Path) -> Path | None:
    """Return the file that the sections in a store are staged for, where `path` is a copy of it.

    A file that is gone, or has another id by now, was moved: then the sections are for `path`.

    Raises:
        StoreError: the plan cannot be read.
    """
    plan = load_plan(folder)
    if plan is None or os.path.realpath(plan.source_path) == os.path.realpath(path):
        return None
    return plan.source_path if is_copy(path, plan.source_path, folder.name) else None


def is_copy(path: Path, original: Path, document_id: str) -> bool:
    """Tell whether a document is a copy of another, which is there and has the id still."""
    return read_document_id(original) == document_id and not is_same_file(original, path)


def refuse_copy(folder: Path, path: Path) -> None:
    """Refuse to touch what is staged in a store by way of a copy of its document.

    Raises:
        CopyError: `path` is such a copy.
        StoreError: the plan cannot be read.
    """
    if other := original_of(folder, path):
        raise CopyError(
            f"{path} is a copy of {other}: both have the dlm_id {folder.name}, and what is staged "
            f"is for {other}; give the copy an id of its own, or force it"
        )


def copies_among(paths: Iterable[Path]) -> dict[Path, Path]:
    """Return the documents among `paths` that share their id, each with another that has it."""
    return {
        path: sharing[0 if at else 1]
        for sharing in shared_ids(paths).values()
        for at, path in enumerate(sharing)
    }


def shared_ids(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """Return the ids that several of `paths` have, each with these, in their order."""
    by_id: defaultdict[str, list[Path]] = defaultdict(list)
    for path in paths:
        document_id = read_document_id(path)
        if document_id and not any(is_same_file(path, known) for known in by_id[document_id]):
            by_id[document_id].append(path)
    return {document_id: sharing for document_id, sharing in by_id.items() if len(sharing) > 1}
