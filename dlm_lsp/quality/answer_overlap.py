"""Answer overlap: whether two answers say the same by their words, and how much an answer says."""

from collections import Counter
from collections.abc import Sequence

from dlm_lsp.quality.text_features import (
    TextFeatures,
    has_identifiers,
    has_numbers,
    no_other_name,
)
from dlm_lsp.quality.word_alignment import (
    HIRAGANA,
    has_case,
    is_no_name,
    replaced_slot,
    unmatched_words,
)

_LEAST_OVERLAP = 0.75
_LONG_NUMBER = 3


def no_contradiction(left: TextFeatures, right: TextFeatures) -> bool:
    """Tell whether one answer at least has no number, name or identifier that the other lacks.

    The longer of two answers that agree may well name more, but it may not negate more.
    """
    return (
        left.is_negated == right.is_negated
        and (has_identifiers(left, right) or has_identifiers(right, left))
        and (has_numbers(left, right) or has_numbers(right, left))
        and no_other_name(left, right)
    )


def contain(left: TextFeatures, right: TextFeatures) -> bool:
    """Tell whether one answer says all that the other says, and perhaps more."""
    if not (left.words and right.words):
        return left.words == right.words
    left_words = Counter(content_words(left.plain_words))
    right_words = Counter(content_words(right.plain_words))
    if not (left_words <= right_words or right_words <= left_words):
        return False
    return bool(left.numbers and right.numbers) or bool(left_words & right_words)


def agree(left: TextFeatures, right: TextFeatures) -> bool:
    """Tell whether two answers to one question say the same, be it in other words."""
    if contain(left, right):
        return True
    left_rest, right_rest = unmatched_words(left.plain_words, right.plain_words)
    either = len(left.plain_words) + len(right.plain_words)
    shared = either - len(left_rest) - len(right_rest)
    if not (left_rest and right_rest):
        return shared > 0
    # Other words in one place, or as many, are another fact: "on Monday", "on Tuesday".
    return (
        len(left_rest) != len(right_rest)
        and all(map(is_no_name, left_rest + right_rest))
        and replaced_slot(left.plain_words, right.plain_words) is None
        and shared >= _LEAST_OVERLAP * either
    )


def answer_weight(answer: TextFeatures) -> float:
    """Return how much an answer says, in words; two characters of an unspaced script are one."""
    words = sum(1.0 if len(word) > 1 or has_case(word) else 0.5 for word in answer.plain_words)
    return words + sum(
        _LONG_NUMBER if max(map(len, values)) >= _LONG_NUMBER else 1 for values in answer.numbers
    )


def content_words(words: Sequence[str]) -> Sequence[str]:
    """Return words less the hiragana at their end, which make a Japanese sentence of the rest."""
    end = len(words)
    while end and HIRAGANA.fullmatch(words[end - 1]):
        end -= 1
    return words[:end] or words
