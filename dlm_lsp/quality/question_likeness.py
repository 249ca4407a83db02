"""Question likeness: which questions are alike enough to ask for one thing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

# Questions less alike than the one and the other are not looked at: "When was the bridge built?"
# and "In which year was the bridge built?" reach 0.6 by their words, but many questions about
# different things reach that by their letters.
_LEAST_SHARED_WORDS = 0.5
_LEAST_SHARED_LETTERS = 0.65
# How much of a question is compared, for the time grows with the square of it.
_COMPARED_WORDS = 400
_COMPARED_CHARACTERS = 2_000
_FIRST_CODE_POINT = 0x100
# Of so many words the next are taken for the first, which the rule tells apart.
_CODE_POINTS = 0x110000 - _FIRST_CODE_POINT


@dataclass(frozen=True, slots=True)
class QuestionKeys:
    """The words of a question as one character each, and its sorted words as one string."""

    words: str
    letters: str


class _Vocabulary(dict[str, str]):
    """One character for each word, so that likeness of word lists is likeness of strings."""

    def __missing__(self, word: str) -> str:
        self[word] = chr(_FIRST_CODE_POINT + len(self) % _CODE_POINTS)
        return self[word]


class QuestionList:
    """Questions in the order they were added, and which of them are like another."""

    def __init__(self) -> None:
        self._vocabulary = _Vocabulary()
        self._word_keys: list[str] = []
        self._letter_keys: list[str] = []

    def keys(self, words: Sequence[str]) -> QuestionKeys:
        """Return what a question of these `word_tokens` is compared by."""
        words = words[:_COMPARED_WORDS]
        encoded = "".join(map(self._vocabulary.__getitem__, words))
        return QuestionKeys(encoded, " ".join(sorted(words))[:_COMPARED_CHARACTERS])

    def add(self, keys: QuestionKeys) -> None:
        """Take a question in."""
        self._word_keys.append(keys.words)
        self._letter_keys.append(keys.letters)

    def alike(self, keys: QuestionKeys, places: Iterable[int] | None = None) -> list[int]:
        """Return those of `places`, or all, in order, where a question stands that is like one."""
        if places is None:
            return _alike(keys, self._word_keys, self._letter_keys)
        places = list(places)
        if not places:
            return []
        word_keys = dict(zip(places, map(self._word_keys.__getitem__, places), strict=True))
        letter_keys = dict(zip(places, map(self._letter_keys.__getitem__, places), strict=True))
        return _alike(keys, word_keys, letter_keys)


def _alike(
    keys: QuestionKeys,
    word_keys: Sequence[str] | Mapping[int, str],
    letter_keys: Sequence[str] | Mapping[int, str],
) -> list[int]:
    found = process.extract(
        keys.words,
        word_keys,
        scorer=Indel.normalized_similarity,
        score_cutoff=_LEAST_SHARED_WORDS,
        limit=None,
    )
    found += process.extract(
        keys.letters,
        letter_keys,
        scorer=fuzz.ratio,
        score_cutoff=_LEAST_SHARED_LETTERS * 100,
        limit=None,
    )
    return sorted({place for *_, place in found})
