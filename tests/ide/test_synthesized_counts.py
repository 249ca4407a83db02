"""Synthesized counts: how many sections were written about one, and how many are stale."""

import pytest
from ide.samples import GONE, SOURCE, body, synthesized

from dlm_lsp.ide.provenance import source_sections, synthesized_sections
from dlm_lsp.ide.synthesized_counts import orphan_counts, pair_count_label, stale_counts


def test_sections_without_their_source_are_counted_where_what_stands_before_them_ends():
    text = SOURCE + synthesized("a") + synthesized("b", GONE) + synthesized("c", GONE)
    document = body(text)
    all_synthesized, sources = synthesized_sections(document), source_sections(document)
    end = document.sections[0].end
    counts = orphan_counts(all_synthesized, sources)
    assert counts == {end: 2}
    assert counts[document.sections[1].end] == 0
    assert stale_counts(all_synthesized, sources, ()) == {end: 2}
    backed = {(document.sections[2].id, GONE)}
    assert stale_counts(all_synthesized, sources, backed) == {end: 1}


@pytest.mark.parametrize(
    ("count", "stale", "label"),
    [(1, 1, "1 pair, 1 stale"), (2, 0, "2 pairs"), (2, 1, "2 pairs, 1 stale")],
)
def test_a_label_names_the_stale_ones_only_where_there_are_some(count, stale, label):
    assert pair_count_label(count, stale) == label
