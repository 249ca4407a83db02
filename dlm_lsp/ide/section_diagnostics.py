"""Section diagnostics: what is marked in one section, wherever in the text it stands."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.incremental import SectionText
from dlm_lsp.document.marker import SynthMarker
from dlm_lsp.document.problem import Fix
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel, RelatedInformation

_EXCERPT = 60


class SamePair(NamedTuple):
    """The number of a pair, from 0, and what the same is asked by, where in which other section."""

    number: int
    section_id: str
    question: Span
    words: str


class SectionContext(NamedTuple):
    """All that the diagnostics of a section depend on beside its own text.

    `provenance_level` is how loudly to say where it came from (None: not at all), `same` which of
    its pairs stand elsewhere too, `ungrounded` what in which answer the source does not back. Where
    it has no `source`, what it rests on stands in `new_source`, or nowhere, as far as is known. Of
    a document that is empty, somebody has just made the file.
    """

    source: SectionText | None = None
    new_source: SectionText | None = None
    rests_on_nothing: bool = False
    provenance_level: DiagnosticLevel | None = None
    same: tuple[SamePair, ...] = ()
    ungrounded: Mapping[int, str] = MappingProxyType({})
    file_is_missing: bool = False
    document_is_empty: bool = False


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
        if context.document_is_empty and problem.code == "missing-frontmatter":
            level = DiagnosticLevel.HINT
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
        yield from _provenance(part.section.id, marker, part, part.synth.span, context)
        yield from _pairs(part.section.id, marker.source_section_id, part, context)


def _provenance(
    own_id: str, marker: SynthMarker, part: SectionText, here: Span, context: SectionContext
) -> Iterator[SectionDiagnostic]:
    source_id = marker.source_section_id
    if context.source is None:
        yield _stale(own_id, source_id, part, here, context)
    elif context.provenance_level:
        message = (
            f"synthesized by {marker.synth_teacher} ({marker.synth_strategy}) from "
            f'"{_excerpt(context.source.section.content if context.source.section else "")}"'
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


def _stale(
    own_id: str, source_id: str, part: SectionText, here: Span, context: SectionContext
) -> SectionDiagnostic:
    """Return what is marked where the source has changed: a warning only where nothing backs it."""
    what = f'"{_excerpt(part.pairs[0].question)}"' if part.pairs else "this section"
    if context.rests_on_nothing:
        level = DiagnosticLevel.WARNING
        message = (
            f"stale: the section that {what} came from has changed or is gone, and no section is "
            "known to say what the answer rests on; ask again, remove it, or keep it as your own"
        )
    else:
        level = DiagnosticLevel.HINT
        message = f"the section that {what} came from has changed"
    fix: Fix | None = None
    related: tuple[RelatedInformation, ...] = ()
    related_id: str | None = None
    if new := context.new_source:
        message += ", but still says what the answer rests on"
        attribute = f'source_section_id="{source_id}"'
        at = part.text.index(attribute, here.start) + attribute.index(source_id)
        edit = Edit(Span(at, at + len(source_id)), new.id or "")
        fix = Fix("Still right: link to the section as it is now", (edit,))
        related, related_id = (_first_line(new, "the section as it is now"),), new.id
    return SectionDiagnostic(
        Diagnostic("stale-source", level, here, message, fix, related, own_id, source_id),
        related_id,
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
                    f'another pair of this document says the same: "{_excerpt(other.words)}"',
                    related=(RelatedInformation(other.question, "the other pair"),),
                    section_id=own_id,
                    source_id=source_id,
                ),
                other.section_id,
            )
        if (reason := context.ungrounded.get(number)) and context.source:
            question = f'"{_excerpt(placed.pair.question)}"'
            yield SectionDiagnostic(
                Diagnostic(
                    "ungrounded-answer",
                    DiagnosticLevel.WARNING,
                    placed.answer_span,
                    f"its source does not back this answer to {question}: {reason}",
                    related=(_first_line(context.source),),
                    section_id=own_id,
                    source_id=source_id,
                ),
                source_id,
            )


def _first_line(source: SectionText, what: str = "its source section") -> RelatedInformation:
    end = source.starts[1] if source.breaks else len(source.text)
    span = Span(0, len(source.text[:end].rstrip("\r\n")))
    return RelatedInformation(span, what)


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _EXCERPT else f"{words[: _EXCERPT - 1]}…"
