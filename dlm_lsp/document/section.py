"""Sections: the parts of a body, their types, contents and ids."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from dlm_lsp.document.edit import Span
from dlm_lsp.document.lines import after_break
from dlm_lsp.document.marker import Marker, SynthMarker, read_markers
from dlm_lsp.document.qa_fields import PREFERENCE, QUESTION_AND_ANSWER, read_qa_fields


class SectionType(StrEnum):
    """The five kinds of section."""

    PROSE = "prose"
    INSTRUCTION = "instruction"
    PREFERENCE = "preference"
    IMAGE = "image"
    AUDIO = "audio"


MEDIA = (SectionType.IMAGE, SectionType.AUDIO)


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its answer, in line feeds, trimmed; `probe` marks `### Q !probe`."""

    question: str
    answer: str
    probe: bool = False


@dataclass(frozen=True, slots=True)
class PlacedPair:
    """A pair of an instruction section and where its question and answer text stand."""

    pair: Pair
    question_span: Span
    answer_span: Span


@dataclass(frozen=True, slots=True)
class PlacedPreference:
    """A prompt with a chosen and a rejected answer, and where the three texts stand."""

    prompt: str
    chosen: str
    rejected: str
    prompt_span: Span
    chosen_span: Span
    rejected_span: Span


@dataclass(frozen=True, slots=True)
class Media:
    """What an image or audio fence points to; `text` is the alt text or the transcript."""

    path: str
    text: str | None
    path_span: Span


class Section(NamedTuple):
    """One section of the body.

    `content` has line feeds only and no marker lines, `source` is the text of the whole document.
    A tuple of plain numbers and texts is made five times faster than a frozen dataclass, and a
    large document has very many sections.
    """

    type: SectionType
    adapter: str | None
    start: int
    fence_end: int | None
    body_start: int
    body_end: int
    end: int
    content: str
    id: str
    media: Media | None
    source: str

    def __repr__(self) -> str:
        return f"Section({self.type} {self.id}, {self.start} to {self.end})"

    @property
    def span(self) -> Span:
        """From the fence, or the first prose, to the next fence or the end of the text."""
        return Span(self.start, self.end)

    @property
    def fence(self) -> Span | None:
        """The fence line without its line break; None for the prose that opens the body."""
        return None if self.fence_end is None else Span(self.start, self.fence_end)

    @property
    def body(self) -> Span:
        """Where `content` stands."""
        return Span(self.body_start, self.body_end)

    @property
    def markers(self) -> tuple[Marker, ...]:
        """The well-formed markers between the fence and the content."""
        if self.fence_end is None or self.type in (SectionType.PROSE, *MEDIA):
            return ()
        home = after_break(self.source, self.fence_end)
        return tuple(read_markers(self.source, Span(home, self.body_start), self.type))

    @property
    def synth(self) -> SynthMarker | None:
        """The provenance of a synthesized section, else None (the last marker counts)."""
        for marker in reversed(self.markers):
            if isinstance(marker.value, SynthMarker):
                return marker.value
        return None

    @property
    def pairs(self) -> tuple[PlacedPair, ...]:
        """The complete pairs of an instruction section."""
        if self.type is not SectionType.INSTRUCTION:
            return ()
        turns, _ = read_qa_fields(self.source, self.body, QUESTION_AND_ANSWER)
        return tuple(PlacedPair(Pair(q.text, a.text, q.probe), q.span, a.span) for q, a in turns)

    @property
    def preferences(self) -> tuple[PlacedPreference, ...]:
        """The complete preferences of a preference section."""
        if self.type is not SectionType.PREFERENCE:
            return ()
        turns, _ = read_qa_fields(self.source, self.body, PREFERENCE)
        return tuple(
            PlacedPreference(p.text, c.text, r.text, p.span, c.span, r.span) for p, c, r in turns
        )


def section_id(type_: SectionType, content: str) -> str:
    """Return the first 16 hex digits of SHA-256 over `type + "\\n" + content` (format §5).

    `content` has line feeds only; for an image or audio section it is the media path.
    """
    # The reference drops a byte-order mark at the head of the content before it hashes.
    payload = content.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    return sha256(_ID_PREFIX[type_] + payload).hexdigest()[:16]


_ID_PREFIX = {type_: f"{type_}\n".encode() for type_ in SectionType}
