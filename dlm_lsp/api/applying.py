"""Staged pairs: put into their document, or dropped."""

from collections.abc import Callable, Sequence
from pathlib import Path

from dlm_lsp.api.documents import LoadedDocument, change_document, load_document
from dlm_lsp.document import Edit, Placement
from dlm_lsp.store.copies import refuse_copy
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.plan import StagedSection, load_plan, take_from_plan
from dlm_lsp.synth.insertion import InsertionPlan, plan_insertion


def staged_in(folder: Path, ids: Sequence[str] | None = None) -> tuple[StagedSection, ...]:
    """Return the staged sections of a store, all or those with the given ids.

    Raises:
        StoreError: the plan cannot be read.
    """
    plan = load_plan(folder)
    sections = plan.sections if plan else ()
    return tuple(section for section in sections if ids is None or section.id in ids)


def insert_sections(
    path: Path, sections: Sequence[StagedSection], placement: Placement
) -> InsertionPlan:
    """Put sections into the document as it is now, and return what became of each.

    Raises:
        StoreError: the document cannot be read or written; it is as it was.
    """

    def change(loaded: LoadedDocument) -> tuple[Sequence[Edit], InsertionPlan]:
        insertion = plan_insertion(loaded.document, sections, placement)
        return insertion.edits, insertion

    return change_document(path, change)


def apply_staged(
    path: Path,
    ids: Sequence[str] | None,
    placement: Placement,
    on_wait: Callable[[str], None],
    *,
    force: bool,
) -> InsertionPlan:
    """Put the staged sections, all or those with the given ids, into the document.

    What was put in, or was there, leaves the plan; `on_wait` hears who holds the store. With
    `force` a copy takes what is staged for its original.

    Raises:
        CopyError: the document is such a copy.
        StoreError: the document or its plan cannot be read or written.
    """
    folder = load_document(path).folder
    with document_lock(folder, "dlm synth apply", on_wait, path):
        if not force:
            refuse_copy(folder, path)
        insertion = insert_sections(path, staged_in(folder, ids), placement)
        take_from_plan(folder, {section.id for section in (*insertion.placed, *insertion.present)})
    return insertion
