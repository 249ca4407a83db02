"""Run report: the report of the last run on an open document, as its user sees it."""

from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.ide.markdown import escape_markdown
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.settings import Settings, setting_name
from dlm_lsp.server.store_cache import decisions_about, saved_reports_of, staged_sections_of
from dlm_lsp.synth.report_outline import PairStates, report_outline
from dlm_lsp.synth.report_text import report_markdown


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A run that came to no report: why, and when it ended (ISO-8601, UTC)."""

    message: str
    at: str


def last_report_markdown(server: DlmServer, text_document: LiveDocument, store: Path) -> str | None:
    """Return the report of the last run on a document, by whoever ran it; None before the first.

    What this server ran is in memory, too: the store may not take it.
    """
    document = text_document.incremental.document
    runs = [server.reports.get(store), *saved_reports_of(server, document)[:1]]
    known = [run for run in runs if run]
    if not known:
        return None
    last = max(known, key=lambda run: run.at)
    if isinstance(last, FailedRun):
        return f"# Synthesis failed\n\n{escape_markdown(last.message)}\n"
    decisions = decisions_about(server, document).values()
    states = PairStates(
        {section.id for section in staged_sections_of(server, document) or ()},
        {decision.section_id for decision in decisions if decision.decision == "rejected"},
    )
    outline = report_outline(last, document, states, setting_of)
    return report_markdown(outline, text_document.uri)


def setting_of(option: str) -> str:
    """Return the setting of an option; empty where it is named with each command."""
    return setting_name(option) if option in Settings.model_fields else ""
