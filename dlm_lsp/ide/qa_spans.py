"""Turn spans: the pairs or triples of a section, and their header lines."""

from collections.abc import Iterator, Sequence

from dlm_lsp.document import Section, SectionType, Span
from dlm_lsp.document.qa_fields import (
    PREFERENCE,
    QUESTION_AND_ANSWER,
    Field,
    is_qa_header,
    read_qa_fields,
)
from dlm_lsp.ide.lines import line_spans, trimmed

_NAMES = {SectionType.INSTRUCTION: QUESTION_AND_ANSWER, SectionType.PREFERENCE: PREFERENCE}


def qa_turns(section: Section) -> list[tuple[Field, ...]]:
    """Return every complete turn of `section`; prose and media have none."""
    names = _NAMES.get(section.type)
    return read_qa_fields(section.source, section.body, names)[0] if names else []


def qa_turn_span(turn: Sequence[Field]) -> Span:
    """Return where a turn stands, from its first header to the end of its last text."""
    return Span(turn[0].header.start, turn[-1].span.end)


def qa_header_spans(section: Section) -> Iterator[Span]:
    """Yield every header line of `section`, those of incomplete turns too, without blanks."""
    names = _NAMES.get(section.type)
    if names is None:
        return
    text = section.source
    for line in line_spans(text, section.body):
        if text.find("###", line.start, line.end) >= 0:
            words = trimmed(text, line)
            if is_qa_header(text[words.start : words.end], names):
                yield words
