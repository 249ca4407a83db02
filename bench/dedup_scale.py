"""Near-duplicate benchmark, many pairs: the index beside each pair held against all others."""

import sys
import time
from collections.abc import Callable, Sequence

from bench.dedup_pairs import clustered_pairs, realistic_pairs
from bench.figure import Figure
from dlm_lsp.document.section import Pair
from dlm_lsp.quality.dedup import duplicates
from dlm_lsp.quality.duplicate_rule import is_duplicate
from dlm_lsp.quality.question_likeness import QuestionList
from dlm_lsp.quality.text_features import FeatureCache
from dlm_lsp.quality.word_tokenize import word_tokens

FEW, MANY = 16_000, 100_000


def measure() -> list[Figure]:
    """Measure both kinds of pairs, in processor time.

    Raises:
        ValueError: the index refuses other pairs than the comparison with all.
    """
    return [
        *_measure("realistic", realistic_pairs),
        *_measure("clustered", clustered_pairs),
    ]


def _measure(kind: str, make: Callable[[int], list[Pair]]) -> list[Figure]:
    pairs = make(FEW)
    few, found = _timed(_with_index, pairs)
    print(f"{kind}, {FEW}: {few:.2f} s, {len(found)} refused", file=sys.stderr, flush=True)
    many, found_of_many = _timed(_with_index, make(MANY))
    print(f"{kind}, {MANY}: {many:.2f} s, {len(found_of_many)}", file=sys.stderr, flush=True)
    plain, expected = _timed(_against_all, pairs)
    print(f"{kind}, {FEW} against all: {plain:.2f} s", file=sys.stderr, flush=True)
    if found != expected:
        raise ValueError(f"{len(set(found) ^ set(expected))} of {FEW} pairs are told otherwise")
    return [
        Figure(
            f"near-duplicates of {FEW:,} {kind} pairs (reference: each against all)",
            "s",
            few,
            plain,
            asked="at most 1/10",
            met=few * 10 <= plain,
        ),
        Figure(
            f"near-duplicates of {MANY:,} {kind} pairs (reference: ours of {FEW:,})",
            "s",
            many,
            few,
            asked="at most 8",
            met=many <= 8 * few,
        ),
    ]


def _timed(
    find: Callable[[Sequence[Pair]], list[tuple[int, int | None]]], pairs: Sequence[Pair]
) -> tuple[float, list[tuple[int, int | None]]]:
    start = time.process_time()
    found = find(pairs)
    return time.process_time() - start, found


def _with_index(pairs: Sequence[Pair]) -> list[tuple[int, int | None]]:
    return [(found.index, found.of) for found in duplicates(pairs, [None] * len(pairs))]


def _against_all(pairs: Sequence[Pair]) -> list[tuple[int, int | None]]:
    """Return the same by the plain rule."""
    features, questions = FeatureCache(), QuestionList()
    staying: list[int] = []
    found: list[tuple[int, int | None]] = []
    for index, pair in enumerate(pairs):
        keys = questions.keys(word_tokens(pair.question))
        alike = questions.alike(keys)
        same = (staying[at] for at in alike if is_duplicate(pair, pairs[staying[at]], features))
        first = next(same, None)
        if first is None:
            staying.append(index)
            questions.add(keys)
        else:
            found.append((index, first))
    return found


if __name__ == "__main__":
    print(*measure(), sep="\n")
