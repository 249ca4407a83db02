"""Definitions and references: where a thing comes from, and where it is used."""

from dlm_lsp.document import Document, Section, SectionType, Span
from dlm_lsp.ide.frontmatter_keys import adapter_key, adapter_keyed_at, adapter_span
from dlm_lsp.ide.lines import line_spans
from dlm_lsp.ide.provenance import (
    as_synthesized,
    opening_span,
    section_at,
    synthesized_from,
)
from dlm_lsp.ide.qa_spans import qa_header_spans


def goto_definition(document: Document, offset: int) -> tuple[Span, Span] | None:
    """Return what stands at `offset` and where it comes from.

    The fence, marker and headers of a synthesized section lead to its source, the adapter on a
    fence leads to its key in the frontmatter.
    """
    section = section_at(document, offset)
    if section is None:
        return None
    if adapter := _adapter_at(section, offset):
        key = adapter_key(document, section.adapter or "")
        return (adapter, key) if key else None
    synthesized = as_synthesized(section)
    origin = _structure_at(section, offset)
    source = document.section(synthesized.source_id) if synthesized else None
    return (origin, opening_span(source)) if origin and source else None


def find_references(document: Document, offset: int) -> tuple[Span, ...]:
    """Return the fences that belong to what stands at `offset`.

    To prose belongs what was synthesized from it, to a synthesized section all that has the same
    source, itself included, and to an adapter each fence that names it.
    """
    if name := adapter_keyed_at(document, offset):
        return _routed(document, name)
    section = section_at(document, offset)
    if section is None:
        return ()
    if section.adapter and _adapter_at(section, offset):
        return _routed(document, section.adapter)
    if synthesized := as_synthesized(section):
        return _written_about(document, synthesized.source_id)
    return _written_about(document, section.id) if section.type is SectionType.PROSE else ()


def _adapter_at(section: Section, offset: int) -> Span | None:
    span = adapter_span(section)
    return span if span and span.start <= offset <= span.end else None


def _structure_at(section: Section, offset: int) -> Span | None:
    """Return the fence, marker or header line that `offset` stands in."""
    above = line_spans(section.source, Span(section.start, section.body_start))
    for line in (*above, *qa_header_spans(section)):
        if line.start <= offset <= line.end and line.start < line.end:
            return line
    return None


def _written_about(document: Document, section_id: str) -> tuple[Span, ...]:
    return tuple(
        opening_span(synthesized.section) for synthesized in synthesized_from(document, section_id)
    )


def _routed(document: Document, adapter: str) -> tuple[Span, ...]:
    return tuple(
        section.fence
        for section in document.sections
        if section.adapter == adapter and section.fence
    )
