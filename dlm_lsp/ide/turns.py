"""The turns of a section: pairs of an instruction, triples of a preference, headers included."""

from collections.abc import Iterator, Sequence

from dlm_lsp.document import Section, SectionType, Span
from dlm_lsp.document.turns import (
    PREFERENCE,
    QUESTION_AND_ANSWER,
    Field,
    is_header,
    read_turns,
)
from dlm_lsp.ide.lines import lines, trimmed

_NAMES = {SectionType.INSTRUCTION: QUESTION_AND_ANSWER, SectionType.PREFERENCE: PREFERENCE}


def turns(section: Section) -> list[tuple[Field, ...]]:
    """Return every complete turn of `section`; prose and media have none."""
    names = _NAMES.get(section.type)
    return read_turns(section.source, section.body, names)[0] if names else []


def turn_span(turn: Sequence[Field]) -> Span:
    """Return where a turn stands, from its first header to the end of its last text."""
    return Span(turn[0].header.start, turn[-1].span.end)


def headers(section: Section) -> Iterator[Span]:
    """Yield every header line of `section`, those of incomplete turns too, without blanks."""
    names = _NAMES.get(section.type)
    if names is None:
        return
    text = section.source
    for line in lines(text, section.body):
        if text.find("###", line.start, line.end) >= 0:
            words = trimmed(text, line)
            if is_header(text[words.start : words.end], names):
                yield words
