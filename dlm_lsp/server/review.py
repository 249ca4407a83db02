"""Review: the pairs of an open document that can be decided on, and the decisions of its editor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from dlm_lsp.api.reviewing import edited_pair, now
from dlm_lsp.document import Document, Edit, Pair
from dlm_lsp.errors import DlmError
from dlm_lsp.ide.teacher_name import short_teacher_name
from dlm_lsp.server.changes import ChangeOutcome, send_change
from dlm_lsp.server.command_args import section_ids
from dlm_lsp.server.command_error import CommandError
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.store_cache import (
    decisions_about,
    ledger_entries_of,
    saved_reports_of,
    staged_sections_of,
)
from dlm_lsp.store.decisions import (
    Decision,
    DecisionKind,
    decisions_of,
    record_decisions,
    restore_decisions,
)
from dlm_lsp.store.lock import shared_document_lock
from dlm_lsp.store.plan import take_from_plan
from dlm_lsp.synth.refusal_words import reason_in_words
from dlm_lsp.synth.review_change import ReviewChange, decide_on
from dlm_lsp.synth.review_filter import EXPECTED, PAIR_STATES, ReviewFilter
from dlm_lsp.synth.review_items import ReviewItem, review_counts, review_items

_KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)


def items_in_editor(server: DlmServer, document: Document) -> tuple[ReviewItem, ...]:
    """Return every pair of an open document that can be decided on."""
    return review_items(
        document,
        staged_sections_of(server, document) or (),
        ledger_entries_of(server, document) or (),
        saved_reports_of(server, document),
        decisions_about(server, document),
    )


def review_answer(
    server: DlmServer, text_document: LiveDocument, argument: Mapping[str, Any]
) -> dict[str, Any]:
    """Return every pair that can be decided on, as the answer to a command.

    `chosen` are the ids of those that its `filter` lets through, in the order to go through them.

    Raises:
        CommandError: the filter is none.
    """
    chosen = _read_filter(argument.get("filter") or {})
    items = items_in_editor(server, text_document.incremental.document)
    counts = review_counts(items)
    deciding = server.open_document(text_document.uri).deciding
    return {
        "uri": text_document.uri,
        "version": text_document.version,
        "counts": {"reviewed": counts.reviewed, "total": counts.total},
        "deciding": sorted({id_ for ids in deciding for id_ in ids}),
        "chosen": [item.id for item in chosen.of(items)],
        "items": [_item(server, text_document, item) for item in items],
    }


def _read_filter(value: Any) -> ReviewFilter:
    """Return the filter that an editor means: as the flags of the shell's review are called."""
    if not isinstance(value, Mapping):
        raise CommandError("bad-argument", "`filter` takes an object such as {'lowFirst': true}")
    states = value.get("state") or EXPECTED
    if not (isinstance(states, Sequence) and all(state in PAIR_STATES for state in states)):
        words = ", ".join(PAIR_STATES)
        raise CommandError("bad-argument", f"state is {states!r}; it takes a list of {words}")
    teacher, below = value.get("teacher"), value.get("below")
    if not isinstance(teacher, str | None):
        raise CommandError("bad-argument", f"teacher is {teacher!r}; it takes a name")
    if isinstance(below, bool) or not isinstance(below, int | float | None):
        raise CommandError("bad-argument", f"below is {below!r}; it takes a margin such as 0.2")
    return ReviewFilter(
        tuple(state for state in PAIR_STATES if state in states),
        teacher,
        below,
        low_first=value.get("lowFirst") is True,
        decided=value.get("all") is True,
    )


def _item(server: DlmServer, text_document: LiveDocument, item: ReviewItem) -> dict[str, Any]:
    def range_(span: Any) -> Any:
        return server.protocol.as_sent(text_document.positions.range(span)) if span else None

    return {
        "id": item.id,
        "state": item.state,
        "decision": item.decision,
        "question": item.pair.question,
        "answer": item.pair.answer,
        "evidence": item.evidence,
        "evidenceRange": range_(item.evidence_span),
        "sourceId": item.source_id,
        "heading": item.heading,
        "range": range_(item.span),
        "teacher": item.teacher,
        "teacherName": short_teacher_name(item.teacher),
        "strategy": item.strategy,
        "at": item.at,
        "margin": item.margin,
        "judge": item.judge,
        "reason": item.reason,
        "reasonInWords": reason_in_words(item.reason) if item.reason else "",
        "detail": item.detail,
        "editable": item.is_editable,
    }


@dataclass(slots=True)
class ReviewDecision:
    """A decision of the user about pairs of a document, on its way into that."""

    server: DlmServer
    uri: str
    store: Path
    ids: tuple[str, ...]
    decision: DecisionKind
    edited: Pair | None = None
    _change: ReviewChange = field(default_factory=ReviewChange)
    _before: Mapping[str, Decision] = field(default_factory=dict)

    async def run(self) -> None:
        """Keep the decision and let the client change the text; tell the user what failed.

        What is kept is the database's affair; only the plan waits for who holds the document.
        """
        try:
            outcome = await send_change(self.server, self.uri, self._edits, "Review")
        except DlmError:
            self._take_back()
            raise
        change = self._change
        if outcome not in (ChangeOutcome.YES, ChangeOutcome.NOTHING):
            self._take_back()
            self.server.tell_error(f"nothing was decided: {outcome.value}")
            return
        if change.unplaced:
            self.server.tell_error(f"it could not be put in: {change.unplaced[0].reason}")
        if change.unstaged:
            async with shared_document_lock(self.store, "dlm-lsp", self.server.tell):
                take_from_plan(self.store, change.unstaged)

    def _take_back(self) -> None:
        """Make the decisions what they were before this one was kept."""
        ids = [decision.section_id for decision in self._change.decisions]
        self._change = ReviewChange()
        if ids:
            restore_decisions(self.store, ids, self._before)

    def _edits(self, document: Document) -> Sequence[Edit]:
        # The document may have moved on since this was decided about it.
        self._take_back()
        items = [item for item in items_in_editor(self.server, document) if item.id in self.ids]
        placement = self.server.open_document(self.uri).settings.placement
        self._change = decide_on(
            document, items, self.decision, now(), placement, edited=self.edited
        )
        self._before = decisions_of(self.store)
        # Before the text: what is lost between the two stands in one of them still.
        record_decisions(self.store, self._change.decisions, self._change.entries)
        return self._change.edits


def read_decision(
    server: DlmServer, text_document: LiveDocument, store: Path, argument: Mapping[str, Any]
) -> ReviewDecision:
    """Return the decision that the argument of a command is.

    Raises:
        CommandError: it is none, or about pairs that are not there.
        UsageError: the edited pair cannot stand in a document.
    """
    named = argument.get("decision")
    decision = next((kind for kind in _KINDS if kind == named), None)
    if decision is None:
        raise CommandError("bad-argument", f"decision is {named!r}; it takes accepted or rejected")
    wanted = section_ids(argument)
    known = {item.id for item in items_in_editor(server, text_document.incremental.document)}
    if not wanted or not wanted <= known:
        raise CommandError("no-such-pair", "a pair is not there any more; list the pairs again")
    question, answer = argument.get("question"), argument.get("answer")
    edited = None
    if isinstance(question, str) and isinstance(answer, str):
        edited = edited_pair(question, answer)
    return ReviewDecision(server, text_document.uri, store, tuple(sorted(wanted)), decision, edited)
