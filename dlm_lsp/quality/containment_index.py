"""Containment index: which of many sets of words lie within a set, and which it lies within.

Of the words of a set the rarest tell most: what contains a set stands beside its rarest word, and
what it contains stands, by its own two rarest words, beside two words of the set.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

_NOTHING: tuple[int, ...] = ()
# In the place of a second word where a set has one word.
_ALONE = ""


class ContainmentIndex:
    """Sets of words by number; it may tell too many of them, but never too few."""

    def __init__(self) -> None:
        self._with_word: dict[str, list[int]] = {}
        self._by_rarest: dict[str, dict[str, list[int]]] = {}

    def add(self, number: int, words: AbstractSet[str], more: AbstractSet[str]) -> None:
        """Take in a set of `words`; others are held to lie within it if they do with `more`.

        Without words it is told of none.
        """
        for word in words | more:
            self._with_word.setdefault(word, []).append(number)
        if words:
            first, second = self._two_rarest(words)
            self._by_rarest.setdefault(first, {}).setdefault(second, []).append(number)

    def supersets(self, words: AbstractSet[str]) -> list[int] | tuple[int, ...]:
        """Return all sets that all of `words` lie within, and others."""
        found = (self._with_word.get(word, _NOTHING) for word in words)
        return min(found, key=len, default=_NOTHING)

    def subsets(self, words: AbstractSet[str]) -> Iterator[int]:
        """Yield all sets that lie within `words`, and others."""
        for word in words:
            if by_second := self._by_rarest.get(word):
                for second in by_second.keys() & words:
                    yield from by_second[second]
                yield from by_second.get(_ALONE, _NOTHING)

    def with_any(self, words: AbstractSet[str]) -> Iterator[int]:
        """Yield all sets that have one of `words`."""
        for word in words:
            yield from self._with_word.get(word, _NOTHING)

    def _two_rarest(self, words: AbstractSet[str]) -> tuple[str, str]:
        by_count = sorted(words, key=lambda word: (len(self._with_word[word]), word))
        return by_count[0], by_count[1] if len(by_count) > 1 else _ALONE
