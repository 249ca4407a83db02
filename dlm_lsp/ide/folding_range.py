"""Folding ranges: what can be folded away."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document import Document, Section, Span
from dlm_lsp.ide.frontmatter_keys import frontmatter_span
from dlm_lsp.ide.lines import line_end, line_spans, trimmed
from dlm_lsp.ide.provenance import group_by_run, opening_span, synthesized_sections

FoldingRangeKind = Literal["region", "section", "frontmatter", "code"]

_CODE = "```"
_SHORTEST_CODE = 3


@dataclass(frozen=True, slots=True)
class FoldingRange:
    """Lines that fold into their first: from its start to the end of the last that is not blank."""

    span: Span
    kind: FoldingRangeKind


def folding_ranges(document: Document) -> Iterator[FoldingRange]:
    """Yield every fold of two lines or more, in order; the outer of two comes first."""
    if frontmatter := frontmatter_span(document):
        yield FoldingRange(frontmatter, "frontmatter")
    all_synthesized = synthesized_sections(document)
    ends = {
        run[0].section.start: run[-1].section.end
        for run in group_by_run(all_synthesized)
        if len(run) > 1
    }
    regions = {synthesized.section.start for synthesized in all_synthesized}
    for section in document.sections:
        if end := ends.get(section.start):
            run = Span(section.start, end)
            yield FoldingRange(_without_blank_lines(document.text, run), "region")
        span = Span(opening_span(section).start, section.end)
        span = _without_blank_lines(document.text, span)
        if _has_two_lines(document.text, span):
            yield FoldingRange(span, "region" if section.start in regions else "section")
        yield from _code(section)


def _without_blank_lines(text: str, span: Span) -> Span:
    return Span(span.start, line_end(text, trimmed(text, span).end))


def _has_two_lines(text: str, span: Span) -> bool:
    return any(text.find(brk, span.start, span.end) >= 0 for brk in "\r\n")


def _code(section: Section) -> Iterator[FoldingRange]:
    if _CODE not in section.content:
        return
    start, count = -1, 0
    for line in line_spans(section.source, section.body):
        count += 1
        if not section.source.startswith(_CODE, line.start):
            continue
        if start < 0:
            start, count = line.start, 1
            continue
        if count >= _SHORTEST_CODE:
            yield FoldingRange(Span(start, line.end), "code")
        start = -1
