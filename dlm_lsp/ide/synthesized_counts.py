"""Synthesized counts: how many sections were written about one, and how many of them are stale."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from dlm_lsp.document import Section
from dlm_lsp.ide.provenance import SynthesizedSection, group_by_run, has_lost_source, is_stale


def orphan_counts(
    sections: Iterable[SynthesizedSection], sources: Mapping[str, Section]
) -> Counter[int]:
    """Return how many sections without their source stand right behind what ends at an offset.

    Nobody knows what they were written about, but most likely it stood there.
    """
    return Counter(
        {
            run[0].section.start: sum(has_lost_source(synthesized, sources) for synthesized in run)
            for run in group_by_run(sections)
        }
    )


def stale_counts(
    sections: Iterable[SynthesizedSection],
    sources: Mapping[str, Section],
    backed: Collection[tuple[str, str]],
) -> Counter[int]:
    """Return how many of those are stale."""
    return Counter(
        {
            run[0].section.start: sum(is_stale(pair, sources, backed) for pair in run)
            for run in group_by_run(sections)
        }
    )


def pair_count_label(count: int, stale: int) -> str:
    """Return how many sections came from one, and how many of these are stale."""
    pairs = "1 pair" if count == 1 else f"{count} pairs"
    return f"{pairs}, {stale} stale" if stale else pairs
