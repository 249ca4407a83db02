"""What was synthesized in a document, by the section that it was written about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from dlm_lsp.document import Document, Span
from dlm_lsp.document.turns import QUESTION_AND_ANSWER, read_turns
from dlm_lsp.ide.origin import Synthesized, opening, sources, synthesized
from dlm_lsp.ide.symbols import named

State = Literal["inserted", "stale", "staged"]

_GONE = "Source changed or gone"


@dataclass(frozen=True, slots=True)
class Entry:
    """One synthesized section; `span` is all of it, None where it is not in the document yet.

    It is stale where its source section has changed or is gone.
    """

    id: str
    question: str
    state: State
    span: Span | None
    teacher: str
    strategy: str
    at: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Source:
    """A section and what was written about it; `id` and `span` are None of what is not there."""

    id: str | None
    title: str
    span: Span | None
    entries: tuple[Entry, ...]


def overview(document: Document, staged: Iterable[Entry]) -> Iterator[Source]:
    """Yield the sources in the order of the text, then what has none.

    `staged` is what waits in the plan.
    """
    known = sources(document)
    by_source: dict[str | None, list[Entry]] = {}
    for entry in (*map(_entry, synthesized(document)), *staged):
        by_source.setdefault(entry.source_id if entry.source_id in known else None, []).append(
            entry
        )
    for section in known.values():
        if entries := by_source.get(section.id):
            yield Source(section.id, named(section), opening(section), tuple(entries))
    if left := by_source.get(None):
        stale = (replace(e, state="stale") if e.state == "inserted" else e for e in left)
        yield Source(None, _GONE, None, tuple(stale))


def first_question(content: str) -> str:
    """Return what is asked first in the content of an instruction section."""
    turns, _ = read_turns(content, Span(0, len(content)), QUESTION_AND_ANSWER)
    return " ".join(turns[0][0].text.split()) if turns else ""


def _entry(one: Synthesized) -> Entry:
    marker = one.marker
    return Entry(
        id=one.section.id,
        question=first_question(one.section.content),
        state="inserted",
        span=one.section.span,
        teacher=marker.synth_teacher,
        strategy=marker.synth_strategy,
        at=marker.synth_at,
        source_id=one.source_id,
    )
