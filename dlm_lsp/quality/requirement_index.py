"""Requirement index: which of many sets have what another requires, or require what it has.

A requirement is a few tokens of which one is enough. The rarest requirements of a set tell most:
what has all that it requires is among the few that have those.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

Requirement = tuple[str, ...]

# A set that is looked at for nothing takes as much time as so many in a list.
_WORTHWHILE = 64
# So many requirements of a set beyond two are remembered, to be looked at one by one.
_FURTHER = 2
# In the place of a second requirement where there is one.
_NOTHING_MORE = ("",)
_NONE: Sequence[int] = ()


class RequirementIndex:
    """Sets of tokens by number; it may tell too many of them, but never too few."""

    def __init__(self) -> None:
        self._having: dict[str, list[int]] = {}
        self._requiring: dict[str, dict[str, list[int]]] = {}
        self._further: dict[int, Sequence[Requirement]] = {}

    def rarest_first(self, requirements: Iterable[Requirement]) -> list[Requirement]:
        """Return requirements in the order that they are to be given in."""
        return sorted(requirements, key=self._count)

    def add(
        self, number: int, tokens: AbstractSet[str], requirements: Sequence[Requirement]
    ) -> None:
        """Take in a set of `tokens` that has at least one of its `requirements`, rarest first."""
        for token in tokens:
            self._having.setdefault(token, []).append(number)
        first, second = (*requirements[:2], _NOTHING_MORE)[:2]
        self._further[number] = requirements[2 : 2 + _FURTHER]
        for token in first:
            by_second = self._requiring.setdefault(token, {})
            for other in second:
                by_second.setdefault(other, []).append(number)

    def having(self, requirements: Sequence[Requirement]) -> Collection[int]:
        """Return all sets that have what is required, rarest first, and others."""
        found: Collection[int] = self._having_any(requirements[0])
        for requirement in requirements[1:]:
            if self._count(requirement) > _WORTHWHILE * len(found):
                break
            found = set(found).intersection(self._having_any(requirement))
        return found

    def requiring(self, tokens: AbstractSet[str]) -> Iterator[int]:
        """Yield all sets that require nothing but what is among `tokens`, and others."""

        def has_further(number: int) -> bool:
            return not any(map(tokens.isdisjoint, self._further[number]))

        for token in self._requiring.keys() & tokens:
            by_second = self._requiring[token]
            for second in by_second.keys() & tokens:
                yield from filter(has_further, by_second[second])
            yield from by_second.get("", _NONE)

    def _count(self, requirement: Requirement) -> int:
        having = self._having
        if len(requirement) == 1:
            return len(having.get(requirement[0], _NONE))
        return sum([len(having.get(token, _NONE)) for token in requirement])

    def _having_any(self, requirement: Requirement) -> Sequence[int]:
        found = [self._having.get(token, _NONE) for token in requirement]
        return found[0] if len(found) == 1 else list(chain.from_iterable(found))
