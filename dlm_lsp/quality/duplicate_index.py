"""Duplicate index: quickly which of many pairs say what another says."""

from collections.abc import Iterator

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.duplicate_rule import is_duplicate
from dlm_lsp.quality.text_features import FeatureCache
from dlm_lsp.quality.word_tokenize import word_tokens

# Questions less alike than the one and the other are not looked at: "When was the bridge built?"
# and "In which year was the bridge built?" reach 0.6 by their words, but many questions about
# different things reach that by their letters.
_LEAST_SHARED_WORDS = 0.5
_LEAST_SHARED_LETTERS = 0.65
# How much of a question is compared, for the time grows with the square of it.
_COMPARED_WORDS = 400
_COMPARED_CHARACTERS = 2_000
_FIRST_CODE_POINT = 0x100


class _Vocabulary(dict[str, str]):
    """One character for each word, so that likeness of word lists is likeness of strings."""

    def __missing__(self, word: str) -> str:
        self[word] = chr(_FIRST_CODE_POINT + len(self))
        return self[word]


class DuplicateIndex:
    """Pairs in the order they were added, and quickly which of them say what another says."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self._vocabulary = _Vocabulary()
        self._features = FeatureCache()
        self._keys: dict[str, tuple[str, str]] = {}
        self._word_keys: list[str] = []
        self._letter_keys: list[str] = []

    def add(self, pair: Pair) -> None:
        """Take `pair` in."""
        encoded, sorted_words = self._question_keys(pair)
        self.pairs.append(pair)
        self._word_keys.append(encoded)
        self._letter_keys.append(sorted_words)

    def first_duplicate(self, pair: Pair) -> int | None:
        """Return where the first pair stands that says what `pair` says."""
        return next((at for at, is_same in self.compare(pair) if is_same), None)

    def compare(self, pair: Pair) -> Iterator[tuple[int, bool]]:
        """Yield where a pair stands that asks alike, and whether it says what `pair` says."""
        similar = _similar_questions(*self._question_keys(pair), self._word_keys, self._letter_keys)
        return ((at, is_duplicate(pair, self.pairs[at], self._features)) for at in similar)

    def _question_keys(self, pair: Pair) -> tuple[str, str]:
        """Return the words of a question as one character each, and its sorted letters."""
        if pair.question not in self._keys:
            words = word_tokens(pair.question)[:_COMPARED_WORDS]
            encoded = "".join(self._vocabulary[word] for word in words)
            self._keys[pair.question] = encoded, " ".join(sorted(words))[:_COMPARED_CHARACTERS]
        return self._keys[pair.question]


def _similar_questions(
    encoded: str, sorted_words: str, word_keys: list[str], letter_keys: list[str]
) -> Iterator[int]:
    """Yield where a question stands that is like this one, in its words or in sorted letters."""
    hits = process.extract(
        encoded,
        word_keys,
        scorer=Indel.normalized_similarity,
        score_cutoff=_LEAST_SHARED_WORDS,
        limit=None,
    )
    hits += process.extract(
        sorted_words,
        letter_keys,
        scorer=fuzz.ratio,
        score_cutoff=_LEAST_SHARED_LETTERS * 100,
        limit=None,
    )
    yield from sorted({at for _, _, at in hits})
