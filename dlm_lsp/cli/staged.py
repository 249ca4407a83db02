"""`dlm synth apply` and `dlm synth discard`: what becomes of staged sections."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dlm_lsp.cli.failure import DONE, FAILED
from dlm_lsp.cli.opened import Opened, change_document, named, open_document
from dlm_lsp.cli.output import counted, err, out, print_json
from dlm_lsp.document import Edit, Placement
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.plan import StagedPlan, StagedSection, clear_plan, load_plan, save_plan
from dlm_lsp.synth.place import Placing, place


def apply_staged(
    paths: Sequence[str], ids: Sequence[str] | None, placement: Placement, *, as_json: bool
) -> int:
    """Put staged sections into their documents; return 0, or 1 where one has to stay staged."""
    placings = []
    for path in named(paths):
        opened = open_document(path)
        with document_lock(opened.folder, "dlm synth apply", err().print):
            plan = load_plan(opened.folder)
            wanted = _chosen(path, plan, ids)
            placing = put_in(path, wanted, placement)
            done = {section.id for section in (*placing.placed, *placing.present)}
            _keep(opened.folder, plan, [s for s in _sections(plan) if s.id not in done])
        placings.append((path, placing))
        if not as_json:
            print_placing(path, placing)
    if as_json:
        print_json({"documents": [placing_value(*placing) for placing in placings]})
    return FAILED if any(placing.left for _, placing in placings) else DONE


def discard_staged(paths: Sequence[str], ids: Sequence[str] | None, *, as_json: bool) -> int:
    """Drop staged sections, all or those with the given ids."""
    dropped: list[tuple[Path, list[str]]] = []
    for path in named(paths):
        opened = open_document(path)
        with document_lock(opened.folder, "dlm synth discard", err().print):
            if ids is None and not _readable(opened.folder):
                clear_plan(opened.folder)
                dropped.append((path, []))
                err().print(f"dlm: {path}: dropped a staged plan that could not be read")
                continue
            plan = load_plan(opened.folder)
            wanted = {section.id for section in _chosen(path, plan, ids)}
            _keep(opened.folder, plan, [s for s in _sections(plan) if s.id not in wanted])
        dropped.append((path, sorted(wanted)))
        if not as_json:
            out().print(f"synth: dropped {counted(len(wanted), 'staged section')} of {path}")
    if as_json:
        print_json({"documents": [{"path": str(path), "discarded": ids} for path, ids in dropped]})
    return DONE


def stage(path: Path, folder: Path, sections: Sequence[StagedSection], at: str) -> int:
    """Add sections to what is staged for a document; return how many are staged then."""
    plan = load_plan(folder) or StagedPlan(path, at, ())
    new = {section.id: section for section in sections}
    merged = (*(s for s in plan.sections if s.id not in new), *new.values())
    save_plan(folder, replace(plan, source_path=path, sections=merged))
    return len(merged)


def put_in(path: Path, sections: Sequence[StagedSection], placement: Placement) -> Placing:
    """Put sections into the document as it is now, and return what became of each."""

    def change(opened: Opened) -> tuple[Sequence[Edit], Placing]:
        placing = place(opened.document, sections, placement)
        return placing.edits, placing

    return change_document(path, change)


def print_placing(path: Path, placing: Placing) -> None:
    """Print what became of the sections that were to be put into a document."""
    placed, present = placing.placed, placing.present
    out().print(f"synth apply plan: {len(placed)} add, {len(present) + len(placing.left)} skip")
    if placed:
        out().print("\n=== additions ===\n")
    for section in placed:
        out().print(
            f"+ ::instruction:: [section_id={section.id} teacher={section.synth_teacher} "
            f"strategy={section.synth_strategy} source={section.source_section_id}]"
        )
    if present or placing.left:
        out().print("\n=== skipped ===")
    for section in present:
        out().print(f"- {section.id}: already_present (section is already in the document)")
    for left in placing.left:
        out().print(f"- {left.section.id}: left_staged ({left.reason})")
    left_staged = f"; {len(placing.left)} left staged" if placing.left else ""
    out().print(f"\nsynth: wrote {counted(len(placed), 'section')} to {path}{left_staged}")


def placing_value(path: Path, placing: Placing) -> dict[str, Any]:
    """Return the JSON shape of a placing."""
    return {
        "path": str(path),
        "added": [section.id for section in placing.placed],
        "already_present": [section.id for section in placing.present],
        "left_staged": [
            {"section_id": left.section.id, "reason": left.reason} for left in placing.left
        ],
    }


def _chosen(
    path: Path, plan: StagedPlan | None, ids: Sequence[str] | None
) -> tuple[StagedSection, ...]:
    sections = _sections(plan)
    if ids is None:
        return sections
    if unknown := set(ids) - {section.id for section in sections}:
        names = ", ".join(sorted(unknown))
        raise StoreError(f"{path}: nothing staged has the id {names}; see `dlm synth list {path}`")
    return tuple(section for section in sections if section.id in ids)


def _sections(plan: StagedPlan | None) -> tuple[StagedSection, ...]:
    return plan.sections if plan else ()


def _keep(folder: Path, plan: StagedPlan | None, sections: Sequence[StagedSection]) -> None:
    if sections and plan:
        save_plan(folder, replace(plan, sections=tuple(sections)))
    else:
        clear_plan(folder)


def _readable(folder: Path) -> bool:
    try:
        load_plan(folder)
    except StoreError:
        return False
    return True
