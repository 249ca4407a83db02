"""User edits: synthesized sections that hold words that no teacher wrote."""

from collections.abc import Collection, Iterable

from dlm_lsp.document import Section
from dlm_lsp.store.ledger import LedgerEntry


def user_edited(sections: Iterable[Section], ledger: Collection[LedgerEntry]) -> frozenset[str]:
    """Return the ids of those that somebody has edited since they were synthesized.

    The ledger knows what its runs wrote; of other runs nobody can tell.
    """
    if not ledger:
        return frozenset()
    written = {entry.section_id for entry in ledger}
    runs = {(entry.teacher, entry.synth_at) for entry in ledger}
    return frozenset(
        section.id
        for section in sections
        if section.id not in written
        and (marker := section.synth)
        and (marker.synth_teacher, marker.synth_at) in runs
    )
