"""Diagnostics: problems of a document, and how its synthesized sections stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from dlm_lsp.document.edit import Span
from dlm_lsp.document.incremental import IncrementalDocument, SectionText, move_problem
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.section import PlacedPair, Section
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel, RelatedInformation
from dlm_lsp.ide.lone_cr import lone_cr
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

    `provenance_level` is how loudly to say where each synthesized section came from (None: not at
    all), `check_results` what the pair checks found. With `within` only that part of the text is
    looked at, and all that touches it is marked.
    """
    walk = _Walk(incremental, provenance_level, check_results, media_exists)
    if within:
        touched = walk.diagnostics(within)
        return [diagnostic for diagnostic in touched if _touches(diagnostic.span, within)]
    everything = list(walk.diagnostics(Span(0, incremental.length)))
    if len(everything) <= MAX_DIAGNOSTICS:
        return everything
    # An error stops every run, so no other mark may hide it.
    by_weight = sorted(
        range(len(everything)), key=lambda at: everything[at].level is not DiagnosticLevel.ERROR
    )
    chosen = frozenset(by_weight[: MAX_DIAGNOSTICS - 1])
    shown = [diagnostic for at, diagnostic in enumerate(everything) if at in chosen]
    rest = [diagnostic for at, diagnostic in enumerate(everything) if at not in chosen]
    message = f"{len(rest):,} more marks are not shown"
    return [*shown, Diagnostic("more", DiagnosticLevel.INFORMATION, rest[0].span, message)]


@dataclass(slots=True)
class _Walk:
    """One walk over the parts of a text; `index_by_id` is the first part of each section id."""

    incremental: IncrementalDocument
    provenance_level: DiagnosticLevel | None
    check_results: PairCheckResults
    media_exists: Callable[[str], bool]
    provenance_hints: int = 0
    index_by_id: dict[str, int] = field(default_factory=dict)

    def diagnostics(self, within: Span) -> Iterator[Diagnostic]:
        """Yield the diagnostics of each part of the text that `within` touches."""
        for index, part in enumerate(self.incremental.parts):
            if part.section:
                self.index_by_id.setdefault(part.section.id, index)
        # What is wrong with a first line that opens no frontmatter is the head's, and in the body.
        first = max(1, self.incremental.index_at(max(0, within.start - 1)))
        last = self.incremental.index_at(within.end)
        lone_cr_index = self._lone_cr_index()
        for index in (0, *range(first, last + 1)):
            part = self.incremental.parts[index]
            if index == lone_cr_index:
                yield lone_cr(self.incremental, index)
            if part.problems or (part.section and part.section.media):
                yield from _problems(part, self.incremental.offsets[index], self.media_exists)
            if part.synth:
                yield from self._synthesized(index, part)

    def _lone_cr_index(self) -> int | None:
        if not self.incremental.lone_crs:
            return None
        return next(index for index, part in enumerate(self.incremental.parts) if part.lone_crs)

    def _synthesized(self, index: int, part: SectionText) -> Iterator[Diagnostic]:
        marker = part.synth.value if part.synth else None
        if not (isinstance(marker, SynthMarker) and part.section and part.synth):
            return
        at, own_id = self.incremental.offsets[index], part.section.id
        here = Span(at + part.synth.span.start, at + part.synth.span.end)
        source = self.index_by_id.get(marker.source_section_id)
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
        elif self.provenance_level and self.provenance_hints < MAX_PROVENANCE_HINTS:
            self.provenance_hints += 1
            message = (
                f"synthesized by {marker.synth_teacher} ({marker.synth_strategy}) from "
                f'"{_excerpt(self.incremental.parts[source])}"'
            )
            related = (RelatedInformation(self._first_line(source), "its source section"),)
            yield Diagnostic(
                "synthesized",
                self.provenance_level,
                here,
                message,
                related=related,
                section_id=own_id,
                source_id=marker.source_section_id,
            )
        yield from self._checked(index, part, at)

    def _checked(self, index: int, part: SectionText, at: int) -> Iterator[Diagnostic]:
        marker = part.synth.value if part.synth else None
        if not (part.section and isinstance(marker, SynthMarker)):
            return
        own_id, source_id = part.section.id, marker.source_section_id
        duplicates = self.check_results.duplicates.get(own_id, {})
        ungrounded = self.check_results.ungrounded.get((own_id, source_id), {})
        # Equal sections have one id, so the results of the checks do not tell them apart.
        first = self.index_by_id.get(own_id, index)
        if not (duplicates or ungrounded or first < index):
            return
        source = self.index_by_id.get(source_id)
        for number, placed in enumerate(_placed(part.section)):
            if first < index:
                other = self._question(first, number)
            else:
                other = self._other_question(index, (own_id, number), duplicates.get(number, ()))
            if other:
                message = "another pair of this document says the same"
                span = _shift(placed.question_span, at)
                related = (RelatedInformation(other, "the other pair"),)
                yield Diagnostic(
                    "near-duplicate",
                    DiagnosticLevel.WARNING,
                    span,
                    message,
                    related=related,
                    section_id=own_id,
                    source_id=source_id,
                )
            reason = ungrounded.get(number)
            if reason and source is not None:
                message = f"its source does not back this answer: {reason}"
                span = _shift(placed.answer_span, at)
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

    def _other_question(self, index: int, own: PairKey, others: tuple[PairKey, ...]) -> Span | None:
        """Return the question of a pair that says the same and has the older right to stay."""
        for section_id, number in others:
            place = index if section_id == own[0] else self.index_by_id.get(section_id)
            if place is None:
                continue
            part = self.incremental.parts[place]
            if part.synth and (place, number) > (index, own[1]):
                continue
            if question := self._question(place, number):
                return question
        return None

    def _question(self, index: int, number: int) -> Span | None:
        section = self.incremental.parts[index].section
        pairs = _placed(section) if section else ()
        # A byte-order mark changes no id, but may hide a pair.
        if number >= len(pairs):
            return None
        return _shift(pairs[number].question_span, self.incremental.offsets[index])

    def _first_line(self, index: int) -> Span:
        at, part = self.incremental.offsets[index], self.incremental.parts[index]
        end = part.starts[1] if part.breaks else len(part.text)
        return Span(at, at + len(part.text[:end].rstrip("\r\n")))


# An editor asks again at each keystroke, and nearly all sections are still the same.
@lru_cache(maxsize=4096)
def _placed(section: Section) -> tuple[PlacedPair, ...]:
    return section.pairs


def _shift(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _touches(left: Span, right: Span) -> bool:
    return left.start <= right.end and right.start <= left.end


def _problems(
    part: SectionText, at: int, media_exists: Callable[[str], bool]
) -> Iterator[Diagnostic]:
    for problem in part.problems:
        there = move_problem(problem, at)
        level = DiagnosticLevel(str(there.severity))
        yield Diagnostic(there.code, level, there.span, there.message, there.fix)
    media = part.section.media if part.section else None
    if media and media.path and not media_exists(media.path):
        span = Span(at + media.path_span.start, at + media.path_span.end)
        message = f"there is no file `{media.path}` beside the document"
        yield Diagnostic("missing-file", DiagnosticLevel.WARNING, span, message)


def _excerpt(part: SectionText) -> str:
    words = " ".join((part.section.content if part.section else "").split())
    return words if len(words) <= _EXCERPT else f"{words[: _EXCERPT - 1]}…"
