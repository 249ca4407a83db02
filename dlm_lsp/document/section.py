"""What a section is, and how it is identified."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from dlm_lsp.document.edit import Span
from dlm_lsp.document.marker import Marker, SynthMarker


class SectionType(StrEnum):
    """The five kinds of section."""

    PROSE = "prose"
    INSTRUCTION = "instruction"
    PREFERENCE = "preference"
    IMAGE = "image"
    AUDIO = "audio"


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


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the body.

    `span` runs from the fence (or the first prose character) to the next fence or the end of
    the text, `fence` covers the fence line without its line break (None for the prose that opens
    the body), `body` is where `content` stands. `content` has line feeds only and no marker lines.
    """

    type: SectionType
    adapter: str | None
    span: Span
    fence: Span | None
    markers: tuple[Marker, ...]
    body: Span
    content: str
    id: str
    pairs: tuple[PlacedPair, ...] = ()
    preferences: tuple[PlacedPreference, ...] = ()
    media: Media | None = None

    @property
    def synth(self) -> SynthMarker | None:
        """The provenance of a synthesized section, else None (the last marker counts)."""
        for marker in reversed(self.markers):
            if isinstance(marker.value, SynthMarker):
                return marker.value
        return None


def section_id(type_: SectionType, content: str) -> str:
    """Return the first 16 hex digits of SHA-256 over `type + "\\n" + content` (format §5).

    `content` has line feeds only; for an image or audio section it is the media path.
    """
    # The reference drops a byte-order mark at the head of the content before it hashes.
    content = content.removeprefix("\ufeff")
    payload = f"{type_}\n{content}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(payload).hexdigest()[:16]
