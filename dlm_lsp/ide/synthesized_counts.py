"""Synthesized counts: how many sections were written about one, and how many of them are stale."""

from collections import Counter
from collections.abc import Iterable, Mapping

from dlm_lsp.document import Section
from dlm_lsp.ide.provenance import SynthesizedSection, group_by_run, is_stale


def stale_counts(
    sections: Iterable[SynthesizedSection], sources: Mapping[str, Section]
) -> Counter[int]:
    """Return how many stale sections stand right behind what ends at an offset.

    Nobody knows what they were written about, but most likely it stood there.
    """
    return Counter(
        {
            run[0].section.start: sum(is_stale(synthesized, sources) for synthesized in run)
            for run in group_by_run(sections)
        }
    )


def pair_count_label(count: int, stale: int) -> str:
    """Return how many sections came from one: `count` current ones, and those that are stale."""
    pairs = "1 pair" if count + stale == 1 else f"{count + stale} pairs"
    return f"{pairs}, {stale} stale" if stale else pairs
