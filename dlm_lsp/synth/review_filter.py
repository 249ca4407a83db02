"""Review filter: which pairs a review is about, and in which order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from dlm_lsp.ide.teacher_name import short_teacher_name
from dlm_lsp.synth.review_items import ItemState, ReviewItem

PAIR_STATES: tuple[ItemState, ...] = get_args(ItemState)

EXPECTED: tuple[ItemState, ...] = ("staged", "inserted")
"""The states of the pairs that a review is about if nothing else is said."""


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """What a pair has to be like to be reviewed.

    `teacher` is a selector or its short name. Of pairs without a margin none is `below` one. With
    `low_first` the least margin comes first, and what was not judged last; with `decided` what has
    a decision comes, too.
    """

    states: tuple[ItemState, ...] = EXPECTED
    teacher: str | None = None
    below: float | None = None
    low_first: bool = False
    decided: bool = False

    def of(self, items: Iterable[ReviewItem]) -> tuple[ReviewItem, ...]:
        """Return those of the items that are to be reviewed."""
        chosen = [item for item in items if self._takes(item)]
        if self.low_first:
            chosen.sort(key=lambda item: (item.margin is None, item.margin or 0.0))
        return tuple(chosen)

    def _takes(self, item: ReviewItem) -> bool:
        # A pair that was rejected is a refused one from then on, whatever it was before.
        was_expected = item.decision == "rejected" and set(EXPECTED) <= set(self.states)
        return (
            (item.state in self.states or was_expected)
            and (self.decided or item.decision is None)
            and self.teacher in (None, item.teacher, short_teacher_name(item.teacher))
            and (self.below is None or (item.margin is not None and item.margin < self.below))
        )
