"""Store cache: what is staged for a document and what its ledger holds, read again once it changes.

An editor asks for both at every move of the cursor.
"""

import logging
from collections.abc import Mapping
from pathlib import Path

from dlm_lsp.document import Document
from dlm_lsp.errors import StoreError
from dlm_lsp.server.file_cache import FileCache
from dlm_lsp.server.server import DlmServer
from dlm_lsp.store.decisions import Decision, decisions_of
from dlm_lsp.store.discarded import load_discarded
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.plan import StagedSection, discarded_path, load_plan, plan_path
from dlm_lsp.store.store_database import store_database
from dlm_lsp.synth.saved_report import SavedReport, saved_reports

_log = logging.getLogger(__name__)
_PLANS = FileCache(lambda store: (plan_path(store),), load_plan)
_DISCARDED = FileCache(lambda store: (discarded_path(store), plan_path(store)), load_discarded)
_DECISIONS = FileCache(lambda store: (store_database(store),), decisions_of)
_REPORTS = FileCache(lambda store: (store_database(store),), saved_reports)
_LEDGERS = FileCache(lambda store: Ledger(store).files, lambda store: Ledger(store).all())


def staged_sections_of(server: DlmServer, document: Document) -> tuple[StagedSection, ...] | None:
    """Return what is staged for a document; None where that cannot be read."""
    store = server.store(document)
    try:
        plan = _PLANS.of(store) if store else None
    except StoreError as error:
        _log.warning("%s", error)
        return None
    return plan.sections if plan else ()


def discarded_count_of(server: DlmServer, document: Document) -> int:
    """Return how many sections an undo of the last discard would put back, 0 where none can be."""
    store = server.store(document)
    try:
        return len(_DISCARDED.of(store)) if store else 0
    except StoreError as error:
        _log.warning("%s", error)
        return 0


def ledger_entries_of(server: DlmServer, document: Document) -> tuple[LedgerEntry, ...] | None:
    """Return what the runs on a document wrote; None where that cannot be read."""
    return ledger_of_store(server.store(document))


def ledger_of_store(store: Path | None) -> tuple[LedgerEntry, ...] | None:
    """Return what the runs on the document of a store folder wrote, or None: unreadable."""
    try:
        return _LEDGERS.of(store) if store else ()
    except StoreError as error:
        _log.warning("%s", error)
        return None


def evidence_in_store(store: Path | None) -> dict[str, str]:
    """Return the passages that sections rest on, by their ids, as the newest run told them."""
    entries = ledger_of_store(store) or ()
    return {entry.section_id: entry.evidence for entry in entries if entry.evidence}


def decisions_about(server: DlmServer, document: Document) -> Mapping[str, Decision]:
    """Return what was decided about the pairs of a document; nothing where that is lost."""
    store = server.store(document)
    try:
        return _DECISIONS.of(store) if store else {}
    except StoreError as error:
        _log.warning("%s", error)
        return {}


def saved_reports_of(server: DlmServer, document: Document) -> tuple[SavedReport, ...]:
    """Return the reports of the runs on a document, the newest first; none where they are lost."""
    store = server.store(document)
    try:
        return _REPORTS.of(store) if store else ()
    except StoreError as error:
        _log.warning("%s", error)
        return ()
