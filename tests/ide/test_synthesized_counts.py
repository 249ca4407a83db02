"""Synthesized counts: how many sections were written about one, and how many are stale."""

import pytest
from ide.samples import GONE, SOURCE, body, synthesized

from dlm_lsp.ide.provenance import source_sections, synthesized_sections
from dlm_lsp.ide.synthesized_counts import pair_count_label, stale_counts


def test_stale_sections_are_counted_where_what_stands_before_them_ends():
    text = SOURCE + synthesized("a") + synthesized("b", GONE) + synthesized("c", GONE)
    document = body(text)
    counts = stale_counts(synthesized_sections(document), source_sections(document))
    assert counts == {document.sections[0].end: 2}
    assert counts[document.sections[1].end] == 0


@pytest.mark.parametrize(
    ("count", "stale", "label"),
    [(0, 1, "1 pair, 1 stale"), (2, 0, "2 pairs"), (1, 1, "2 pairs, 1 stale")],
)
def test_a_label_names_the_stale_ones_only_where_there_are_some(count, stale, label):
    assert pair_count_label(count, stale) == label
