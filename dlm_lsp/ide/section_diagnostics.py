"""Section diagnostics: what is marked in one section, wherever in the text it stands."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from dlm_lsp.document.edit import Span
from dlm_lsp.document.incremental import SectionText
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel, RelatedInformation

_EXCERPT = 60


class SamePair(NamedTuple):
    """The number of a pair, from 0, and where in which other section the same is asked."""

    number: int
    section_id: str
    question: Span


class SectionContext(NamedTuple):
    """All that the diagnostics of a section depend on beside its own text.

    `provenance_level` is how loudly to say where it came from (None: not at all), `same` which of
    its pairs stand elsewhere too, `ungrounded` what in which answer the source does not back.
    """

    source: SectionText | None = None
    provenance_level: DiagnosticLevel | None = None
    same: tuple[SamePair, ...] = ()
    ungrounded: Mapping[int, str] = MappingProxyType({})
    file_is_missing: bool = False


class SectionDiagnostic(NamedTuple):
    """A diagnostic in offsets into its section, and the id of the section that it relates to.

    What it relates to is in offsets into that section.
    """

    diagnostic: Diagnostic
    related_id: str | None = None


def section_diagnostics(part: SectionText, context: SectionContext) -> Iterator[SectionDiagnostic]:
    """Yield what is marked in a section, in order."""
    for problem in part.problems:
        level = DiagnosticLevel(str(problem.severity))
        yield SectionDiagnostic(
            Diagnostic(problem.code, level, problem.span, problem.message, problem.fix)
        )
    media = part.section.media if part.section else None
    if media and context.file_is_missing:
        message = f"there is no file `{media.path}` beside the document"
        yield SectionDiagnostic(
            Diagnostic("missing-file", DiagnosticLevel.WARNING, media.path_span, message)
        )
    marker = part.synth.value if part.synth else None
    if part.synth and part.section and isinstance(marker, SynthMarker):
        yield from _provenance(part.section.id, marker, part.synth.span, context)
        yield from _pairs(part.section.id, marker.source_section_id, part, context)


def _provenance(
    own_id: str, marker: SynthMarker, here: Span, context: SectionContext
) -> Iterator[SectionDiagnostic]:
    source_id = marker.source_section_id
    if context.source is None:
        message = (
            f"stale: its source section {source_id} has changed or is gone; "
            "ask again, remove it, or keep it as your own"
        )
        yield SectionDiagnostic(
            Diagnostic(
                "stale-source",
                DiagnosticLevel.WARNING,
                here,
                message,
                section_id=own_id,
                source_id=source_id,
            )
        )
    elif context.provenance_level:
        message = (
            f"synthesized by {marker.synth_teacher} ({marker.synth_strategy}) from "
            f'"{_excerpt(context.source)}"'
        )
        yield SectionDiagnostic(
            Diagnostic(
                "synthesized",
                context.provenance_level,
                here,
                message,
                related=(_first_line(context.source),),
                section_id=own_id,
                source_id=source_id,
            ),
            source_id,
        )


def _pairs(
    own_id: str, source_id: str, part: SectionText, context: SectionContext
) -> Iterator[SectionDiagnostic]:
    same = {pair.number: pair for pair in context.same}
    for number, placed in enumerate(part.placed_pairs) if same or context.ungrounded else ():
        if other := same.get(number):
            yield SectionDiagnostic(
                Diagnostic(
                    "near-duplicate",
                    DiagnosticLevel.WARNING,
                    placed.question_span,
                    "another pair of this document says the same",
                    related=(RelatedInformation(other.question, "the other pair"),),
                    section_id=own_id,
                    source_id=source_id,
                ),
                other.section_id,
            )
        if (reason := context.ungrounded.get(number)) and context.source:
            yield SectionDiagnostic(
                Diagnostic(
                    "ungrounded-answer",
                    DiagnosticLevel.WARNING,
                    placed.answer_span,
                    f"its source does not back this answer: {reason}",
                    related=(_first_line(context.source),),
                    section_id=own_id,
                    source_id=source_id,
                ),
                source_id,
            )


def _first_line(source: SectionText) -> RelatedInformation:
    end = source.starts[1] if source.breaks else len(source.text)
    span = Span(0, len(source.text[:end].rstrip("\r\n")))
    return RelatedInformation(span, "its source section")


def _excerpt(source: SectionText) -> str:
    words = " ".join((source.section.content if source.section else "").split())
    return words if len(words) <= _EXCERPT else f"{words[: _EXCERPT - 1]}…"
