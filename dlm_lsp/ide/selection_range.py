"""Selection ranges: what an expanding selection takes in, step by step."""

import re
from collections.abc import Iterable, Iterator

from dlm_lsp.document import Document, Section, Span
from dlm_lsp.ide.attributes import marker_attributes
from dlm_lsp.ide.frontmatter_keys import frontmatter_span, key_values
from dlm_lsp.ide.lines import line_at, line_spans, trimmed
from dlm_lsp.ide.provenance import as_synthesized, index_at
from dlm_lsp.ide.qa_spans import qa_turn_span, qa_turns

_WORD_BEFORE = re.compile(r"(?<!\w)\w++\Z")
_WORD_BEHIND = re.compile(r"\w*")


def selection_spans(document: Document, offset: int) -> tuple[Span, ...]:
    """Return what stands around `offset`, from a word to the whole document."""
    whole = Span(0, len(document.text))
    offset = min(max(offset, whole.start), whole.end)
    return tuple(_growing(_around(document, offset), offset)) or (whole,)


def _around(document: Document, offset: int) -> Iterator[Span]:
    yield from _on_line(document.text, offset)
    if frontmatter := frontmatter_span(document):
        yield frontmatter
        if _holds(frontmatter, offset):
            yield from _in_yaml(document)
    index = index_at(document, offset)
    if index is not None:
        yield from _in_section(document, index)
    yield document.body
    yield Span(0, len(document.text))


def _growing(spans: Iterable[Span], offset: int) -> Iterator[Span]:
    """Yield those of `spans` that hold `offset`, each larger than the one before and around it."""
    last = Span(offset, offset)
    for span in sorted(spans, key=lambda span: span.end - span.start):
        if _holds(span, offset) and _covers(span, last) and span != last:
            yield span
            last = span


def _on_line(text: str, offset: int) -> Iterator[Span]:
    line = line_at(text, offset)
    before = _WORD_BEFORE.search(text[line.start : offset])
    behind = _WORD_BEHIND.match(text, offset, line.end)
    start = line.start + before.start() if before else offset
    yield Span(start, behind.end() if behind else offset)
    yield trimmed(text, line)


def _in_yaml(document: Document) -> Iterator[Span]:
    for entry in key_values(document):
        yield from (entry.value, entry.span)
        if entry.key:
            yield entry.key
    yield trimmed(document.text, document.yaml)


def _in_section(document: Document, index: int) -> Iterator[Span]:
    section = document.sections[index]
    yield from _in_attributes(section)
    for turn in qa_turns(section):
        yield from (field.span for field in turn)
        yield qa_turn_span(turn)
    yield from (trimmed(section.source, section.body), section.body, section.span)
    yield _run(document, index)


def _in_attributes(section: Section) -> Iterator[Span]:
    if section.fence:
        yield section.fence
    # Markers stand between the fence and the body.
    for line in line_spans(section.source, Span(section.start, section.body_start)):
        for attribute in marker_attributes(section.source, line):
            yield from (attribute.value, attribute.span)


def _run(document: Document, index: int) -> Span:
    """Return the synthesized sections that stand in one run with this one."""
    first = last = index
    sections = document.sections
    if as_synthesized(sections[index]):
        while first > 0 and _touch(sections[first - 1], sections[first]):
            first -= 1
        while last + 1 < len(sections) and _touch(sections[last], sections[last + 1]):
            last += 1
    return Span(sections[first].start, sections[last].end)


def _touch(first: Section, second: Section) -> bool:
    both = as_synthesized(first) and as_synthesized(second)
    return bool(both) and first.end == second.start


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


def _covers(span: Span, inner: Span) -> bool:
    return span.start <= inner.start and inner.end <= span.end
