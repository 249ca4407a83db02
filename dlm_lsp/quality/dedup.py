"""Which pairs say the same thing twice: the two-sided rule.

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
_ALIKE = 0.7
_AGREE = 0.6
_FIRST_CODE = 0x100
# At most so many words take each other's place; where more do, it is another way to ask.
_MOST_PLACES = 2
# An answer without a number that says less, such as "yes" or "the same", fits many questions.
_TELLING = 3
# Beginnings of words are one word where they make up so much of it: "built" and "build".
_STEM = 0.7
# Words that can be left out or changed for each other, and the question stays the same.
_LITTLE = frozenset(
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
class _Side:
    """One question or answer: its words as one character each, and what it names.

    `weighty` are the words that are no little ones.
    """

    code: str
    weighty: tuple[str, ...]
    words: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]


class _Codes(dict[str, str]):
    """One character for each word, so that likeness of word lists is likeness of strings."""

    def __missing__(self, word: str) -> str:
        self[word] = chr(_FIRST_CODE + len(self))
        return self[word]


class _Sides(dict[str, _Side]):
    """The sides that had to be looked at; most never are, for few questions are alike."""

    def __init__(self, codes: _Codes) -> None:
        self._codes = codes

    def __missing__(self, text: str) -> _Side:
        found = word_tokens(text)
        code = "".join(self._codes[word] for word in found)
        weighty = tuple(word for word in found if word not in _LITTLE)
        self[text] = _Side(code, weighty, frozenset(found), number_tokens(text), name_tokens(text))
        return self[text]


def duplicates(
    pairs: Sequence[Pair],
    margins: Sequence[float | None],
    present: Sequence[Pair] = (),
) -> list[Duplicate]:
    """Return the pairs that say what another says, by index; of two alike the better judged stays.

    `margins` are the judge's, None where it has not judged; where they tie, the first pair stays.
    What is `present` in the document always stays.
    """
    kept = DuplicateIndex()
    kept_as: list[int | None] = []
    found: list[Duplicate] = []
    best_first = sorted(range(len(pairs)), key=lambda index: (-_margin(margins[index]), index))
    candidates = [(index, pairs[index]) for index in best_first]
    for index, pair in [*((None, pair) for pair in present), *candidates]:
        same = None if index is None else next(kept.same_as(pair), None)
        if index is not None and same is not None:
            found.append(Duplicate(index, kept_as[same], kept.pairs[same].question))
            continue
        kept.add(pair)
        kept_as.append(index)
    return sorted(found, key=lambda duplicate: duplicate.index)


class DuplicateIndex:
    """Pairs in the order they were added, and quickly which of them say what another says."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self._codes = _Codes()
        self._sides = _Sides(self._codes)
        self._by_words: list[str] = []
        self._by_letters: list[str] = []

    def add(self, pair: Pair) -> None:
        """Take `pair` in."""
        code, letters = self._asked(pair)
        self.pairs.append(pair)
        self._by_words.append(code)
        self._by_letters.append(letters)

    def same_as(self, pair: Pair) -> Iterator[int]:
        """Yield where a pair stands that says what `pair` says."""
        alike = _alike(*self._asked(pair), self._by_words, self._by_letters)
        return (at for at in alike if _same(pair, self.pairs[at], self._sides))

    def _asked(self, pair: Pair) -> tuple[str, str]:
        asked = word_tokens(pair.question)
        return "".join(self._codes[word] for word in asked), " ".join(sorted(asked))


def _margin(margin: float | None) -> float:
    return float("-inf") if margin is None else margin


def _alike(code: str, letters: str, by_words: list[str], by_letters: list[str]) -> Iterator[int]:
    """Yield where a question stands that is like this one, in its words or in sorted letters."""
    hits = process.extract(
        code, by_words, scorer=Indel.normalized_similarity, score_cutoff=_ALIKE, limit=None
    )
    hits += process.extract(
        letters, by_letters, scorer=fuzz.ratio, score_cutoff=_ALIKE * 100, limit=None
    )
    yield from sorted({at for _, _, at in hits})


def _same(one: Pair, other: Pair, sides: _Sides) -> bool:
    asked, asked_too = sides[one.question], sides[other.question]
    answered, answered_too = sides[one.answer], sides[other.answer]
    if asked.code == asked_too.code and answered.code == answered_too.code:
        return True
    if not _one_subject(asked, asked_too):
        return False
    if replaced := _replaced(asked.weighty, asked_too.weighty):
        return (
            answered.weighty == answered_too.weighty
            and (bool(answered.numbers) or len(answered.weighty) >= _TELLING)
            and _OPPOSED.isdisjoint(map(frozenset, replaced))
        )
    return _agree(answered, answered_too) and _no_contradiction(answered, answered_too)


def _replaced(one: Sequence[str], other: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words that stand in each other's place; none where the questions differ more."""
    if len(one) != len(other):
        return []
    places = [pair for pair in zip(one, other, strict=True) if not _inflected(*pair)]
    return places if len(places) <= _MOST_PLACES else []


def _inflected(one: str, other: str) -> bool:
    return Prefix.normalized_similarity(one, other) >= _STEM


def _one_subject(one: _Side, other: _Side) -> bool:
    """Tell whether two questions ask about the same numbers and names."""
    return one.numbers == other.numbers and one.names <= other.words and other.names <= one.words


def _no_contradiction(one: _Side, other: _Side) -> bool:
    """Tell whether one answer at least has no number and no name that the other lacks.

    The longer of two answers that agree may well name more.
    """
    return (one.numbers <= other.numbers or other.numbers <= one.numbers) and (
        one.names <= other.words or other.names <= one.words
    )


def _agree(one: _Side, other: _Side) -> bool:
    if not (one.code and other.code):
        return one.code == other.code
    if one.code in other.code or other.code in one.code:
        return True
    shared = (Counter(one.code) & Counter(other.code)).total()
    return 2 * shared / (len(one.code) + len(other.code)) >= _AGREE
