"""Probe contamination: which pairs would teach what a probe is there to test."""

from collections.abc import Iterator

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.duplicate_index import DuplicateIndex
from dlm_lsp.quality.word_tokenize import word_tokens


def equivalent_places(pair: Pair, index: DuplicateIndex) -> Iterator[int]:
    """Yield where in `index` a pair says what `pair` says, or a probe asks its question.

    Of a probe the question is enough: a model that has learned it is not tested by it any more,
    whatever the answer was.
    """
    words = word_tokens(pair.question)
    for at, is_same in index.compare(pair):
        other = index.pairs[at]
        if is_same or (other.probe and word_tokens(other.question) == words):
            yield at
