"""Body completion: what can be written at the cursor below the frontmatter."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from dlm_lsp.document import (
    Document,
    HarvestMarker,
    MinedMarker,
    Section,
    SectionType,
    Span,
    SynthMarker,
)
from dlm_lsp.document.lines import line_break_of
from dlm_lsp.document.marker import looks_like_marker
from dlm_lsp.document.qa_fields import PREFERENCE, QUESTION_AND_ANSWER, is_qa_header
from dlm_lsp.ide.completion_item import CompletionItem, completion_item
from dlm_lsp.ide.lines import line_at, line_spans
from dlm_lsp.ide.provenance import section_at

# The backticks come first because they are found faster than the starts of lines.
_CODE = re.compile(r"```(?<![^\n\r]```)")
_FENCE_BEGUN = re.compile(r"\s*(?::{1,2}[\w#-]*:{0,2})?")
_FENCE_REST = re.compile(r"[\w#-]*:{0,2}\s*")
_COMPLETE = re.compile(r"::[\w#-]+::")
_HEADER_BEGUN = re.compile(r"#{1,6} ?[A-Za-z]*(?: (?:![a-z]*)?)?")
_HEADER_REST = re.compile(r"[A-Za-z]*(?: (?:![a-z]*)?)?\s*")
_MARKER_BEGUN = re.compile(r"<(?:!(?:-(?:-\s*+[a-z-]*+:?\s*+)?)?)?")
_MARKER_REST = re.compile(r"\s*+(?:-{0,2}>)?\s*+")
_ATTRIBUTE = re.compile(r'(?<![a-z0-9_])[0-9_]*+([a-z][a-z0-9_]*+)="')
_WORD = re.compile(r"[a-z0-9_]*")
_ATTRIBUTES_BEGUN = (
    re.compile(r'::(image|audio)(?:\s+[a-z][a-z0-9_]*="[^"]*")*\s+([a-z0-9_]*)'),
    re.compile(r'<!-- dlm-auto-(synth|mined|harvest):(?:\s+[a-z][a-z0-9_]*="[^"]*")*\s+([a-z_]*)'),
)

_HEADERS = {
    SectionType.PROSE: (),
    SectionType.INSTRUCTION: QUESTION_AND_ANSWER,
    SectionType.PREFERENCE: PREFERENCE,
    SectionType.IMAGE: (),
    SectionType.AUDIO: (),
}
_KEYS = {
    "image": ("path", "alt"),
    "audio": ("path", "transcript"),
    "synth": tuple(field.name for field in fields(SynthMarker)),
    "mined": tuple(field.name for field in fields(MinedMarker)),
    "harvest": tuple(field.name for field in fields(HarvestMarker)),
}
_MARKERS = {
    SectionType.INSTRUCTION: ("synth", "harvest"),
    SectionType.PREFERENCE: ("mined", "harvest"),
}
_DETAILS = {
    SectionType.PROSE: "text to learn",
    SectionType.INSTRUCTION: "question and answer",
    SectionType.PREFERENCE: "a better and a worse answer",
    SectionType.IMAGE: "a picture",
    SectionType.AUDIO: "a recording",
}


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A cursor, the line that it is on, and what stands on the line before and behind it."""

    document: Document
    offset: int
    line: Span
    before: str
    behind: str


def body_completions(document: Document, offset: int) -> Iterator[CompletionItem]:
    """Yield what can be written at `offset`, which is below the frontmatter."""
    text = document.text
    line = line_at(text, offset)
    if offset > line.end or _in_code(document, line.end):
        return
    cursor = _Cursor(document, offset, line, text[line.start : offset], text[offset : line.end])
    yield from _fences(cursor)
    yield from _attributes(cursor)
    section = section_at(document, line.start)
    if section and section.fence_end is not None and section.fence_end < line.start:
        yield from _headers(cursor, section)
        yield from _markers(cursor, section)


def _in_code(document: Document, offset: int) -> bool:
    return len(_CODE.findall(document.text[document.body.start : offset])) % 2 == 1


def _fences(cursor: _Cursor) -> Iterator[CompletionItem]:
    if not _FENCE_BEGUN.fullmatch(cursor.before) or not _FENCE_REST.fullmatch(cursor.behind):
        return
    nothing_there = not (cursor.before.strip() or cursor.behind.strip())
    if not (nothing_there or cursor.before.lstrip().startswith(":")):
        return
    # A fence that is complete already has its text below it.
    unfinished = not cursor.behind.strip() and not _COMPLETE.fullmatch(cursor.before)
    line_break = line_break_of(cursor.document.text)
    for order, (type_, adapter) in enumerate(_routes(cursor.document)):
        fence, snippet = _fence(type_, adapter)
        below = [f"### {name}" for name in _HEADERS[type_]] if unfinished else []
        text = line_break.join([fence, *(part for head in below for part in (head, ""))])
        stops = [f"{head}{line_break}${stop}" for stop, head in enumerate(below, start=1)]
        yield completion_item(
            "fence",
            fence if not snippet else f"::{type_}::",
            cursor.line,
            text,
            order=order,
            detail=_DETAILS[type_],
            topic=type_.value,
            snippet=line_break.join([snippet or fence, *stops]) if stops or snippet else None,
        )


def _routes(document: Document) -> Iterator[tuple[SectionType, str | None]]:
    yield SectionType.PROSE, None
    yield SectionType.INSTRUCTION, None
    frontmatter = document.frontmatter
    for name in (frontmatter.training.adapters or {}) if frontmatter else ():
        yield SectionType.INSTRUCTION, name
    yield SectionType.PREFERENCE, None
    yield SectionType.IMAGE, None
    yield SectionType.AUDIO, None


def _fence(type_: SectionType, adapter: str | None) -> tuple[str, str | None]:
    """Return a fence line, and the same as a snippet where something has to be filled in."""
    keys = _KEYS.get(type_)
    if keys is None:
        return f"::{type_}#{adapter}::" if adapter else f"::{type_}::", None
    return f"::{type_} {_empty(keys)}::", f"::{type_} {_with_stops(keys)}::"


def _empty(keys: Iterable[str]) -> str:
    return " ".join(f'{key}=""' for key in keys)


def _with_stops(keys: Iterable[str]) -> str:
    return " ".join(f'{key}="${stop}"' for stop, key in enumerate(keys, start=1))


def _attributes(cursor: _Cursor) -> Iterator[CompletionItem]:
    begun = next((m for p in _ATTRIBUTES_BEGUN if (m := p.fullmatch(cursor.before))), None)
    if begun is None:
        return
    there = set(_ATTRIBUTE.findall(cursor.before + cursor.behind))
    rest = _WORD.match(cursor.behind)
    end = cursor.offset + (rest.end() if rest else 0)
    if cursor.document.text.startswith("=", end):
        return
    span = Span(cursor.offset - len(begun[2]), end)
    for order, key in enumerate(_KEYS[begun[1]]):
        if key not in there:
            text, snippet = _empty([key]), _with_stops([key])
            yield completion_item("attribute", key, span, text, order=order, snippet=snippet)


def _headers(cursor: _Cursor, section: Section) -> Iterator[CompletionItem]:
    if not _HEADER_BEGUN.fullmatch(cursor.before) or not _HEADER_REST.fullmatch(cursor.behind):
        return
    for order, name in enumerate(_next_headers(cursor, _HEADERS[section.type], section)):
        header = f"### {name}"
        yield completion_item("header", header, cursor.line, header, order=order)


def _next_headers(cursor: _Cursor, names: tuple[str, ...], section: Section) -> tuple[str, ...]:
    """Return what may follow the last header above the cursor."""
    if not names:
        return ()
    text = section.source
    above = line_spans(text, Span(section.body_start, max(section.body_start, cursor.line.start)))
    headers = [
        text[line.start : line.end].split()[1] for line in above if _is_header(text, line, names)
    ]
    wanted = names[(names.index(headers[-1]) + 1) % len(names)] if headers else names[0]
    return (wanted, "Q !probe") if wanted == "Q" else (wanted,)


def _is_header(text: str, line: Span, names: tuple[str, ...]) -> bool:
    return is_qa_header(text[line.start : line.end], names)


def _markers(cursor: _Cursor, section: Section) -> Iterator[CompletionItem]:
    kinds = _MARKERS.get(section.type, ())
    if not _MARKER_BEGUN.fullmatch(cursor.before) or not _MARKER_REST.fullmatch(cursor.behind):
        return
    if not kinds or not _right_under_the_fence(cursor, section):
        return
    for order, kind in enumerate(kinds):
        opened = f"<!-- dlm-auto-{kind}:"
        text = f"{opened} {_empty(_KEYS[kind])} -->"
        snippet = f"{opened} {_with_stops(_KEYS[kind])} -->"
        yield completion_item(
            "attribute", opened, cursor.line, text, order=order, topic=kind, snippet=snippet
        )


def _right_under_the_fence(cursor: _Cursor, section: Section) -> bool:
    text, (start, end) = section.source, (section.fence_end or 0, cursor.line.start)
    above = [text[line.start : line.end] for line in line_spans(text, Span(start, end))][1:-1]
    return all(looks_like_marker(line) for line in above)
