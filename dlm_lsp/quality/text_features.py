"""Text features: the words, numbers, names and identifiers of a text, computed when asked for."""

from dataclasses import dataclass

from dlm_lsp.quality.identifiers import identifier_tokens, written_tokens
from dlm_lsp.quality.negation import is_negated
from dlm_lsp.quality.number_words import number_values
from dlm_lsp.quality.word_tokenize import name_tokens, word_tokens


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """One question or answer: its words, and what of it may not differ.

    `plain_words` are the `words` that are no numbers; a number is what it can stand for.
    """

    words: tuple[str, ...]
    plain_words: tuple[str, ...]
    numbers: tuple[frozenset[str], ...]
    is_negated: bool
    names: frozenset[str]
    identifiers: frozenset[str]
    text: str


class FeatureCache(dict[str, TextFeatures]):
    """Features by text, computed when asked for: few questions are alike, so most never are."""

    def __missing__(self, text: str) -> TextFeatures:
        words = tuple(word_tokens(text))
        numbers = list(number_values(text))
        in_numbers = {word for written, _ in numbers for word in word_tokens(written)}
        self[text] = TextFeatures(
            words,
            tuple(word for word in words if word not in in_numbers),
            tuple(values for _, values in numbers),
            is_negated(text, words),
            name_tokens(text),
            identifier_tokens(text),
            text,
        )
        return self[text]


def has_identifiers(features: TextFeatures, others: TextFeatures) -> bool:
    """Tell whether a text has the identifiers of another, be it without their code font."""
    if others.identifiers <= features.identifiers:
        return True
    lacking = others.identifiers - features.identifiers
    return all(token in features.text for token in lacking) and lacking <= written_tokens(
        features.text
    )


def has_numbers(features: TextFeatures, others: TextFeatures) -> bool:
    """Tell whether a text has the numbers of another; in the same order where it has no more."""
    if len(features.numbers) == len(others.numbers):
        return all(map(frozenset.__and__, features.numbers, others.numbers))
    return all(any(number & own for own in features.numbers) for number in others.numbers)


def no_other_name(left: TextFeatures, right: TextFeatures) -> bool:
    """Tell whether one of two texts at least names nothing that the other lacks."""
    return left.names <= set(right.words) or right.names <= set(left.words)
