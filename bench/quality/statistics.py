"""Yield and errors: how many right pairs a run gives, and what its filters refuse."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.quality.grades import GradedPair
from bench.quality.runs import Run

_NOT_RULES = {
    "near_probe",
    "duplicate_pair",
    "over_count",
    "over_max_pairs",
    "judge_disfavored",
    "below_threshold",
    "unjudged",
    "not_verified",
    "unverified",
}
"""Reasons that are no text rule's: another pair says it, there is no room, a model said so."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of some pairs of a run.

    `accepted` counts grades among the accepted, `ungraded` those of them that nobody has read;
    `refused_right` and `refused_wrong` count reasons among the right and the wrong ones.
    """

    sections: int
    raw: Counter[str]
    accepted: Counter[str]
    ungraded: int
    refused_right: Counter[str]
    refused_wrong: Counter[str]

    @property
    def graded_accepted(self) -> int:
        """How many accepted pairs have a grade."""
        return self.accepted.total()

    @property
    def right_a_section(self) -> float:
        """Right accepted pairs a section."""
        return self.accepted["right"] / self.sections if self.sections else 0.0

    def share(self, grade: str) -> float | None:
        """Return the share of a grade among the graded accepted pairs, None of none."""
        total = self.graded_accepted
        return self.accepted[grade] / total if total else None

    @property
    def in_language(self) -> float | None:
        """The share of accepted pairs in the language of their text."""
        other = self.share("other_language")
        return None if other is None else 1 - other

    @property
    def false_refusals(self) -> float | None:
        """The share of right pairs that a text rule refuses."""
        by_rule = sum(n for reason, n in self.refused_right.items() if reason not in _NOT_RULES)
        return by_rule / self.raw["right"] if self.raw["right"] else None


def tally(
    run: Run,
    graded: Mapping[str, GradedPair],
    *,
    sections: Iterable[str] | None = None,
    strategy: str | None = None,
) -> Tally:
    """Return what came of a run, of all or of some of its sections and strategies."""
    about = set(run.sections if sections is None else sections) & set(run.sections)
    raw: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    refused: dict[str, Counter[str]] = {"right": Counter(), "wrong": Counter()}
    ungraded = 0
    for pair in run.pairs:
        if pair.section not in about or strategy not in (None, pair.strategy):
            continue
        known = graded.get(pair.id)
        if known is None:
            ungraded += pair.accepted
            continue
        raw[known.grade] += 1
        if pair.accepted:
            accepted[known.grade] += 1
        elif known.grade in refused:
            refused[known.grade][pair.reason] += 1
    return Tally(len(about), raw, accepted, ungraded, refused["right"], refused["wrong"])
