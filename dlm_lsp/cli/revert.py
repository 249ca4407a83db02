"""Removal of synthesized sections from a document: `dlm synth revert`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dlm_lsp.cli.batch import BatchOutcome, documents_with, for_each
from dlm_lsp.cli.exit_codes import DONE
from dlm_lsp.cli.load import LoadedDocument, change_document, load_document
from dlm_lsp.cli.output import escape_line, pluralize, print_notice, print_result
from dlm_lsp.document import Edit, Section, remove
from dlm_lsp.errors import UsageError
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.lock import document_lock
from dlm_lsp.synth.user_edits import user_edited


@dataclass(frozen=True, slots=True)
class RevertOutcome:
    """The ids of the sections that were taken out, and of those left because of later edits."""

    removed: tuple[str, ...]
    edited: tuple[str, ...]


def revert_documents(
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

    def work(path: Path) -> BatchOutcome:
        opened = load_document(path)
        with document_lock(opened.folder, "dlm synth revert", print_notice):
            spare = () if with_edited or ids is not None else Ledger(opened.folder).all()
            reverted = _take_out(path, wanted, spare)
        if not as_json:
            noun = "auto-synth instruction section"
            print_result(
                f"synth: stripped {pluralize(len(reverted.removed), noun)} from {escape_line(path)}"
            )
        if reverted.edited:
            print_notice(
                f"{pluralize(len(reverted.edited), 'section')} edited since and left in {path}: "
                f"{', '.join(reverted.edited)} (`--edited` takes them out too)"
            )
        return DONE, {"removed": list(reverted.removed), "edited": list(reverted.edited)}

    documents = documents_with(paths, ids, _applied_ids, "synthesized")
    return max(for_each(documents, work, as_json=as_json))


def _take_out(
    path: Path, wanted: Callable[[Section], bool], ledger: Collection[LedgerEntry]
) -> RevertOutcome:
    def change(opened: LoadedDocument) -> tuple[Sequence[Edit], RevertOutcome]:
        sections = [section for section in opened.document.sections if wanted(section)]
        left = user_edited(sections, ledger)
        gone = [section for section in sections if section.id not in left]
        stayed = tuple(section.id for section in sections if section.id in left)
        return remove(opened.document, gone), RevertOutcome(tuple(s.id for s in gone), stayed)

    return change_document(path, change)


def _applied_ids(opened: LoadedDocument) -> list[str]:
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
