"""Everything that is marked in a document: problems, and how synthesized sections stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from dlm_lsp.document.edit import Span
from dlm_lsp.document.incremental import IncrementalDocument, SectionText, move_problem
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.section import PlacedPair, Section
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel, RelatedInformation
from dlm_lsp.ide.pair_check_results import NOTHING_CHECKED, PairCheckResults, PairKey

# An editor that is handed more marks than this has no time left to draw them; so many of them may
# be about where sections came from.
MAX_DIAGNOSTICS = 1_000
MAX_PROVENANCE_HINTS = 500
_EXCERPT = 60


def diagnostics(
    incremental: IncrementalDocument,
    *,
    provenance_level: DiagnosticLevel | None,
    check_results: PairCheckResults = NOTHING_CHECKED,
    media_exists: Callable[[str], bool] = lambda _: True,
    within: Span | None = None,
) -> list[Diagnostic]:
    """Return what is to be marked, in the order of the text; of too much, the last tells the rest.

    `origins` is how loudly to say where each synthesized section came from (None: not at all),
    `doubts` what took a second look to find. With `within` only that part of the text is looked
    at, and all that touches it is told.
    """
    look = _Look(incremental, provenance_level, check_results, media_exists)
    if within:
        return [one for one in look.findings(within) if _touches(one.span, within)]
    found = list(look.findings(Span(0, incremental.length)))
    if len(found) <= MAX_DIAGNOSTICS:
        return found
    # An error stops every run, so no other mark may hide it.
    by_weight = sorted(
        range(len(found)), key=lambda at: found[at].level is not DiagnosticLevel.ERROR
    )
    chosen = frozenset(by_weight[: MAX_DIAGNOSTICS - 1])
    shown = [one for at, one in enumerate(found) if at in chosen]
    rest = [one for at, one in enumerate(found) if at not in chosen]
    message = f"{len(rest):,} more marks are not shown"
    return [*shown, Diagnostic("more", DiagnosticLevel.INFORMATION, rest[0].span, message)]


@dataclass(slots=True)
class _Look:
    """One pass over the pieces."""

    pieces: IncrementalDocument
    origins: DiagnosticLevel | None
    doubts: PairCheckResults
    media_exists: Callable[[str], bool]
    told: int = 0
    places: dict[str, int] = field(default_factory=dict)

    def findings(self, within: Span) -> Iterator[Diagnostic]:
        """Yield the findings of piece after piece, of those that a part of the text touches."""
        for index, piece in enumerate(self.pieces.parts):
            if piece.section:
                self.places.setdefault(piece.section.id, index)
        # What is wrong with a first line that opens no frontmatter is the head's, and in the body.
        first = max(1, self.pieces.index_at(max(0, within.start - 1)))
        last = self.pieces.index_at(within.end)
        for index in (0, *range(first, last + 1)):
            piece = self.pieces.parts[index]
            if piece.problems or (piece.section and piece.section.media):
                yield from _problems(piece, self.pieces.offsets[index], self.media_exists)
            if piece.synth:
                yield from self._of_synthesized(index, piece)

    def _of_synthesized(self, index: int, piece: SectionText) -> Iterator[Diagnostic]:
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
            yield Diagnostic(
                "stale-source",
                DiagnosticLevel.WARNING,
                here,
                message,
                section_id=own_id,
                source_id=marker.source_section_id,
            )
        elif self.origins and self.told < MAX_PROVENANCE_HINTS:
            self.told += 1
            message = (
                f"synthesized by {marker.synth_teacher} ({marker.synth_strategy}) from "
                f'"{_excerpt(self.pieces.parts[source])}"'
            )
            related = (RelatedInformation(self._first_line(source), "its source section"),)
            yield Diagnostic(
                "synthesized",
                self.origins,
                here,
                message,
                related=related,
                section_id=own_id,
                source_id=marker.source_section_id,
            )
        yield from self._doubted(index, piece, at)

    def _doubted(self, index: int, piece: SectionText, at: int) -> Iterator[Diagnostic]:
        marker = piece.synth.value if piece.synth else None
        if not (piece.section and isinstance(marker, SynthMarker)):
            return
        own_id, source_id = piece.section.id, marker.source_section_id
        alike = self.doubts.duplicates.get(own_id, {})
        unbacked = self.doubts.ungrounded.get((own_id, source_id), {})
        # Equal sections have one id, and so no doubt tells them apart.
        first = self.places.get(own_id, index)
        if not (alike or unbacked or first < index):
            return
        source = self.places.get(source_id)
        for number, placed in enumerate(_placed(piece.section)):
            if first < index:
                twin = self._question(first, number)
            else:
                twin = self._twin(index, (own_id, number), alike.get(number, ()))
            if twin:
                message = "another pair of this document says the same"
                span = _moved(placed.question_span, at)
                related = (RelatedInformation(twin, "the other pair"),)
                yield Diagnostic(
                    "near-duplicate",
                    DiagnosticLevel.WARNING,
                    span,
                    message,
                    related=related,
                    section_id=own_id,
                    source_id=source_id,
                )
            why = unbacked.get(number)
            if why and source is not None:
                message = f"its source does not back this answer: {why}"
                span = _moved(placed.answer_span, at)
                related = (RelatedInformation(self._first_line(source), "its source section"),)
                yield Diagnostic(
                    "ungrounded-answer",
                    DiagnosticLevel.WARNING,
                    span,
                    message,
                    related=related,
                    section_id=own_id,
                    source_id=source_id,
                )

    def _twin(self, index: int, own: PairKey, others: tuple[PairKey, ...]) -> Span | None:
        """Return the question of a pair that says the same and has the older right to stay."""
        for section_id, number in others:
            place = index if section_id == own[0] else self.places.get(section_id)
            if place is None:
                continue
            piece = self.pieces.parts[place]
            if piece.synth and (place, number) > (index, own[1]):
                continue
            if question := self._question(place, number):
                return question
        return None

    def _question(self, index: int, number: int) -> Span | None:
        section = self.pieces.parts[index].section
        pairs = _placed(section) if section else ()
        # A byte-order mark changes no id, but may hide a pair.
        if number >= len(pairs):
            return None
        return _moved(pairs[number].question_span, self.pieces.offsets[index])

    def _first_line(self, index: int) -> Span:
        at, piece = self.pieces.offsets[index], self.pieces.parts[index]
        end = piece.starts[1] if piece.breaks else len(piece.text)
        return Span(at, at + len(piece.text[:end].rstrip("\r\n")))


# An editor asks again at each keystroke, and nearly all sections are still the same.
@lru_cache(maxsize=4096)
def _placed(section: Section) -> tuple[PlacedPair, ...]:
    return section.pairs


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _touches(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _problems(
    piece: SectionText, at: int, media_exists: Callable[[str], bool]
) -> Iterator[Diagnostic]:
    for problem in piece.problems:
        there = move_problem(problem, at)
        level = DiagnosticLevel(str(there.severity))
        yield Diagnostic(there.code, level, there.span, there.message, there.fix)
    media = piece.section.media if piece.section else None
    if media and media.path and not media_exists(media.path):
        span = Span(at + media.path_span.start, at + media.path_span.end)
        message = f"there is no file `{media.path}` beside the document"
        yield Diagnostic("missing-file", DiagnosticLevel.WARNING, span, message)


def _excerpt(piece: SectionText) -> str:
    words = " ".join((piece.section.content if piece.section else "").split())
    return words if len(words) <= _EXCERPT else f"{words[: _EXCERPT - 1]}…"
