"""Command arguments: the sections that are meant by the object that is the argument."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dlm_lsp.document import Document, Section
from dlm_lsp.server.command_error import LEDGER_UNREADABLE, CommandError
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.synth.user_edits import user_edited


@dataclass(frozen=True, slots=True)
class ChosenSections:
    """The synthesized sections that are meant, and the ids of those that are spared.

    What somebody has typed into a section no teacher can write again.
    """

    sections: tuple[Section, ...]
    spared: tuple[str, ...] = ()


def section_ids(argument: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the ids that are named, None where none are.

    Raises:
        CommandError: it is no list.
    """
    ids = argument.get("sections")
    if ids is None:
        return None
    if not isinstance(ids, Sequence) or isinstance(ids, str):
        raise CommandError("bad-argument", "`sections` takes a list of section ids")
    return frozenset(map(str, ids))


def sections_to_change(document: Document, argument: Mapping[str, Any]) -> ChosenSections:
    """Return the synthesized sections that are named.

    Equal sections have one id: as many are meant as it is named times, the last ones of those by
    the `teacher`, of the time `at` or from the `source`, where these are given.

    Raises:
        CommandError: there are none.
    """
    wanted = Counter(map(str, argument["sections"])) if section_ids(argument) else Counter()
    named: list[Section] = []
    for section in reversed(document.sections):
        if wanted[section.id] and _is_meant(section, argument):
            wanted[section.id] -= 1
            named.append(section)
    if not named:
        raise CommandError(
            "not-synthesized", "none of the named sections is synthesized and in the document"
        )
    return ChosenSections(tuple(reversed(named)))


def sections_to_revert(
    document: Document, argument: Mapping[str, Any], ledger: Collection[LedgerEntry] | None
) -> ChosenSections:
    """Return what a revert takes out: all, or of one `teacher`, of one time `at`, or what is named.

    Sections that somebody has edited are spared, unless they are named.

    Raises:
        CommandError: there is nothing to take out, or the ledger, which tells what was edited,
            cannot be read (None).
    """
    wanted = section_ids(argument)
    matching = tuple(
        section
        for section in document.sections
        if (wanted is None or section.id in wanted) and _is_meant(section, argument)
    )
    spared = frozenset[str]()
    if wanted is None:
        if ledger is None:
            raise CommandError(LEDGER_UNREADABLE.code, LEDGER_UNREADABLE.message)
        spared = user_edited(matching, ledger)
    reverted = tuple(section for section in matching if section.id not in spared)
    if not reverted:
        edited_only = " that you have not edited" if spared else ""
        raise CommandError(
            "nothing-to-revert", f"there is no synthesized section{edited_only} to revert"
        )
    return ChosenSections(reverted, tuple(sorted(spared)))


def _is_meant(section: Section, argument: Mapping[str, Any]) -> bool:
    marker = section.synth
    return marker is not None and (
        argument.get("teacher") in (None, marker.synth_teacher)
        and argument.get("at") in (None, marker.synth_at)
        and argument.get("source") in (None, marker.source_section_id)
    )
