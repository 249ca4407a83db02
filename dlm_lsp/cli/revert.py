"""`dlm synth revert`: synthesized sections out of the document again."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dlm_lsp.cli.each import Done, documents_with, for_each
from dlm_lsp.cli.failure import DONE, UsageError
from dlm_lsp.cli.opened import Opened, change_document, open_document
from dlm_lsp.cli.output import counted, one_line, say, tell
from dlm_lsp.document import Edit, Section, remove
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.lock import document_lock
from dlm_lsp.synth.edited import edited


@dataclass(frozen=True, slots=True)
class Reverted:
    """The ids of the sections that were taken out, and of those left because of later edits."""

    removed: tuple[str, ...]
    edited: tuple[str, ...]


def revert(
    paths: Sequence[str],
    ids: Sequence[str] | None,
    since: str | None,
    teacher: str | None,
    *,
    with_edited: bool,
    as_json: bool,
) -> int:
    """Remove the synthesized sections that every given condition names.

    One that somebody has edited since holds words that no teacher can write again: it stays,
    unless it is named by its id or `with_edited` is set.
    """
    start = None if since is None else _start(since)

    def wanted(section: Section) -> bool:
        marker = section.synth
        return marker is not None and (
            (ids is None or section.id in ids)
            and (teacher is None or marker.synth_teacher == teacher)
            and (start is None or _time(marker.synth_at) >= start)
        )

    def work(path: Path) -> Done:
        opened = open_document(path)
        with document_lock(opened.folder, "dlm synth revert", tell):
            spare = () if with_edited or ids is not None else Ledger(opened.folder).all()
            reverted = _take_out(path, wanted, spare)
        if not as_json:
            noun = "auto-synth instruction section"
            say(f"synth: stripped {counted(len(reverted.removed), noun)} from {one_line(path)}")
        if reverted.edited:
            tell(
                f"{counted(len(reverted.edited), 'section')} edited since and left in {path}: "
                f"{', '.join(reverted.edited)} (`--edited` takes them out too)"
            )
        return DONE, {"removed": list(reverted.removed), "edited": list(reverted.edited)}

    documents = documents_with(paths, ids, _applied_ids, "synthesized")
    return max(for_each(documents, work, as_json=as_json))


def _take_out(
    path: Path, wanted: Callable[[Section], bool], ledger: Collection[LedgerEntry]
) -> Reverted:
    def change(opened: Opened) -> tuple[Sequence[Edit], Reverted]:
        sections = [section for section in opened.document.sections if wanted(section)]
        left = edited(sections, ledger)
        gone = [section for section in sections if section.id not in left]
        stayed = tuple(section.id for section in sections if section.id in left)
        return remove(opened.document, gone), Reverted(tuple(s.id for s in gone), stayed)

    return change_document(path, change)


def _applied_ids(opened: Opened) -> list[str]:
    return [section.id for section in opened.document.sections if section.synth]


def _time(text: str) -> datetime:
    """Return an ISO-8601 time; one without an offset means UTC, as in a marker."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _start(since: str) -> datetime:
    try:
        return _time(since)
    except ValueError:
        raise UsageError(
            f"--since is {since!r}; write a time such as 2026-01-31 or 2026-01-31T09:30:00Z"
        ) from None
