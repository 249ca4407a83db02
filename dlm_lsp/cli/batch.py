"""Batch: a command over several documents, none of which stops the next."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dlm_lsp.api.documents import LoadedDocument, load_document
from dlm_lsp.cli.exit_codes import FAILED, shell_message
from dlm_lsp.cli.output import print_json, print_notice
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.errors import DlmError, StoreError, UsageError
from dlm_lsp.store.defects import describe_defect

BatchOutcome = tuple[int, dict[str, Any]]
"""An exit code, and what is printed of a document with --json beside its path."""


def for_each(
    documents: Sequence[Path],
    work: Callable[[Path], BatchOutcome],
    *,
    as_json: bool,
    until: Collection[int] = (),
) -> list[int]:
    """Do `work` on each document and return the exit codes; the first code in `until` ends it."""
    values = []
    codes = []
    for path in documents:
        try:
            code, value = work(path)
        except UsageError:
            # It is the same for every document.
            raise
        except Exception as error:
            message = (
                shell_message(error) if isinstance(error, DlmError) else describe_defect(error)
            )
            code, value = FAILED, {"error": message}
            print_notice(f"dlm: {message}")
        values.append({"path": str(path), **value})
        codes.append(code)
        if code in until:
            break
    if as_json:
        print_json({"documents": values})
    return codes


def documents_with(
    paths: Sequence[str],
    ids: Sequence[str] | None,
    ids_of: Callable[[LoadedDocument], Collection[str]],
    what: str,
) -> list[Path]:
    """Return the named documents, or those of them that hold one of the section `ids`.

    A document that cannot be read may hold an id that no other does: then it is one of them, and
    what is wrong with it is told when it is worked on.

    Raises:
        UsageError: an id is in none of the documents.
    """
    documents = resolve_paths(paths)
    if ids is None:
        return documents
    held: dict[Path, set[str]] = {}
    for path in documents:
        with suppress(StoreError):
            held[path] = set(ids_of(load_document(path))) & set(ids)
    unknown = set(ids).difference(*held.values())
    if unknown and len(held) == len(documents):
        names = ", ".join(sorted(unknown))
        raise UsageError(f"no {what} section has the id {names}; `dlm synth list` shows them")
    return [path for path in documents if held.get(path, unknown)]
