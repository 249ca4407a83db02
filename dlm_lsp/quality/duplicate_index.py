"""Duplicate index: quickly which of many pairs say what another says.

Two pairs that say the same have one question, word for word, or answers of which one has all the
words that the other has; and the less these say, the more words the questions have in common. Only
such are compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.answer_overlap import answer_weight, content_words
from dlm_lsp.quality.containment_index import ContainmentIndex
from dlm_lsp.quality.duplicate_rule import is_duplicate
from dlm_lsp.quality.number_words import learn_number_words
from dlm_lsp.quality.question_agreement import may_share_name, required_words
from dlm_lsp.quality.question_likeness import QuestionKeys, QuestionList
from dlm_lsp.quality.text_features import FeatureCache, TextFeatures
from dlm_lsp.quality.word_alignment import stem

# What stands for an answer without words: the like of it has none either.
_NO_WORDS = frozenset(("",))


@dataclass(frozen=True, slots=True)
class _Keys:
    """What a pair is found by.

    `content` are the words of the answer that another has too if it contains it; `numbers` are
    what its numbers can stand for, each behind a mark that no word has. `weight` is how much the
    answer says, `required` the stems of words that the other question needs if its answer says no
    less, `stems` the words of this one; each behind a blank.
    """

    pair: Pair
    question: QuestionKeys
    words: frozenset[str]
    content: frozenset[str]
    numbers: frozenset[str]
    weight: float
    required: tuple[str, ...]
    stems: str


class DuplicateIndex:
    """Pairs in the order they were added, and quickly which of them say what another says."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self._features = FeatureCache()
        self._questions = QuestionList()
        self._by_question: dict[str, list[int]] = {}
        self._answers = ContainmentIndex()
        self._without_content = ContainmentIndex()
        self._weights: list[float] = []
        self._stems: list[str] = []
        self._required: list[tuple[str, ...]] = []
        self._prepared: dict[str, TextFeatures] = {}
        self._last: _Keys | None = None

    def prepare(self, pairs: Iterable[Pair]) -> None:
        """Read the next pairs to come, which takes less time than one by one."""
        self._prepared = {pair.answer: TextFeatures(pair.answer) for pair in pairs}
        words = chain.from_iterable(answer.words for answer in self._prepared.values())
        learn_number_words(set(words))

    def add(self, pair: Pair) -> None:
        """Take `pair` in."""
        keys = self._keys(pair)
        at = len(self.pairs)
        self.pairs.append(pair)
        self._questions.add(keys.question)
        self._weights.append(keys.weight)
        self._required.append(keys.required)
        self._stems.append(keys.stems)
        self._by_question.setdefault(keys.question.words, []).append(at)
        self._answers.add(at, keys.content, keys.words | keys.numbers)
        if not keys.content:
            self._without_content.add(at, keys.numbers, keys.numbers)

    def first_duplicate(self, pair: Pair) -> int | None:
        """Return where the first pair stands that says what `pair` says."""
        return next((at for at, is_same in self.compare(pair) if is_same), None)

    def compare(self, pair: Pair) -> Iterator[tuple[int, bool]]:
        """Yield where a pair stands that may say what `pair` says, and whether it does."""
        keys = self._keys(pair)
        same_question = self._by_question.get(keys.question.words, ())
        candidates = set(self._similar_answers(keys)).difference(same_question)
        candidates = {*same_question, *self._with_required_words(keys, candidates)}
        similar = self._questions.alike(keys.question, candidates) if candidates else []
        return ((at, is_duplicate(pair, self.pairs[at], self._features)) for at in similar)

    def _similar_answers(self, keys: _Keys) -> Iterator[int]:
        """Yield where an answer stands that contains another or lies within it, and others."""
        if keys.content:
            yield from self._answers.supersets(keys.content)
            yield from self._answers.subsets(keys.content)
            yield from self._without_content.with_any(keys.numbers)
        else:
            yield from self._answers.with_any(keys.numbers)

    def _with_required_words(self, keys: _Keys, candidates: Iterable[int]) -> Iterator[int]:
        """Yield those of `candidates` whose questions have enough words in common.

        It is enough to look for those that the one with the shorter answer requires.
        """
        for at in candidates:
            weight = self._weights[at]
            if keys.weight <= weight:
                weight, required, others = keys.weight, keys.required, self._stems[at]
            else:
                required, others = self._required[at], keys.stems
            has_required = all(map(others.__contains__, required))
            if has_required or (may_share_name(weight) and self._share_name(keys.pair, at)):
                yield at

    def _share_name(self, pair: Pair, at: int) -> bool:
        left, right = self._features[pair.question], self._features[self.pairs[at].question]
        return not (left.names.isdisjoint(right.words) and right.names.isdisjoint(left.words))

    def _keys(self, pair: Pair) -> _Keys:
        """Return what `pair` is found by; most are looked for first and then added."""
        if self._last is None or self._last.pair is not pair:
            question = TextFeatures(pair.question)
            answer = self._prepared.get(pair.answer) or TextFeatures(pair.answer)
            numbers = {f"#{value}" for values in answer.numbers for value in values}
            self._last = _Keys(
                pair,
                self._questions.keys(pair.question),
                frozenset(answer.words),
                frozenset(content_words(answer.plain_words)) if answer.words else _NO_WORDS,
                frozenset(numbers),
                answer_weight(answer),
                tuple(f" {stem(word)}" for word in required_words(question, answer)),
                "".join(f" {word}" for word in question.words),
            )
        return self._last
