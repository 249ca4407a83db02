"""Overview: everything synthesized, staged and running, for an editor to list beside the text."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from dlm_lsp.document import Document
from dlm_lsp.errors import TeacherError
from dlm_lsp.ide.overview import OverviewPair, OverviewSource, first_pair, overview
from dlm_lsp.ide.teacher_name import short_teacher_name
from dlm_lsp.server.availability import document_availability
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.review import items_in_editor
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.settings import Settings
from dlm_lsp.server.store_cache import (
    decisions_about,
    ledger_entries_of,
    staged_sections_of,
)
from dlm_lsp.store.decisions import Decision
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.store.plan import StagedSection
from dlm_lsp.synth.choose_verifier import verifier_selector
from dlm_lsp.synth.review_items import review_counts


def overview_answer(server: DlmServer, text_document: LiveDocument) -> dict[str, Any]:
    """Return what there is to list of an open document, as the answer to a command."""
    document, positions = text_document.incremental.document, text_document.positions
    state = server.open_document(text_document.uri)
    settings = state.settings
    entries = {entry.section_id: entry for entry in ledger_entries_of(server, document) or ()}
    decisions = decisions_about(server, document)
    backed = state.pair_check_results.backed
    sources = overview_sources(server, document, backed)
    unavailable = document_availability(server, document, settings, state.profile_error)
    pairs = [pair for source in sources for pair in source.entries]
    states = [pair.state for pair in pairs]
    review = review_counts(items_in_editor(server, document))
    return {
        "uri": text_document.uri,
        "version": text_document.version,
        "teacher": settings.teacher,
        "verifier": _named_verifier(settings),
        "availability": asdict(unavailable) if unavailable else None,
        "running": len(server.jobs.on(server.store(document))),
        "counts": {state: states.count(state) for state in ("inserted", "stale", "staged")},
        "review": {"reviewed": review.reviewed, "total": review.total},
        "sources": [_source(server, source, positions, entries, decisions) for source in sources],
    }


def overview_sources(
    server: DlmServer, document: Document, backed: Collection[tuple[str, str]]
) -> list[OverviewSource]:
    """Return what is written and staged about each section of a document.

    `backed` are sections that are not stale, though they have lost their sources.
    """
    return list(overview(document, _waiting(server, document), backed))


def _named_verifier(settings: Settings) -> str | None:
    """Return who is asked for verdicts beside the teacher, as a selector; None where nobody is."""
    try:
        return verifier_selector(settings.verify) if settings.filter == "sway" else None
    except TeacherError:  # Whoever starts a run is told.
        return None


def _waiting(server: DlmServer, document: Document) -> list[OverviewPair]:
    return [
        _staged(section)
        for section in staged_sections_of(server, document) or ()
        if section.auto_synth
    ]


def _staged(section: StagedSection) -> OverviewPair:
    question, answer = first_pair(section.content)
    return OverviewPair(
        id=section.id,
        question=question,
        answer=answer,
        state="staged",
        span=None,
        teacher=section.synth_teacher or "",
        strategy=section.synth_strategy or "",
        at=section.synth_at or "",
        source_id=section.source_section_id or "",
    )


def _source(
    server: DlmServer,
    source: OverviewSource,
    positions: PositionMap,
    entries: Mapping[str, LedgerEntry],
    decisions: Mapping[str, Decision],
) -> dict[str, Any]:
    def range_(span: Any) -> Any:
        return server.protocol.as_sent(positions.range(span)) if span else None

    def pair_(pair: OverviewPair) -> dict[str, Any]:
        entry, decision = entries.get(pair.id), decisions.get(pair.id)
        return {
            "id": pair.id,
            "question": pair.question,
            "answer": pair.answer,
            "evidence": entry.evidence if entry else None,
            "state": pair.state,
            "range": range_(pair.span),
            "teacher": pair.teacher,
            "teacherName": short_teacher_name(pair.teacher),
            "strategy": pair.strategy,
            "at": pair.at,
            "margin": entry.margin if entry else None,
            "decision": decision.decision if decision else None,
        }

    return {
        "id": source.id,
        "title": source.title,
        "range": range_(source.span),
        "extent": range_(source.extent),
        "sections": [pair_(pair) for pair in source.entries],
    }
