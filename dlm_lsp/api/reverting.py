"""Revert: synthesized sections taken out of a document again."""

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dlm_lsp.api.documents import LoadedDocument, change_document, load_document
from dlm_lsp.document import Edit, Section, remove
from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.lock import document_lock
from dlm_lsp.synth.user_edits import user_edited


@dataclass(frozen=True, slots=True)
class RevertOutcome:
    """The ids of the sections that were taken out, and of those left because of later edits."""

    removed: tuple[str, ...]
    edited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevertFilter:
    """Which synthesized sections go: those that fulfil every condition that is given.

    One that somebody has edited since holds words that no teacher can write again: it stays,
    unless it is named by its id or `edited` is set.

    Raises:
        UsageError: `since` is no time.
    """

    ids: Sequence[str] | None = None
    since: datetime | None = None
    teacher: str | None = None
    edited: bool = False

    def matches(self, section: Section) -> bool:
        """Tell whether a section is meant, edited or not."""
        marker = section.synth
        return marker is not None and (
            (self.ids is None or section.id in self.ids)
            and (self.teacher is None or marker.synth_teacher == self.teacher)
            and (self.since is None or parse_time(marker.synth_at) >= self.since)
        )


def parse_time(text: str) -> datetime:
    """Return an ISO-8601 time; one without an offset means UTC, as in a marker.

    Raises:
        ValueError: it is none.
    """
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def parse_since(text: str, name: str = "since") -> datetime:
    """Return the time from which on sections are meant; `name` is what the door calls it.

    Raises:
        UsageError: it is no time.
    """
    try:
        return parse_time(text)
    except ValueError:
        raise UsageError(
            f"{name} is {text!r}; write a time such as 2026-01-31 or 2026-01-31T09:30:00Z"
        ) from None


def revert_document(
    path: Path, chosen: RevertFilter, on_wait: Callable[[str], None]
) -> RevertOutcome:
    """Remove the synthesized sections that `chosen` matches; `on_wait` hears who holds the store.

    A store that can only be read is enough.

    Raises:
        StoreError: the document or its ledger cannot be read or written.
    """
    folder = load_document(path).folder
    with ExitStack() as holding:
        # In a store that cannot be written nobody works, and the document needs nothing of it.
        with suppress(StoreError):
            holding.enter_context(document_lock(folder, "dlm synth revert", on_wait, path))
        named = chosen.edited or chosen.ids is not None
        return _remove_sections(path, chosen, () if named else Ledger(folder).all())


def _remove_sections(
    path: Path, chosen: RevertFilter, ledger: Collection[LedgerEntry]
) -> RevertOutcome:
    def change(loaded: LoadedDocument) -> tuple[Sequence[Edit], RevertOutcome]:
        sections = [section for section in loaded.document.sections if chosen.matches(section)]
        edited = user_edited(sections, ledger)
        going = [section for section in sections if section.id not in edited]
        staying = tuple(section.id for section in sections if section.id in edited)
        removed = tuple(section.id for section in going)
        return remove(loaded.document, going), RevertOutcome(removed, staying)

    return change_document(path, change)
