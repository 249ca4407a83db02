"""Text features: the words, numbers, names and identifiers of a text, computed when asked for."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from dlm_lsp.quality.identifiers import identifier_tokens, written_tokens
from dlm_lsp.quality.negation import is_negated
from dlm_lsp.quality.number_words import may_have_numbers, number_values
from dlm_lsp.quality.word_tokenize import name_tokens, word_tokens

# So many texts are remembered with what was asked of them, some 3 KiB each.
_MOST_TEXTS = 4_000


@dataclass(frozen=True)
class TextFeatures:
    """One question or answer: its words, and what of it may not differ; computed when asked for."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words."""
        return tuple(word_tokens(self.text))

    @cached_property
    def plain_words(self) -> tuple[str, ...]:
        """Its words that are no numbers."""
        in_numbers = {word for written, _ in self._numbers for word in word_tokens(written)}
        return tuple(word for word in self.words if word not in in_numbers)

    @cached_property
    def numbers(self) -> tuple[frozenset[str], ...]:
        """What each of its numbers can stand for."""
        return tuple(values for _, values in self._numbers)

    @cached_property
    def is_negated(self) -> bool:
        """Whether it says that something is not so."""
        return is_negated(self.text, self.words)

    @cached_property
    def names(self) -> frozenset[str]:
        """Its words with the capital of a name."""
        return name_tokens(self.text)

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """What it writes as a program does."""
        return identifier_tokens(self.text)

    @cached_property
    def written(self) -> frozenset[str]:
        """What stands between blanks in it."""
        return written_tokens(self.text)

    @cached_property
    def _numbers(self) -> list[tuple[str, frozenset[str]]]:
        return list(number_values(self.text)) if may_have_numbers(self.words) else []


class FeatureCache(dict[str, TextFeatures]):
    """Features of the texts that were last asked for."""

    def __missing__(self, text: str) -> TextFeatures:
        if len(self) >= _MOST_TEXTS:
            self.clear()
        self[text] = _recent_features(text)
        return self[text]


# A reply is compared within itself, and soon after with its document and the other replies.
@lru_cache(maxsize=1024)
def _recent_features(text: str) -> TextFeatures:
    return TextFeatures(text)


def has_identifiers(features: TextFeatures, others: TextFeatures) -> bool:
    """Tell whether a text has the identifiers of another, be it without their code font."""
    if others.identifiers <= features.identifiers:
        return True
    lacking = others.identifiers - features.identifiers
    return lacking <= features.written


def has_numbers(features: TextFeatures, others: TextFeatures) -> bool:
    """Tell whether a text has the numbers of another; in the same order where it has no more."""
    if len(features.numbers) == len(others.numbers):
        return all(map(frozenset.__and__, features.numbers, others.numbers))
    return all(any(number & own for own in features.numbers) for number in others.numbers)


def no_other_name(left: TextFeatures, right: TextFeatures) -> bool:
    """Tell whether one of two texts at least names nothing that the other lacks."""
    return left.names <= set(right.words) or right.names <= set(left.words)
