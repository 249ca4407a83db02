"""Word alignment: which words of two texts stand for each other, be it in another form or place."""

import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz.distance import Prefix

# Words of so many letters may say nothing of their own: "what is", "what's".
_SHORT = 3
# Beginnings of words are one word where they make up so much of it: "built" and "build".
_SHARED_STEM = 0.8
_LEAST_STEM = 3
_LONGEST_ENDING = 2
# So many words, or signs, at most change their place as one: "the server".
_LONGEST_EXCHANGED = 12
HIRAGANA = re.compile(r"[\u3041-\u309f]")
"""Letters of Japanese that words of grammar are made of."""


def unmatched_words(left: Sequence[str], right: Sequence[str]) -> list[list[str]]:
    """Return the words of each that the other has in no form."""
    left_rest = sorted((Counter(left) - Counter(right)).elements())
    right_rest = sorted((Counter(right) - Counter(left)).elements())
    if not (left_rest and right_rest):
        return [left_rest, right_rest]
    left_only = []
    for word in left_rest:
        form = next((other for other in right_rest if inflected(word, other)), None)
        if form is None:
            left_only.append(word)
        else:
            right_rest.remove(form)
    return [left_only, right_rest]


def replaced_slot(left: Sequence[str], right: Sequence[str]) -> int | None:
    """Return where two questions with one frame have other words, None if that is no one place.

    They are as many words, except in a script without blanks.
    """
    begin = shared_prefix(left, right)
    end = shared_prefix(left[begin:][::-1], right[begin:][::-1])
    left_slot, right_slot = left[begin : len(left) - end], right[begin : len(right) - end]
    if len(left_slot) != len(right_slot) and any(map(has_case, (*left_slot, *right_slot))):
        return None
    has_others = all(map(bool, unmatched_words(left_slot, right_slot)))
    is_replaced = has_others and set(left_slot).isdisjoint(right_slot)
    return begin if is_replaced else None


def exchanged(left: Sequence[str], right: Sequence[str]) -> bool:
    """Tell whether two stretches apart from each other have changed places: "client", "server".

    Words that say nothing of their own move with those that they belong to, which changes nothing.
    """
    begin = shared_prefix(left, right)
    end = shared_prefix(left[begin:][::-1], right[begin:][::-1])
    left, right = left[begin : len(left) - end], right[begin : len(right) - end]
    size = len(left)
    lengths = range(1, min(size, _LONGEST_EXCHANGED + 1))
    lasts = [last for last in lengths if inflected(left[0], right[size - last])]
    firsts = [first for first in lengths if inflected(left[-1], right[first - 1])]
    return any(
        first + last < size
        and not any(map(is_light, (*right[:first], *right[size - last :])))
        and shared_prefix(left, _exchange_ends(right, first, size - last)) == size
        for first in firsts
        for last in lasts
    )


def _exchange_ends(words: Sequence[str], first: int, last: int) -> Sequence[str]:
    return (*words[last:], *words[first:last], *words[:first])


def shared_prefix(left: Sequence[str], right: Sequence[str]) -> int:
    """Return how many words two texts have in common at their beginnings, in whatever form."""
    pairs = zip(left, right, strict=False)
    return next(
        (place for place, words in enumerate(pairs) if not inflected(*words)),
        min(len(left), len(right)),
    )


def inflected(left: str, right: str) -> bool:
    """Tell whether two words are one, or forms of one by their beginnings."""
    if stem(left) != stem(right):
        return False
    shorter, longer = sorted((left, right), key=len)
    is_ending = (
        len(shorter) >= _LEAST_STEM
        and len(longer) - len(shorter) <= _LONGEST_ENDING
        and longer.startswith(shorter)
    )
    return is_ending or Prefix.normalized_similarity(left, right) >= _SHARED_STEM


def stem(word: str) -> str:
    """Return the beginning that all forms of a word have in common."""
    return word[:_LEAST_STEM]


def is_light(word: str) -> bool:
    """Tell whether a word is short, or Japanese grammar, and so may say nothing of its own."""
    return bool(HIRAGANA.fullmatch(word)) or (len(word) <= _SHORT and has_case(word))


def has_case(word: str) -> bool:
    """Tell whether a word would look otherwise with a capital."""
    return word.title() != word


def is_no_name(word: str) -> bool:
    """Tell whether a word can be no name, for a name would have a capital; nor part of one."""
    return has_case(word) or bool(HIRAGANA.fullmatch(word))
