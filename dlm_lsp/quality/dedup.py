"""Near-duplicate detection: which pairs say the same thing twice, by a two-sided rule.

A question alone does not tell: "capital of France?" and "capital of Spain?" share five words of
six. So questions have to be alike, answers have to agree, and no number or name may differ. Where
one question has other words in the place of one or two, such as left and right lever, the answers
have to be the same, and say so much that they answer one question only.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel, Prefix

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.word_tokenize import name_tokens, number_tokens, word_tokens

# Measured: real paraphrases score from 0.62 up by the one or the other likeness, and questions
# about different things reach 0.86: below 0.7 too many of these, above it too few of those.
_LEAST_SIMILARITY = 0.7
_LEAST_OVERLAP = 0.6
# How much of a question is compared, for the time grows with the square of it.
_COMPARED_WORDS = 400
_COMPARED_CHARACTERS = 2_000
_FIRST_CODE_POINT = 0x100
# At most so many words take each other's place; where more do, it is another way to ask.
_MOST_REPLACED = 2
# An answer without a number that says less, such as "yes" or "the same", fits many questions.
_LEAST_CONTENT_WORDS = 3
# Beginnings of words are one word where they make up so much of it: "built" and "build".
_SHARED_STEM = 0.7
# Words that can be left out or changed for each other, and the question stays the same.
_FUNCTION_WORDS = frozenset(
    word_tokens(
        "a an the this that these those it its they their there you your one we our i my "
        "is are was were be been do does did has have had s what which of "
        "der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen "
        "diesem es man sie wir ihr ist sind war waren wird werden wurde wurden hat haben welche "
        "welcher welches welchen welchem"
    )
)
# Questions about the two may well have the same answer, and still be two.
_OPPOSITES = (
    "minimum maximum, min max, least most, lowest highest, smallest largest, shortest longest, "
    "first last, left right, on off, in out, up down, upper lower, top bottom, start end, "
    "open closed, open close, opens closes, opened closed, before after, input output, read write, "
    "summer winter, day night, with without, from to, north south, east west, links rechts, "
    "ein aus, auf zu, erste letzte, oben unten, vor nach, mit ohne, sommer winter, tag nacht, "
    "minimale maximale, kleinste größte"
)
_OPPOSED = frozenset(frozenset(word_tokens(pair)) for pair in _OPPOSITES.split(","))


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The pair at `index` says what pair `of` says, or one of the document where `of` is None."""

    index: int
    of: int | None
    question: str


@dataclass(frozen=True, slots=True)
class _TextFeatures:
    """One question or answer: its words as one character each, and what it names.

    `content_words` are those that are no function words.
    """

    encoded: str
    content_words: tuple[str, ...]
    words: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]


class _Vocabulary(dict[str, str]):
    """One character for each word, so that likeness of word lists is likeness of strings."""

    def __missing__(self, word: str) -> str:
        self[word] = chr(_FIRST_CODE_POINT + len(self))
        return self[word]


class _FeatureCache(dict[str, _TextFeatures]):
    """Features by text, computed when asked for: few questions are alike, so most never are."""

    def __init__(self, vocabulary: _Vocabulary) -> None:
        self._vocabulary = vocabulary

    def __missing__(self, text: str) -> _TextFeatures:
        words = word_tokens(text)
        encoded = "".join(self._vocabulary[word] for word in words)
        content_words = tuple(word for word in words if word not in _FUNCTION_WORDS)
        self[text] = _TextFeatures(
            encoded, content_words, frozenset(words), number_tokens(text), name_tokens(text)
        )
        return self[text]


def duplicates(
    pairs: Sequence[Pair],
    margins: Sequence[float | None],
    existing: Sequence[Pair] = (),
) -> list[Duplicate]:
    """Return the pairs that say what another says, by index; of two alike the better judged stays.

    `margins` are the judge's, None where it has not judged; where they tie, the first pair stays.
    What is `existing` in the document always stays.
    """
    distinct = DuplicateIndex()
    distinct_indexes: list[int | None] = []
    found_duplicates: list[Duplicate] = []
    best_first = sorted(range(len(pairs)), key=lambda index: (-_margin(margins[index]), index))
    candidates = [(index, pairs[index]) for index in best_first]
    for index, pair in [*((None, pair) for pair in existing), *candidates]:
        same = None if index is None else distinct.first_duplicate(pair)
        if index is not None and same is not None:
            found_duplicates.append(
                Duplicate(index, distinct_indexes[same], distinct.pairs[same].question)
            )
            continue
        distinct.add(pair)
        distinct_indexes.append(index)
    return sorted(found_duplicates, key=lambda duplicate: duplicate.index)


class DuplicateIndex:
    """Pairs in the order they were added, and quickly which of them say what another says."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self._vocabulary = _Vocabulary()
        self._features = _FeatureCache(self._vocabulary)
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
        return ((at, _is_duplicate(pair, self.pairs[at], self._features)) for at in similar)

    def _question_keys(self, pair: Pair) -> tuple[str, str]:
        words = word_tokens(pair.question)[:_COMPARED_WORDS]
        encoded = "".join(self._vocabulary[word] for word in words)
        return encoded, " ".join(sorted(words))[:_COMPARED_CHARACTERS]


def _margin(margin: float | None) -> float:
    return float("-inf") if margin is None else margin


def _similar_questions(
    encoded: str, sorted_words: str, word_keys: list[str], letter_keys: list[str]
) -> Iterator[int]:
    """Yield where a question stands that is like this one, in its words or in sorted letters."""
    hits = process.extract(
        encoded,
        word_keys,
        scorer=Indel.normalized_similarity,
        score_cutoff=_LEAST_SIMILARITY,
        limit=None,
    )
    hits += process.extract(
        sorted_words,
        letter_keys,
        scorer=fuzz.ratio,
        score_cutoff=_LEAST_SIMILARITY * 100,
        limit=None,
    )
    yield from sorted({at for _, _, at in hits})


def _is_duplicate(left: Pair, right: Pair, features: _FeatureCache) -> bool:
    left_question, right_question = features[left.question], features[right.question]
    left_answer, right_answer = features[left.answer], features[right.answer]
    if (
        left_question.encoded == right_question.encoded
        and left_answer.encoded == right_answer.encoded
    ):
        return True
    if not _ask_about_the_same(left_question, right_question):
        return False
    if replaced := _replaced(left_question.content_words, right_question.content_words):
        return (
            left_answer.content_words == right_answer.content_words
            and (
                bool(left_answer.numbers) or len(left_answer.content_words) >= _LEAST_CONTENT_WORDS
            )
            and _OPPOSED.isdisjoint(map(frozenset, replaced))
        )
    return _agree(left_answer, right_answer) and _no_contradiction(left_answer, right_answer)


def _replaced(left: Sequence[str], right: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words that stand in each other's place; none where the questions differ more."""
    if len(left) != len(right):
        return []
    places = [pair for pair in zip(left, right, strict=True) if not _inflected(*pair)]
    return places if len(places) <= _MOST_REPLACED else []


def _inflected(left: str, right: str) -> bool:
    return Prefix.normalized_similarity(left, right) >= _SHARED_STEM


def _ask_about_the_same(left: _TextFeatures, right: _TextFeatures) -> bool:
    """Tell whether two questions ask about the same numbers and names."""
    return left.numbers == right.numbers and left.names <= right.words and right.names <= left.words


def _no_contradiction(left: _TextFeatures, right: _TextFeatures) -> bool:
    """Tell whether one answer at least has no number and no name that the other lacks.

    The longer of two answers that agree may well name more.
    """
    return (left.numbers <= right.numbers or right.numbers <= left.numbers) and (
        left.names <= right.words or right.names <= left.words
    )


def _agree(left: _TextFeatures, right: _TextFeatures) -> bool:
    if not (left.encoded and right.encoded):
        return left.encoded == right.encoded
    if left.encoded in right.encoded or right.encoded in left.encoded:
        return True
    shared = (Counter(left.encoded) & Counter(right.encoded)).total()
    return 2 * shared / (len(left.encoded) + len(right.encoded)) >= _LEAST_OVERLAP
