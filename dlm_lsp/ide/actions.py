"""What can be done where the cursor stands, and what cannot be done just now and why."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document import Document, Section, SectionType, Span
from dlm_lsp.ide.origin import Synthesized, as_synthesized, sections_in, sources, synthesized

What = Literal["synthesize", "keep", "remove", "regenerate", "source", "apply", "discard", "revert"]
Way = Literal["extraction", "expansion", "both", "stage"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do: its words, the sections it is about, and why it cannot be done, if so.

    `way` is the strategy to synthesize by, or to stage what comes; None leaves it to the settings.
    """

    what: What
    title: str
    sections: tuple[str, ...]
    way: Way | None = None
    disabled: str | None = None


def actions(
    document: Document,
    span: Span,
    *,
    staged: Sequence[str],
    obstacle: str | None,
    edited: Collection[str] = (),
) -> Iterator[Action]:
    """Yield what can be done where `span` is.

    `staged` are the ids of the sections that wait; `obstacle` says why nothing can be synthesized;
    `edited` are those that hold words of the user, which no revert takes out.
    """
    touched = tuple(sections_in(document, span))
    yield from _synthesize(document, touched, obstacle)
    here = [one for section in touched if (one := as_synthesized(section))]
    if here:
        yield from _of_synthesized(document, here, obstacle)
    if staged:
        count = _counted(len(staged), "staged section")
        yield Action("apply", f"Apply {count}", tuple(staged))
        yield Action("discard", f"Discard {count}", tuple(staged))
    found = [one for one in synthesized(document) if one.section.id not in edited]
    yield from _revert(found, here)


_WAYS: tuple[tuple[Way, str], ...] = (
    ("extraction", "answers from the prose"),
    ("expansion", "answers beyond the prose"),
    ("both", "both kinds of answers"),
    ("stage", "stage for review"),
)


def prose(sections: Sequence[Section]) -> tuple[str, ...]:
    """Return the ids of those sections that something can be asked about."""
    return tuple(
        dict.fromkeys(
            section.id
            for section in sections
            if section.type is SectionType.PROSE and section.content.strip()
        )
    )


def _synthesize(
    document: Document, touched: Sequence[Section], obstacle: str | None
) -> Iterator[Action]:
    ids, all_ids = prose(touched), prose(document.sections)
    if ids:
        where = "" if len(ids) == 1 else f" for {len(ids)} sections"
        yield Action("synthesize", f"Synthesize instructions{where}", ids, None, obstacle)
        for way, words in _WAYS:
            title = f"Synthesize instructions{where}: {words}"
            yield Action("synthesize", title, ids, way, obstacle)
    if len(all_ids) > len(ids):
        title = f"Synthesize instructions for the document ({_counted(len(all_ids), 'section')})"
        yield Action("synthesize", title, all_ids, None, obstacle)


def _of_synthesized(
    document: Document, here: Sequence[Synthesized], obstacle: str | None
) -> Iterator[Action]:
    ids = tuple(one.section.id for one in here)
    what = "this synthesized section" if len(ids) == 1 else f"{len(ids)} synthesized sections"
    yield Action("keep", f"Keep {what} as your own", ids)
    yield Action("remove", f"Remove {what}", ids)
    yield Action("regenerate", f"Regenerate {what}", ids, None, obstacle)
    if here[0].source_id in sources(document):
        yield Action("source", "Go to its source section", ids[:1])


def _revert(found: Sequence[Synthesized], here: Sequence[Synthesized]) -> Iterator[Action]:
    if not found:
        return
    every = tuple(one.section.id for one in found)
    yield Action("revert", f"Revert all synthesized instructions ({len(every)})", every)
    if not here:
        return
    marker = here[0].marker
    teacher = tuple(
        one.section.id for one in found if one.marker.synth_teacher == marker.synth_teacher
    )
    run = tuple(
        one.section.id
        for one in found
        if (one.marker.synth_teacher, one.marker.synth_at)
        == (marker.synth_teacher, marker.synth_at)
    )
    if run:
        yield Action("revert", f"Revert this run ({len(run)})", run)
    if teacher:
        title = f"Revert what {marker.synth_teacher} wrote ({len(teacher)})"
        yield Action("revert", title, teacher)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
