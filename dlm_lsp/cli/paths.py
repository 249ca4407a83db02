"""Path arguments: the documents that a command is to work on."""

from collections.abc import Sequence
from pathlib import Path

from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.store.documents import find_documents


def resolve_paths(paths: Sequence[str]) -> list[Path]:
    """Return the documents that the arguments of a command name.

    Raises:
        UsageError: one of them names none.
    """
    try:
        return find_documents(paths)
    except StoreError as error:
        raise UsageError(str(error)) from error


def resolve_path(path: str, work: str) -> Path:
    """Return the one document that an argument names; `work` says what is done with one alone.

    Raises:
        UsageError: it names none, or several.
    """
    documents = resolve_paths([path])
    if len(documents) > 1:
        raise UsageError(f"{path} stands for {len(documents)} documents; {work} one at a time")
    return documents[0]
