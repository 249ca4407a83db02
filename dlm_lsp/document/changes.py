"""Document changes: minimal edits, so that every byte outside them stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document.document import Document
from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.lines import after_break, line_break_of, without_last_break
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.section import Pair, Section, SectionType, section_id
from dlm_lsp.document.text_diff import diff_edit
from dlm_lsp.document.well_formed import body_of

Placement = Literal["after-source", "end"]


@dataclass(frozen=True, slots=True)
class Addition:
    """A well-formed pair that is to become a synthesized section; `marker` names its source."""

    pair: Pair
    marker: SynthMarker
    adapter: str | None = None

    @property
    def id(self) -> str:
        """The id that the section will have."""
        return section_id(SectionType.INSTRUCTION, body_of(self.pair))

    def lines(self) -> list[str]:
        """Return the section, line by line."""
        route = f"#{self.adapter}" if self.adapter else ""
        return [f"::instruction{route}::", self.marker.line(), *body_of(self.pair).split("\n")]


def insert(
    document: Document, additions: Sequence[Addition], placement: Placement = "after-source"
) -> list[Edit]:
    """Return the edits that add `additions`, in their order, in the document's own line breaks.

    Right after its source stands an addition behind what was synthesized from that source before;
    one whose source is not in the document goes to the end.

    Raises:
        ValueError: the document ends inside a code block, where no section can be put.
    """
    end = len(document.text)
    places: dict[int, list[Addition]] = {}
    anchors = {} if placement == "end" else _anchors(document)
    for addition in additions:
        at = anchors.get(addition.marker.source_section_id, end)
        places.setdefault(at, []).append(addition)
    if end in places and any(problem.code == "unclosed-code" for problem in document.problems):
        raise ValueError("the document ends inside a code block: close it first")
    line_break = line_break_of(document.text)
    return [
        Edit(Span(at, at), _block(document.text, at, here, line_break))
        for at, here in sorted(places.items())
    ]


def remove(document: Document, sections: Iterable[Section]) -> list[Edit]:
    """Return the edits that take `sections` out, fence and marker lines included."""
    spans: list[Span] = []
    for section in sorted(set(sections), key=lambda section: section.start):
        if spans and spans[-1].end == section.span.start:
            spans[-1] = Span(spans[-1].start, section.span.end)
        else:
            spans.append(section.span)
    if spans:
        spans[-1] = _with_break_before(document.text, spans[-1])
    return [Edit(span, "") for span in spans]


def remove_marker(document: Document, sections: Iterable[Section]) -> list[Edit]:
    """Return the edits that turn synthesized sections into hand-written ones: the markers go."""
    return [
        Edit(Span(marker.span.start, after_break(document.text, marker.span.end)), "")
        for section in sections
        for marker in section.markers
        if isinstance(marker.value, SynthMarker)
    ]


def replace_pair(document: Document, section: Section, pair: Pair) -> list[Edit]:
    """Return the edits that make `pair` the content of an instruction section.

    Its fence, its markers and the blank lines behind it stay.
    """
    body = body_of(pair).replace("\n", line_break_of(document.text))
    new = document.text[: section.body_start] + body + document.text[section.body_end :]
    edit = diff_edit(document.text, new)
    return [edit] if edit else []


def _anchors(document: Document) -> dict[str, int]:
    anchors: dict[str, int] = {}
    source: Section | None = None
    for section in document.sections:
        if section.synth and source and section.synth.source_section_id == source.id:
            anchors[source.id] = section.span.end
        elif section.id not in anchors:
            anchors[section.id] = section.span.end
            source = section
        else:
            source = None
    return anchors


def _block(text: str, at: int, additions: Iterable[Addition], line_break: str) -> str:
    block = line_break.join(line for addition in additions for line in addition.lines())
    if at == 0 or text[at - 1] in "\r\n":
        return block + line_break
    # A file without a final line break stays one: taking the block out restores it.
    return line_break + block


def _with_break_before(text: str, span: Span) -> Span:
    if span.end < len(text) or text.endswith(("\n", "\r")):
        return span
    return Span(without_last_break(text, 0, span.start), span.end)
