"""Overview: what was synthesized in a document, by the section that it was written about."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from dlm_lsp.document import Document, Span
from dlm_lsp.document.qa_fields import QUESTION_AND_ANSWER, read_qa_fields
from dlm_lsp.ide.document_symbols import symbol_name
from dlm_lsp.ide.provenance import (
    SynthesizedSection,
    opening_span,
    source_sections,
    synthesized_sections,
)

PairState = Literal["inserted", "stale", "staged"]

_GONE = "Source changed or gone"


@dataclass(frozen=True, slots=True)
class OverviewPair:
    """One synthesized section; `span` is all of it, None where it is not in the document yet.

    It is stale where its source section has changed or is gone, and nothing else backs it.
    """

    id: str
    question: str
    answer: str
    state: PairState
    span: Span | None
    teacher: str
    strategy: str
    at: str
    source_id: str


@dataclass(frozen=True, slots=True)
class OverviewSource:
    """A section and what was written about it; `id` and the spans are None of what is not there.

    `span` is the line that it begins with, `extent` all of it.
    """

    id: str | None
    title: str
    span: Span | None
    extent: Span | None
    entries: tuple[OverviewPair, ...]


def overview(
    document: Document,
    staged: Iterable[OverviewPair],
    backed: Collection[tuple[str, str]] = (),
) -> Iterator[OverviewSource]:
    """Yield the sources in the order of the text, then what has none.

    `staged` is what waits in the plan; `backed` are sections that are not stale, though they have
    lost their sources (see `is_stale`).
    """
    sources = source_sections(document)
    by_source: dict[str | None, list[OverviewPair]] = {}
    for entry in (*map(_entry, synthesized_sections(document)), *staged):
        by_source.setdefault(entry.source_id if entry.source_id in sources else None, []).append(
            entry
        )
    for section in sources.values():
        if entries := by_source.get(section.id):
            yield OverviewSource(
                section.id,
                symbol_name(section),
                opening_span(section),
                section.span,
                tuple(entries),
            )
    if orphans := by_source.get(None):
        stale = (
            replace(pair, state="stale")
            if pair.state == "inserted" and (pair.id, pair.source_id) not in backed
            else pair
            for pair in orphans
        )
        yield OverviewSource(None, _GONE, None, None, tuple(stale))


def first_pair(content: str) -> tuple[str, str]:
    """Return the first question in the content of an instruction section, and its answer."""
    turns, _ = read_qa_fields(content, Span(0, len(content)), QUESTION_AND_ANSWER)
    return (" ".join(turns[0][0].text.split()), turns[0][1].text) if turns else ("", "")


def _entry(synthesized: SynthesizedSection) -> OverviewPair:
    marker = synthesized.marker
    question, answer = first_pair(synthesized.section.content)
    return OverviewPair(
        id=synthesized.section.id,
        question=question,
        answer=answer,
        state="inserted",
        span=synthesized.section.span,
        teacher=marker.synth_teacher,
        strategy=marker.synth_strategy,
        at=marker.synth_at,
        source_id=synthesized.source_id,
    )
