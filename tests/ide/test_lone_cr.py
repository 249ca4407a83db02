"""Lone carriage returns: marked where the first one stands, and all mended by one edit."""

from hypothesis import given
from ide.samples import SOURCE, anything
from support.document_text import FRONTMATTER

from dlm_lsp.document import Span, apply_edits
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.ide.diagnostic import Diagnostic
from dlm_lsp.ide.diagnostics import diagnostics


def marked(text: str, within: Span | None = None) -> list[Diagnostic]:
    found = diagnostics(IncrementalDocument.of(text), provenance_level=None, within=within)
    return [diagnostic for diagnostic in found if diagnostic.code == "lone-cr"]


def test_the_first_lone_cr_is_marked_and_all_are_counted():
    text = FRONTMATTER + SOURCE + "::prose::\nEpoch 1\rEpoch 2\rEpoch 3\r\n"
    (found,) = marked(text)
    assert text[: found.span.start].endswith("Epoch 1")
    assert text[slice(*found.span)] == "\r"
    assert found.message.endswith("(2 in all)")


def test_it_is_found_on_its_own_line_alone():
    text = FRONTMATTER + SOURCE + "::prose::\nEpoch 1\rEpoch 2\n"
    at = text.index("\r")
    assert len(marked(text, Span(at, at))) == 1
    assert marked(text, Span(0, 3)) == []


@given(anything)
def test_one_edit_of_the_whole_text_leaves_no_lone_cr_and_every_other_character(text):
    for found in marked(text):
        (edit,) = found.fix.edits
        assert edit.span == Span(0, len(text))
        mended = apply_edits(text, found.fix.edits)
        assert marked(mended) == []
        assert mended.splitlines() == text.splitlines()
