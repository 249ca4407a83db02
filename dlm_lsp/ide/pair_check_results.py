"""Pair check results: what the checks of the pairs of a document have found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PairKey = tuple[str, int]
"""The id of a section, and which of its pairs, from 0."""


@dataclass(frozen=True, slots=True)
class PairCheckResults:
    """What the pair checks found, by section ids and by which pair of the section it is.

    `duplicates` names for the pairs of a section those that say the same; `ungrounded` says for the
    pairs of a section and its source what in the answer the source does not back. `standing` names
    for a section and the source that it names, which is gone, the one that its evidence stands in
    now, None where there is none.
    """

    duplicates: Mapping[str, Mapping[int, tuple[PairKey, ...]]]
    ungrounded: Mapping[tuple[str, str], Mapping[int, str]]
    standing: Mapping[tuple[str, str], str | None] = field(default_factory=dict)

    @property
    def backed(self) -> frozenset[tuple[str, str]]:
        """The sections, and the sources that they name, whose evidence stands elsewhere now."""
        return frozenset(key for key, target in self.standing.items() if target)


NOTHING_CHECKED = PairCheckResults({}, {})
