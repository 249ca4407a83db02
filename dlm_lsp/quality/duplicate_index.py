"""Duplicate index: quickly which of many pairs say what another says.

Two pairs that say the same have one question, word for word, or one has what the other requires.
Only such are compared.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.duplicate_rule import is_duplicate
from dlm_lsp.quality.pair_tokens import pair_tokens
from dlm_lsp.quality.question_likeness import QuestionKeys, QuestionList
from dlm_lsp.quality.requirement_index import Requirement, RequirementIndex
from dlm_lsp.quality.text_features import FeatureCache

# So many pairs are compared in less time than their tokens take to find.
_FEW = 6


@dataclass(frozen=True, slots=True)
class _Tokens:
    """What `pair` has, and what it requires, the rarest first."""

    pair: Pair
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
        self._last: _Tokens | None = None

    def add(self, pair: Pair) -> None:
        """Take `pair` in."""
        keys = self._question_keys(pair)
        at = len(self.pairs)
        self.pairs.append(pair)
        self._questions.add(keys)
        self._by_question.setdefault(keys.words, []).append(at)
        if at == _FEW:
            for place, earlier in enumerate(self.pairs):
                self._add_tokens(place, earlier)
        elif at > _FEW:
            self._add_tokens(at, pair)

    def first_duplicate(self, pair: Pair) -> int | None:
        """Return where the first pair stands that says what `pair` says."""
        return next((at for at, is_same in self.compare(pair) if is_same), None)

    def compare(self, pair: Pair) -> Iterator[tuple[int, bool]]:
        """Yield where a pair stands that may say what `pair` says, and whether it does."""
        keys = self._question_keys(pair)
        places = self._candidates(pair, keys) if len(self.pairs) > _FEW else None
        similar = self._questions.alike(keys, places)
        return ((at, is_duplicate(pair, self.pairs[at], self._features)) for at in similar)

    def _candidates(self, pair: Pair, keys: QuestionKeys) -> Collection[int]:
        tokens = self._tokens(pair)
        return {
            *self._by_question.get(keys.words, ()),
            *self._by_tokens.having(tokens.requires),
            *self._by_tokens.requiring(tokens.has),
        }

    def _add_tokens(self, at: int, pair: Pair) -> None:
        tokens = self._tokens(pair)
        self._by_tokens.add(at, tokens.has, tokens.requires)

    def _question_keys(self, pair: Pair) -> QuestionKeys:
        return self._questions.keys(self._features[pair.question].words)

    def _tokens(self, pair: Pair) -> _Tokens:
        """Return what `pair` is found by; most are looked for first and then added."""
        if self._last is None or self._last.pair is not pair:
            tokens = pair_tokens(self._features[pair.question], self._features[pair.answer])
            requires = self._by_tokens.rarest_first(tokens.requires)
            self._last = _Tokens(pair, tokens.has, requires)
        return self._last
