"""Inlay hints: what stands behind a line and is not in the text."""

from hypothesis import given
from hypothesis import strategies as st
from ide.samples import GONE, SOURCE, anything, body, synthesized

from dlm_lsp.document import Document, Span, parse
from dlm_lsp.ide.inlay_hints import inlay_hints

OWN = "::instruction::\n### Q\na\n### A\nb\n"


def hinted(document: Document, span: Span | None = None) -> list[tuple[str, str]]:
    """The line that each hint stands behind, and what it says."""
    span = span or Span(0, len(document.text))
    return [
        (document.text[: hint.offset].rpartition("\n")[2], hint.label)
        for hint in inlay_hints(document, span)
    ]


def test_the_fence_of_a_synthesized_section_says_where_it_came_from():
    assert hinted(body(SOURCE + synthesized()))[1] == (
        "::instruction::",
        "extraction · tiny · 2026-01-31",
    )


def test_a_stale_section_says_so():
    document = body(synthesized(source_id=GONE))
    assert hinted(document) == [("::instruction::", "extraction · tiny · 2026-01-31 · stale")]
    (hint,) = inlay_hints(document, document.body)
    assert hint.tooltip == (
        "Written by hf:tiny at 2026-01-31T09:30:00Z;"
        " what it was written about has changed since, or is gone"
    )


def test_what_another_section_backs_is_not_called_stale():
    document = body(SOURCE + synthesized("b", GONE))
    backed = {(document.sections[1].id, GONE)}
    labels = [hint.label for hint in inlay_hints(document, document.body, backed)]
    assert labels == ["1 pair", "extraction · tiny · 2026-01-31"]


def test_the_first_line_of_prose_says_how_many_were_synthesized_from_it():
    document = body(f"::prose::\n{SOURCE}{synthesized('a')}{synthesized('b')}")
    assert hinted(document)[0] == ("::prose::", "2 pairs")


def test_prose_counts_the_stale_sections_right_behind_it_too():
    text = SOURCE + synthesized("a") + synthesized("b", GONE)
    assert hinted(body(text))[0] == (SOURCE.strip(), "2 pairs, 1 stale")


def test_what_was_not_synthesized_and_has_nothing_of_its_own_has_no_hint():
    assert hinted(body(SOURCE + OWN)) == []


def test_only_the_hints_in_a_part_are_given():
    document = body(SOURCE + synthesized("a") + synthesized("b"))
    end_of_fence = document.sections[1].start + len("::instruction::")
    assert len(inlay_hints(document, Span(end_of_fence, end_of_fence))) == 1
    assert inlay_hints(document, Span(end_of_fence + 1, end_of_fence + 9)) == ()


@given(anything, st.integers(0, 500), st.integers(0, 300))
def test_the_hints_of_a_part_are_those_of_the_whole_that_stand_in_it(text, start, length):
    document = parse(text)
    span = Span(min(start, len(text)), min(start + length, len(text)))
    every = inlay_hints(document, Span(0, len(text)))
    assert inlay_hints(document, span) == tuple(
        hint for hint in every if span.start <= hint.offset <= span.end
    )
