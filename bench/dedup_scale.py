"""Near-duplicate benchmark, many pairs: the index beside each pair held against all others."""

import asyncio
import resource
import sys
import time
from collections.abc import Callable, Sequence

from bench.dedup_pairs import clustered_pairs, option_pairs, realistic_pairs
from bench.figure import Figure
from dlm_lsp.document.section import Pair
from dlm_lsp.quality.dedup import duplicates
from dlm_lsp.quality.duplicate_rule import is_duplicate
from dlm_lsp.quality.question_likeness import QuestionList
from dlm_lsp.quality.text_features import TextFeatures
from dlm_lsp.quality.word_tokenize import word_tokens

FEW, MANY = 16_000, 100_000
# All against all takes minutes where there are more.
COMPARED = 8_000
TICK = 0.002
KIB = 1024

Found = list[tuple[int, int | None]]


def measure() -> list[Figure]:
    """Measure three kinds of pairs, in processor time.

    Raises:
        ValueError: the index refuses other pairs than the comparison with all.
    """
    return [
        # The first to need so much memory.
        _memory(realistic_pairs(MANY)),
        _compared("realistic", realistic_pairs(FEW), 10),
        _compared("option", option_pairs(COMPARED), 10),
        # Nearly all are refused, so that all against all is few against few.
        _compared("clustered", clustered_pairs(COMPARED), 1),
        _growth("realistic", realistic_pairs),
        _growth("option", option_pairs),
        _growth("clustered", clustered_pairs),
        _waiting(realistic_pairs(FEW)),
    ]


def _compared(kind: str, pairs: Sequence[Pair], times: int) -> Figure:
    seconds, found = _timed(_with_index, pairs)
    plain, expected = _timed(_against_all, pairs)
    if found != expected:
        raise ValueError(f"{len(set(found) ^ set(expected))} of {len(pairs)} {kind} pairs differ")
    what = f"near-duplicates of {len(pairs):,} {kind} pairs (reference: each against all)"
    return _figure(what, seconds, plain, f"at most 1/{times}", met=seconds * times <= plain)


def _growth(kind: str, make: Callable[[int], list[Pair]]) -> Figure:
    few, _ = _timed(_with_index, make(FEW))
    many, _ = _timed(_with_index, make(MANY))
    what = f"near-duplicates of {MANY:,} {kind} pairs (reference: ours of {FEW:,})"
    return _figure(what, many, few, "at most 8", met=many <= 8 * few)


def _figure(what: str, ours: float, reference: float, asked: str, *, met: bool) -> Figure:
    print(f"{what}: {ours:.2f} s, {reference:.2f} s", file=sys.stderr, flush=True)
    return Figure(what, "s", ours, reference, asked, met)


def _memory(pairs: Sequence[Pair]) -> Figure:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _with_index(pairs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    ours = peak / KIB
    what = f"memory for near-duplicates among {len(pairs):,} realistic pairs, beside the pairs"
    print(f"{what}: {ours:.0f} MiB", file=sys.stderr, flush=True)
    return Figure(what, "MiB", ours, None, "at most 250 MiB", met=ours <= 250)


def _waiting(pairs: Sequence[Pair]) -> Figure:
    """Measure how late an event loop comes while a thread of its process compares."""

    async def waits() -> list[float]:
        comparison = asyncio.create_task(asyncio.to_thread(_with_index, pairs))
        seconds = []
        while not comparison.done():
            start = time.perf_counter()
            await asyncio.sleep(TICK)
            seconds.append(time.perf_counter() - start - TICK)
        return sorted(seconds)

    seconds = asyncio.run(waits())
    ours = seconds[len(seconds) * 99 // 100]
    what = f"wait of an event loop beside the comparison of {len(pairs):,} pairs, 99 of 100"
    print(f"{what}: {ours:.3f} s, the longest {seconds[-1]:.3f} s", file=sys.stderr, flush=True)
    return Figure(what, "s", ours, None, "at most 0.05 s", met=ours <= 0.05)


def _timed(find: Callable[[Sequence[Pair]], Found], pairs: Sequence[Pair]) -> tuple[float, Found]:
    start = time.process_time()
    found = find(pairs)
    return time.process_time() - start, found


def _with_index(pairs: Sequence[Pair]) -> Found:
    return [(found.index, found.of) for found in duplicates(pairs, [None] * len(pairs))]


class _AllFeatures(dict[str, TextFeatures]):
    def __missing__(self, text: str) -> TextFeatures:
        self[text] = TextFeatures(text)
        return self[text]


def _against_all(pairs: Sequence[Pair]) -> Found:
    """Return the same by the plain rule."""
    features, questions = _AllFeatures(), QuestionList()
    staying: list[int] = []
    found: Found = []
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
