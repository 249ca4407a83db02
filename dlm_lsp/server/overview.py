"""Overview: everything synthesized, staged and running, for an editor to list beside the text."""

from dataclasses import asdict
from typing import Any

from dlm_lsp.document import Document
from dlm_lsp.errors import TeacherError
from dlm_lsp.ide.overview import OverviewPair, OverviewSource, first_question, overview
from dlm_lsp.server.availability import document_availability
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.positions import PositionMap
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.settings import Settings
from dlm_lsp.server.store_cache import ledger_entries_of, staged_sections_of
from dlm_lsp.store.plan import StagedSection
from dlm_lsp.synth.choose_verifier import verifier_selector


def overview_answer(server: DlmServer, text_document: LiveDocument) -> dict[str, Any]:
    """Return what there is to list of an open document, as the answer to a command."""
    document, positions = text_document.incremental.document, text_document.positions
    settings = server.open_document(text_document.uri).settings
    margins = {
        entry.section_id: entry.margin for entry in ledger_entries_of(server, document) or ()
    }
    sources = list(overview(document, _waiting(server, document)))
    unavailable = document_availability(server, document, settings)
    states = [entry.state for source in sources for entry in source.entries]
    return {
        "uri": text_document.uri,
        "version": text_document.version,
        "teacher": settings.teacher,
        "verifier": _named_verifier(settings),
        "availability": asdict(unavailable) if unavailable else None,
        "running": len(server.jobs.on(server.store(document))),
        "counts": {state: states.count(state) for state in ("inserted", "stale", "staged")},
        "sources": [_source(server, source, positions, margins) for source in sources],
    }


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
    return OverviewPair(
        id=section.id,
        question=first_question(section.content),
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
    margins: dict[str, float | None],
) -> dict[str, Any]:
    def range_(span: Any) -> Any:
        return server.protocol.as_sent(positions.range(span)) if span else None

    return {
        "id": source.id,
        "title": source.title,
        "range": range_(source.span),
        "sections": [
            {
                "id": entry.id,
                "question": entry.question,
                "state": entry.state,
                "range": range_(entry.span),
                "teacher": entry.teacher,
                "strategy": entry.strategy,
                "at": entry.at,
                "margin": margins.get(entry.id),
            }
            for entry in source.entries
        ],
    }
