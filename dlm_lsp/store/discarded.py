"""Discarded sections: what was dropped from the staged plan last, and can be put back."""

import os
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dlm_lsp.errors import StoreError
from dlm_lsp.store.os_reason import os_reason
from dlm_lsp.store.plan import (
    StagedSection,
    clear_plan,
    discarded_path,
    load_plan,
    plan_path,
    read_plan,
    save_plan,
    write_plan,
)


def discard_from_plan(
    folder: Path, ids: Collection[str] | None = None, at_ns: int | None = None
) -> None:
    """Drop sections from what is staged, by their ids, or all of it, even what cannot be read.

    The plan as it was stands beside it until it changes in another way. `at_ns` is when that is,
    in nanoseconds since 1970, the same for all that one command drops; now, if it is not given.

    Raises:
        StoreError: the plan cannot be read or written; what was staged stays.
    """
    path = plan_path(folder)
    plan = None if ids is None else load_plan(folder)
    sections = plan.sections if plan else ()
    waiting = tuple(section for section in sections if section.id not in (ids or ()))
    if plan and len(waiting) == len(plan.sections):
        return
    if plan and waiting:
        write_plan(discarded_path(folder), plan)
        _stamp(folder, at_ns)
        write_plan(path, replace(plan, sections=waiting))
    elif path.is_file():
        _rename(path, discarded_path(folder))
        _stamp(folder, at_ns)
    elif ids is None:
        clear_plan(folder)


def discarded_at(folder: Path) -> int | None:
    """Return when the last discard was, in nanoseconds since 1970; None where none can be undone.

    What one command has dropped has one time, in all store folders.
    """
    try:
        return discarded_path(folder).stat().st_mtime_ns
    except OSError:
        return None


def load_discarded(folder: Path) -> tuple[StagedSection, ...]:
    """Return the sections that an undo would put back.

    Raises:
        StoreError: what was dropped, or what is staged, cannot be read.
    """
    before = read_plan(discarded_path(folder))
    if before is None:
        return ()
    plan = load_plan(folder)
    waiting = {section.id for section in plan.sections} if plan else set()
    return tuple(section for section in before.sections if section.id not in waiting)


def restore_discarded(folder: Path) -> bool:
    """Put back what was dropped last, where it stood; return whether there was anything.

    Raises:
        StoreError: it cannot be read or written; what is staged stays.
    """
    dropped, path = discarded_path(folder), plan_path(folder)
    if not dropped.exists():
        return False
    before, plan = (None, None) if not path.exists() else (read_plan(dropped), load_plan(folder))
    if before and plan:
        there = {section.id for section in before.sections}
        new = (section for section in plan.sections if section.id not in there)
        save_plan(folder, replace(before, sections=(*before.sections, *new)))
        return True
    _rename(dropped, path)
    return True


def _stamp(folder: Path, at_ns: int | None) -> None:
    # The file's own time says it: what cannot be read as a plan has no other place for it.
    at = time.time_ns() if at_ns is None else at_ns
    with suppress(OSError):
        os.utime(discarded_path(folder), ns=(at, at))


def _rename(path: Path, new: Path) -> None:
    try:
        path.replace(new)
    except OSError as error:
        raise StoreError(
            f"cannot rename {path} to {new.name}: {os_reason(error)}; rename it by hand"
        ) from error
