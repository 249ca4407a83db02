"""Everything that is marked in a document: problems, and how synthesized sections stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dlm_lsp.document.edit import Span
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.pieces import Piece, Pieces, moved
from dlm_lsp.ide.doubts import NO_DOUBTS, Doubts
from dlm_lsp.ide.findings import Finding, Level, Related

# An editor that is handed more marks than this has no time left to draw them.
MOST_ORIGINS = 500
_EXCERPT = 60


def findings(
    pieces: Pieces,
    *,
    origins: Level | None,
    doubts: Doubts = NO_DOUBTS,
    media_exists: Callable[[str], bool] = lambda _: True,
) -> list[Finding]:
    """Return what is to be marked, in the order of the text.

    `origins` is how loudly to say where each synthesized section came from (None: not at all),
    `doubts` what took a second look to find.
    """
    return list(_Look(pieces, origins, doubts, media_exists).findings())


@dataclass(slots=True)
class _Look:
    """One pass over the pieces."""

    pieces: Pieces
    origins: Level | None
    doubts: Doubts
    media_exists: Callable[[str], bool]
    told: int = 0
    places: dict[str, int] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """Yield the findings of piece after piece."""
        for index, piece in enumerate(self.pieces.pieces):
            if piece.section:
                self.places.setdefault(piece.section.id, index)
        for index, piece in enumerate(self.pieces.pieces):
            if piece.problems or (piece.section and piece.section.media):
                yield from _problems(piece, self.pieces.offsets[index], self.media_exists)
            if piece.synth:
                yield from self._of_synthesized(index, piece)

    def _of_synthesized(self, index: int, piece: Piece) -> Iterator[Finding]:
        marker = piece.synth.value if piece.synth else None
        if not (isinstance(marker, SynthMarker) and piece.section and piece.synth):
            return
        at, own_id = self.pieces.offsets[index], piece.section.id
        here = Span(at + piece.synth.span.start, at + piece.synth.span.end)
        source = self.places.get(marker.source_section_id)
        if source is None:
            message = (
                f"stale: its source section {marker.source_section_id} has changed or is gone; "
                "ask again, remove it, or keep it as your own"
            )
            yield Finding("stale-source", Level.WARNING, here, message, section_id=own_id)
        elif self.origins and self.told < MOST_ORIGINS:
            self.told += 1
            message = (
                f"synthesized by {marker.synth_teacher} ({marker.synth_strategy}) from "
                f'"{_excerpt(self.pieces.pieces[source])}"'
            )
            related = (Related(self._first_line(source), "its source section"),)
            yield Finding("synthesized", self.origins, here, message, None, related, own_id)
        yield from self._doubted(index, piece, at)

    def _doubted(self, index: int, piece: Piece, at: int) -> Iterator[Finding]:
        marker = piece.synth.value if piece.synth else None
        if not (piece.section and isinstance(marker, SynthMarker)):
            return
        own_id, source = piece.section.id, self.places.get(marker.source_section_id)
        why = self.doubts.ungrounded.get((own_id, marker.source_section_id))
        twin = self._twin(index, own_id)
        placed = piece.section.pairs[0] if why or twin is not None else None
        if placed and why and source is not None:
            message = f"its source does not back this answer: {why}"
            related = (Related(self._first_line(source), "its source section"),)
            span = Span(at + placed.answer_span.start, at + placed.answer_span.end)
            yield Finding("ungrounded-answer", Level.WARNING, span, message, None, related, own_id)
        if placed and twin is not None:
            message = "another pair of this document says the same"
            related = (Related(self._first_line(twin), "the other pair"),)
            span = Span(at + placed.question_span.start, at + placed.question_span.end)
            yield Finding("near-duplicate", Level.WARNING, span, message, None, related, own_id)

    def _twin(self, index: int, section_id: str) -> int | None:
        """Return where a pair stands that says the same and has the older right to stay."""
        for other_id in self.doubts.alike.get(section_id, ()):
            place = self.places.get(other_id)
            if place is None or place == index:
                continue
            if self.pieces.pieces[place].synth is None or place < index:
                return place
        return None

    def _first_line(self, index: int) -> Span:
        at, piece = self.pieces.offsets[index], self.pieces.pieces[index]
        end = piece.starts[1] if piece.breaks else len(piece.text)
        return Span(at, at + len(piece.text[:end].rstrip("\r\n")))


def _problems(piece: Piece, at: int, media_exists: Callable[[str], bool]) -> Iterator[Finding]:
    for problem in piece.problems:
        there = moved(problem, at)
        level = Level(str(there.severity))
        yield Finding(there.code, level, there.span, there.message, there.fix)
    media = piece.section.media if piece.section else None
    if media and media.path and not media_exists(media.path):
        span = Span(at + media.path_span.start, at + media.path_span.end)
        message = f"there is no file `{media.path}` beside the document"
        yield Finding("missing-file", Level.WARNING, span, message)


def _excerpt(piece: Piece) -> str:
    words = " ".join((piece.section.content if piece.section else "").split())
    return words if len(words) <= _EXCERPT else f"{words[: _EXCERPT - 1]}…"
