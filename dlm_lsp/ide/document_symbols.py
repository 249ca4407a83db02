"""Document symbols: the outline of a document, section by section."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document import (
    Document,
    HarvestMarker,
    MinedMarker,
    Section,
    SectionType,
    Span,
)
from dlm_lsp.document.qa_fields import Field
from dlm_lsp.ide.frontmatter_keys import frontmatter_span
from dlm_lsp.ide.lines import line_spans
from dlm_lsp.ide.provenance import as_synthesized, opening_span
from dlm_lsp.ide.qa_spans import qa_turn_span, qa_turns

SymbolKind = Literal["frontmatter", "prose", "instruction", "preference", "image", "audio"]

_KINDS: dict[SectionType, SymbolKind] = {
    SectionType.PROSE: "prose",
    SectionType.INSTRUCTION: "instruction",
    SectionType.PREFERENCE: "preference",
    SectionType.IMAGE: "image",
    SectionType.AUDIO: "audio",
}
_LONGEST_NAME = 60
_CODE = "```"
_HEADING = re.compile(r"#{1,6}[ \t]++(?=\S)")
_UNDERLINE = re.compile(r"(?:=++|-{2,}+)[ \t]*+")


@dataclass(frozen=True, slots=True)
class DocumentSymbol:
    """An entry of the outline; `focus` is the part of `span` that is shown when it is chosen."""

    name: str
    detail: str
    kind: SymbolKind
    span: Span
    focus: Span
    children: tuple["DocumentSymbol", ...] = ()


def document_symbols(document: Document) -> Iterator[DocumentSymbol]:
    """Yield the outline of `document`, in order."""
    if frontmatter := frontmatter_span(document):
        yield _frontmatter(document, frontmatter)
    yield from map(_section, document.sections)


def symbol_name(section: Section) -> str:
    """Return what a section is called in the outline."""
    return _section(section).name


def _frontmatter(document: Document, span: Span) -> DocumentSymbol:
    detail = document.frontmatter.base_model if document.frontmatter else ""
    focus = Span(span.start, span.start + len("---"))
    return DocumentSymbol("frontmatter", _one_line(detail), "frontmatter", span, focus)


def _section(section: Section) -> DocumentSymbol:
    if section.type is SectionType.PROSE:
        return _prose(section)
    turns = qa_turns(section)
    if section.media:
        name = section.media.text or section.media.path
    else:
        name = turns[0][0].text if turns else ""
    return DocumentSymbol(
        name=_name(name, section.type.value),
        detail=_detail(section),
        kind=_KINDS[section.type],
        span=section.span,
        focus=opening_span(section),
        children=tuple(_turn(turn, section) for turn in turns),
    )


def _turn(turn: Sequence[Field], section: Section) -> DocumentSymbol:
    question = turn[0]
    name = _name(question.text, section.type.value)
    detail = "probe" if question.probe else ""
    return DocumentSymbol(name, detail, _KINDS[section.type], qa_turn_span(turn), question.header)


def _prose(section: Section) -> DocumentSymbol:
    headings = list(_headings(section))
    first = opening_span(section)
    if headings:
        name, line = headings[0]
    else:
        name, line = section.content.strip(), first
    return DocumentSymbol(
        name=_name(name, "prose"),
        detail=_detail(section),
        kind="prose",
        span=section.span,
        focus=first if section.fence else line,
        children=tuple(_parts(headings[1:], section)),
    )


def _parts(headings: Sequence[tuple[str, Span]], section: Section) -> Iterator[DocumentSymbol]:
    """Yield what stands under each further heading of a long prose section."""
    ends = [line.start for _, line in headings[1:]] + [section.body.end]
    for (name, line), end in zip(headings, ends, strict=False):
        yield DocumentSymbol(_name(name, "prose"), "", "prose", Span(line.start, end), line)


def _headings(section: Section) -> Iterator[tuple[str, Span]]:
    if not any(sign in section.content for sign in ("#", "\n=", "\n--")):
        return
    in_code = False
    # The line above, where nothing but a blank stands before it: that is what can be underlined.
    above: tuple[str, Span] | None = None
    is_first = True
    for line in line_spans(section.source, section.body):
        words = section.source[line.start : line.end]
        if words.startswith(_CODE):
            in_code = not in_code
        elif not in_code and (match := _HEADING.match(words)):
            name = words[match.end() :]
            yield name[0] + name[1:].rstrip(" \t#"), line
        elif not in_code and above and _UNDERLINE.fullmatch(words):
            yield above
        above = (words, line) if is_first and words[:1].isalnum() else None
        is_first = not words.strip()


def _detail(section: Section) -> str:
    parts = [f"#{section.adapter}"] if section.adapter else []
    if synthesized := as_synthesized(section):
        parts += [
            f"synthesized by {synthesized.marker.synth_teacher}",
            synthesized.marker.synth_strategy,
        ]
    else:
        parts += [_other_origin(section)]
    if section.media and section.media.text:
        parts.append(section.media.path)
    return _one_line(" · ".join(part for part in parts if part))


def _other_origin(section: Section) -> str:
    for marker in reversed(section.markers):
        if isinstance(marker.value, MinedMarker):
            return f"mined, judged by {marker.value.judge_name}"
        if isinstance(marker.value, HarvestMarker):
            return f"harvested from {marker.value.source}"
    return ""


def _name(text: str, otherwise: str) -> str:
    line = _one_line(text[: 4 * _LONGEST_NAME])
    if not any(character.isprintable() and not character.isspace() for character in line):
        return otherwise
    if len(line) <= _LONGEST_NAME:
        return line
    cut = line[:_LONGEST_NAME]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _one_line(text: str) -> str:
    return " ".join(text.split())
