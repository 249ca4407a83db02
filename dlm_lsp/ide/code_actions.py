"""Code actions: what can be done at the cursor, and what cannot be done just now and why."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dlm_lsp.document import Document, Section, SectionType, Span
from dlm_lsp.ide.provenance import (
    SynthesizedSection,
    as_synthesized,
    sections_in,
    source_sections,
    synthesized_sections,
)
from dlm_lsp.ide.teacher_name import short_teacher_name

CodeActionName = Literal[
    "synthesize", "keep", "remove", "regenerate", "source", "apply", "discard", "restore", "revert"
]
SynthesisMode = Literal["extraction", "expansion", "both", "stage"]


@dataclass(frozen=True, slots=True)
class CodeAction:
    """Something to do: its words, the sections it is about, and why it cannot be done, if so.

    `sections` is None where it is about all of them, or those that `teacher` wrote (in the run
    of the time `at`); of equal sections, `teacher`, `at` and `source` tell which one is meant.
    `mode` is the strategy to synthesize by, or to stage what comes; None leaves it to the settings.
    """

    name: CodeActionName
    title: str
    sections: tuple[str, ...] | None = None
    mode: SynthesisMode | None = None
    disabled: str | None = None
    teacher: str | None = None
    at: str | None = None
    source: str | None = None


def code_actions(
    document: Document,
    span: Span,
    *,
    staged: int | None,
    discarded: int = 0,
    has_teacher: bool = True,
    usual: Collection[str] = (),
    edited: Collection[str] = (),
    unsafe: str | None = None,
) -> Iterator[CodeAction]:
    """Yield what can be done where `span` is, first to synthesize, which is offered everywhere.

    `staged` is how many sections wait, None where the plan that they stand in cannot be read;
    `discarded` is how many of them an undo would put back; `has_teacher` tells whether somebody
    can be asked; `usual` are the modes that the settings have anyway; `edited` are the ids of those
    that hold words of the user, which no revert takes out, and `unsafe` says why that cannot be
    told.
    """
    touched = tuple(sections_in(document, span))
    yield from _synthesize(document, touched, usual, has_teacher=has_teacher)
    here = [synthesized for section in touched if (synthesized := as_synthesized(section))]
    if here:
        yield from _of_synthesized(document, here)
    if staged is None:
        yield CodeAction("discard", "Discard what is staged, which cannot be read")
    elif staged:
        count = _counted(staged, "staged section")
        yield CodeAction("apply", f"Apply {count}")
        yield CodeAction("discard", f"Discard {count}")
    if discarded:
        yield CodeAction("restore", f"Put back {_counted(discarded, 'discarded section')}")
    revertible = [
        synthesized
        for synthesized in synthesized_sections(document)
        if synthesized.section.id not in edited
    ]
    yield from (replace(action, disabled=unsafe) for action in _revert(revertible, here))


_MODES: tuple[tuple[SynthesisMode, str], ...] = (
    ("extraction", "answers from the prose"),
    ("expansion", "answers beyond the prose"),
    ("both", "both kinds of answers"),
    ("stage", "stage for review"),
)


def prose_sections(sections: Sequence[Section]) -> tuple[str, ...]:
    """Return the ids of those sections that something can be asked about."""
    return tuple(
        dict.fromkeys(
            section.id
            for section in sections
            if section.type is SectionType.PROSE and section.content.strip()
        )
    )


def _synthesize(
    document: Document, touched: Sequence[Section], usual: Collection[str], *, has_teacher: bool
) -> Iterator[CodeAction]:
    ids, in_all = prose_sections(touched), len(prose_sections(document.sections))
    first_step = "" if has_teacher else "… choose a teacher"
    if ids:
        where = "" if len(ids) == 1 else f" for {len(ids)} sections"
        yield CodeAction("synthesize", f"Synthesize instructions{where}{first_step}", ids)
        for mode, words in _MODES if has_teacher else ():
            if mode not in usual:
                yield CodeAction(
                    "synthesize", f"Synthesize instructions{where}: {words}", ids, mode
                )
    if in_all > len(ids):
        title = f"Synthesize instructions for the document ({_counted(in_all, 'section')})"
        yield CodeAction("synthesize", f"{title}{first_step}")


def _of_synthesized(document: Document, here: Sequence[SynthesizedSection]) -> Iterator[CodeAction]:
    ids = tuple(synthesized.section.id for synthesized in here)
    what = "this synthesized section" if len(ids) == 1 else f"{len(ids)} synthesized sections"
    actions = [
        CodeAction("keep", f"Keep {what} as your own", ids),
        CodeAction("remove", f"Remove {what}", ids),
        CodeAction("regenerate", f"Regenerate {what}", ids),
    ]
    if len(here) == 1:
        marker = here[0].marker
        teacher, at, source = marker.synth_teacher, marker.synth_at, marker.source_section_id
        actions = [replace(action, teacher=teacher, at=at, source=source) for action in actions]
    yield from actions
    if here[0].source_id in source_sections(document):
        yield CodeAction("source", "Go to its source section", ids[:1])


def _revert(
    revertible: Sequence[SynthesizedSection], here: Sequence[SynthesizedSection]
) -> Iterator[CodeAction]:
    if not revertible:
        return
    yield CodeAction("revert", f"Revert all synthesized instructions ({len(revertible)})")
    if not here:
        return
    teacher, at = here[0].marker.synth_teacher, here[0].marker.synth_at
    by_teacher = [
        synthesized.marker
        for synthesized in revertible
        if synthesized.marker.synth_teacher == teacher
    ]
    if run := sum(marker.synth_at == at for marker in by_teacher):
        yield CodeAction("revert", f"Revert this run ({run})", teacher=teacher, at=at)
    if by_teacher:
        title = f"Revert what {short_teacher_name(teacher)} wrote ({len(by_teacher)})"
        yield CodeAction("revert", title, teacher=teacher)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
