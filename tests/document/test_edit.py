import pytest

from dlm_lsp.document import Edit, Span, apply_edits


def test_edits_are_computed_against_the_text_before_all_of_them():
    edits = [Edit(Span(4, 7), "cow"), Edit(Span(0, 0), "> "), Edit(Span(7, 7), "!")]
    assert apply_edits("the cat", edits) == "> the cow!"


@pytest.mark.parametrize(
    "edits", [[Edit(Span(0, 2), ""), Edit(Span(1, 3), "")], [Edit(Span(0, 9), "")]]
)
def test_overlapping_or_outlying_edits_are_refused(edits):
    with pytest.raises(ValueError, match="overlaps"):
        apply_edits("abc", edits)
