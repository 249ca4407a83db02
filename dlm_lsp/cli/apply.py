"""Apply and discard commands: `dlm synth apply` puts staged sections in, `discard` drops them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlm_lsp.api.applying import apply_staged, staged_in
from dlm_lsp.api.documents import LoadedDocument, load_document
from dlm_lsp.cli.batch import BatchOutcome, documents_with, for_each
from dlm_lsp.cli.exit_codes import DONE, FAILED
from dlm_lsp.cli.output import escape_line, pluralize, print_notice, print_result
from dlm_lsp.document import Placement
from dlm_lsp.errors import StoreError
from dlm_lsp.store.copies import refuse_copy
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.plan import clear_plan, take_from_plan
from dlm_lsp.synth.insertion import InsertionPlan


def apply_documents(
    paths: Sequence[str],
    ids: Sequence[str] | None,
    placement: Placement,
    *,
    force: bool,
    as_json: bool,
) -> int:
    """Put staged sections into their documents; return 0, or 1 where one has to stay staged."""

    def work(path: Path) -> BatchOutcome:
        insertion = apply_staged(path, ids, placement, print_notice, force=force)
        if not as_json:
            print_insertion(path, insertion)
        return FAILED if insertion.unplaced else DONE, insertion_json(insertion)

    documents = documents_with(paths, ids, _staged_ids, "staged")
    return max(for_each(documents, work, as_json=as_json))


def discard_documents(
    paths: Sequence[str], ids: Sequence[str] | None, *, force: bool, as_json: bool
) -> int:
    """Drop staged sections, all or those with the given ids."""

    def work(path: Path) -> BatchOutcome:
        loaded = load_document(path)
        with document_lock(loaded.folder, "dlm synth discard", print_notice, path):
            dropped = _drop(loaded, ids, force=force)
        if not as_json:
            print_result(
                f"synth: dropped {pluralize(len(dropped), 'staged section')} of {escape_line(path)}"
            )
        return DONE, {"discarded": dropped}

    documents = documents_with(paths, ids, _staged_ids, "staged")
    return max(for_each(documents, work, as_json=as_json))


def _drop(loaded: LoadedDocument, ids: Sequence[str] | None, *, force: bool) -> list[str]:
    """Drop what is named, or the whole plan, even one that cannot be read."""
    try:
        dropped = [section.id for section in staged_in(loaded.folder, ids)]
    except StoreError:
        if ids is not None:
            raise
        clear_plan(loaded.folder)
        print_notice(f"dlm: the staged plan of {loaded.path} could not be read; it is dropped")
        return []
    if dropped and not force:
        refuse_copy(loaded.folder, loaded.path)
    take_from_plan(loaded.folder, dropped)
    return dropped


def _staged_ids(loaded: LoadedDocument) -> list[str]:
    return [section.id for section in staged_in(loaded.folder)]


def print_insertion(path: Path, insertion: InsertionPlan) -> None:
    """Print what became of the sections that were to be put into a document."""
    placed, present = insertion.placed, insertion.present
    print_result(
        f"synth apply plan: {len(placed)} add, {len(present) + len(insertion.unplaced)} skip"
    )
    if placed:
        print_result("\n=== additions ===\n")
    for id_, section in zip(insertion.added, placed, strict=True):
        print_result(
            f"+ ::instruction:: [section_id={id_} teacher={section.synth_teacher} "
            f"strategy={section.synth_strategy} source={section.source_section_id}]"
        )
    if present or insertion.unplaced:
        print_result("\n=== skipped ===")
    for section in present:
        print_result(f"- {section.id}: already_present (section is already in the document)")
    for left in insertion.unplaced:
        print_result(f"- {left.section.id}: left_staged ({left.reason})")
    left_staged = f"; {len(insertion.unplaced)} left staged" if insertion.unplaced else ""
    print_result(
        f"\nsynth: wrote {pluralize(len(placed), 'section')} to {escape_line(path)}{left_staged}"
    )


def insertion_json(insertion: InsertionPlan) -> dict[str, Any]:
    """Return the JSON shape of a placing."""
    return {
        "added": list(insertion.added),
        "already_present": [section.id for section in insertion.present],
        "left_staged": [
            {"section_id": left.section.id, "reason": left.reason} for left in insertion.unplaced
        ],
    }
