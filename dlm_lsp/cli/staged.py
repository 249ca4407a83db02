"""`dlm synth apply` and `dlm synth discard`: what becomes of staged sections."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlm_lsp.cli.each import Done, documents_with, for_each
from dlm_lsp.cli.failure import DONE, FAILED
from dlm_lsp.cli.opened import Opened, change_document, open_document
from dlm_lsp.cli.output import counted, one_line, say, tell
from dlm_lsp.document import Edit, Placement
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.plan import StagedPlan, StagedSection, clear_plan, load_plan, take_from_plan
from dlm_lsp.synth.place import Placing, place


def apply_staged(
    paths: Sequence[str], ids: Sequence[str] | None, placement: Placement, *, as_json: bool
) -> int:
    """Put staged sections into their documents; return 0, or 1 where one has to stay staged."""

    def work(path: Path) -> Done:
        opened = open_document(path)
        with document_lock(opened.folder, "dlm synth apply", tell):
            wanted = _chosen(load_plan(opened.folder), ids)
            placing = put_in(path, wanted, placement)
            take_from_plan(
                opened.folder, {section.id for section in (*placing.placed, *placing.present)}
            )
        if not as_json:
            print_placing(path, placing)
        return FAILED if placing.left else DONE, placing_value(placing)

    documents = documents_with(paths, ids, staged_ids, "staged")
    return max(for_each(documents, work, as_json=as_json))


def discard_staged(paths: Sequence[str], ids: Sequence[str] | None, *, as_json: bool) -> int:
    """Drop staged sections, all or those with the given ids."""

    def work(path: Path) -> Done:
        opened = open_document(path)
        with document_lock(opened.folder, "dlm synth discard", tell):
            dropped = _drop_all(opened) if ids is None else _drop(opened, ids)
        if not as_json:
            say(f"synth: dropped {counted(len(dropped), 'staged section')} of {one_line(path)}")
        return DONE, {"discarded": dropped}

    documents = documents_with(paths, ids, staged_ids, "staged")
    return max(for_each(documents, work, as_json=as_json))


def _drop(opened: Opened, ids: Sequence[str]) -> list[str]:
    dropped = [section.id for section in _chosen(load_plan(opened.folder), ids)]
    take_from_plan(opened.folder, dropped)
    return dropped


def _drop_all(opened: Opened) -> list[str]:
    """Drop the plan, even one that cannot be read."""
    try:
        dropped = staged_ids(opened)
    except StoreError:
        clear_plan(opened.folder)
        tell(f"dlm: the staged plan of {opened.path} could not be read; it is dropped")
        return []
    clear_plan(opened.folder)
    return dropped


def put_in(path: Path, sections: Sequence[StagedSection], placement: Placement) -> Placing:
    """Put sections into the document as it is now, and return what became of each."""

    def change(opened: Opened) -> tuple[Sequence[Edit], Placing]:
        placing = place(opened.document, sections, placement)
        return placing.edits, placing

    return change_document(path, change)


def staged_ids(opened: Opened) -> list[str]:
    """Return the ids of the sections that are staged for a document."""
    return [section.id for section in _chosen(load_plan(opened.folder), None)]


def print_placing(path: Path, placing: Placing) -> None:
    """Print what became of the sections that were to be put into a document."""
    placed, present = placing.placed, placing.present
    say(f"synth apply plan: {len(placed)} add, {len(present) + len(placing.left)} skip")
    if placed:
        say("\n=== additions ===\n")
    for id_, section in zip(placing.added, placed, strict=True):
        say(
            f"+ ::instruction:: [section_id={id_} teacher={section.synth_teacher} "
            f"strategy={section.synth_strategy} source={section.source_section_id}]"
        )
    if present or placing.left:
        say("\n=== skipped ===")
    for section in present:
        say(f"- {section.id}: already_present (section is already in the document)")
    for left in placing.left:
        say(f"- {left.section.id}: left_staged ({left.reason})")
    left_staged = f"; {len(placing.left)} left staged" if placing.left else ""
    say(f"\nsynth: wrote {counted(len(placed), 'section')} to {one_line(path)}{left_staged}")


def placing_value(placing: Placing) -> dict[str, Any]:
    """Return the JSON shape of a placing."""
    return {
        "added": list(placing.added),
        "already_present": [section.id for section in placing.present],
        "left_staged": [
            {"section_id": left.section.id, "reason": left.reason} for left in placing.left
        ],
    }


def _chosen(plan: StagedPlan | None, ids: Sequence[str] | None) -> tuple[StagedSection, ...]:
    sections = plan.sections if plan else ()
    return tuple(section for section in sections if ids is None or section.id in ids)
