"""`dlm synth revert`: synthesized sections out of the document again."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from dlm_lsp.cli.failure import DONE, UsageError
from dlm_lsp.cli.opened import Opened, change_document, named, open_document
from dlm_lsp.cli.output import counted, err, out, print_json
from dlm_lsp.document import Edit, Section, SynthMarker, remove
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.lock import document_lock


def revert(
    paths: Sequence[str],
    ids: Sequence[str] | None,
    since: str | None,
    teacher: str | None,
    *,
    as_json: bool,
) -> int:
    """Remove the synthesized sections that every given condition names."""
    start = None if since is None else _time(since)
    reverted = []
    for path in named(paths):

        def wanted(section: Section) -> bool:
            marker = section.synth
            return marker is not None and (
                (ids is None or section.id in ids)
                and (teacher is None or marker.synth_teacher == teacher)
                and (start is None or _written(marker) >= start)
            )

        opened = open_document(path)
        _check_ids(opened, ids)
        with document_lock(opened.folder, "dlm synth revert", err().print):
            removed = _take_out(path, wanted)
        reverted.append((path, removed))
        if not as_json:
            noun = "auto-synth instruction section"
            out().print(f"synth: stripped {counted(len(removed), noun)} from {path}")
    if as_json:
        print_json({"documents": [{"path": str(path), "removed": ids} for path, ids in reverted]})
    return DONE


def _take_out(path: Path, wanted: Callable[[Section], bool]) -> list[str]:
    def change(opened: Opened) -> tuple[Sequence[Edit], list[str]]:
        sections = [section for section in opened.document.sections if wanted(section)]
        return remove(opened.document, sections), [section.id for section in sections]

    return change_document(path, change)


def _check_ids(opened: Opened, ids: Sequence[str] | None) -> None:
    known = {section.id for section in opened.document.sections if section.synth}
    if unknown := set(ids or ()) - known:
        names = ", ".join(sorted(unknown))
        raise StoreError(
            f"{opened.path}: no synthesized section has the id {names}; "
            f"see `dlm synth list {opened.path}`"
        )


def _written(marker: SynthMarker) -> datetime:
    # The parser has read it as a time; without an offset the format means UTC.
    time = datetime.fromisoformat(marker.synth_at.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(
            f"--since is {text!r}; write a time such as 2026-01-31 or 2026-01-31T09:30:00Z"
        ) from None
    return time.astimezone(UTC)
