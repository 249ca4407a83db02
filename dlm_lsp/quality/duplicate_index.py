"""Duplicate index: quickly which of many pairs say what another says.

Two pairs that say the same have one question, word for word, or one has what the other requires.
Only such are compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.duplicate_rule import is_duplicate
from dlm_lsp.quality.pair_tokens import pair_tokens
from dlm_lsp.quality.question_likeness import QuestionKeys, QuestionList
from dlm_lsp.quality.requirement_index import Requirement, RequirementIndex
from dlm_lsp.quality.text_features import FeatureCache


@dataclass(frozen=True, slots=True)
class _Keys:
    """What a pair is found by: its tokens, of what it requires the rarest first."""

    pair: Pair
    question: QuestionKeys
    has: frozenset[str]
    requires: Sequence[Requirement]


class DuplicateIndex:
    """Pairs in the order they were added, and quickly which of them say what another says."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self._features = FeatureCache()
        self._questions = QuestionList()
        self._by_question: dict[str, list[int]] = {}
        self._by_tokens = RequirementIndex()
        self._last: _Keys | None = None

    def add(self, pair: Pair) -> None:
        """Take `pair` in."""
        keys = self._keys(pair)
        at = len(self.pairs)
        self.pairs.append(pair)
        self._questions.add(keys.question)
        self._by_question.setdefault(keys.question.words, []).append(at)
        self._by_tokens.add(at, keys.has, keys.requires)

    def first_duplicate(self, pair: Pair) -> int | None:
        """Return where the first pair stands that says what `pair` says."""
        return next((at for at, is_same in self.compare(pair) if is_same), None)

    def compare(self, pair: Pair) -> Iterator[tuple[int, bool]]:
        """Yield where a pair stands that may say what `pair` says, and whether it does."""
        keys = self._keys(pair)
        candidates = {
            *self._by_question.get(keys.question.words, ()),
            *self._by_tokens.having(keys.requires),
            *self._by_tokens.requiring(keys.has),
        }
        similar = self._questions.alike(keys.question, candidates) if candidates else []
        return ((at, is_duplicate(pair, self.pairs[at], self._features)) for at in similar)

    def _keys(self, pair: Pair) -> _Keys:
        """Return what `pair` is found by; most are looked for first and then added."""
        if self._last is None or self._last.pair is not pair:
            question, answer = self._features[pair.question], self._features[pair.answer]
            tokens = pair_tokens(question, answer)
            self._last = _Keys(
                pair,
                self._questions.keys(question.words),
                tokens.has,
                self._by_tokens.rarest_first(tokens.requires),
            )
        return self._last
