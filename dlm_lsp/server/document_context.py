"""What is known beside the text: the ledger, what is staged, the address of a line, the time."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dlm_lsp.document import Document
from dlm_lsp.errors import StoreError
from dlm_lsp.ide.provenance import RecordedProvenance
from dlm_lsp.server.file_cache import FileCache
from dlm_lsp.server.pygls_patches import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.store.ledger import Ledger, LedgerEntry
from dlm_lsp.store.plan import StagedSection, load_plan, plan_path

_log = logging.getLogger(__name__)
_PLANS = FileCache(plan_path, load_plan)
_LEDGERS = FileCache(lambda store: Ledger(store).path, lambda store: Ledger(store).all())


@dataclass(frozen=True, slots=True)
class HoverContext:
    """What `dlm_lsp.ide.hover` asks for."""

    provenance: Callable[[str], RecordedProvenance | None]
    link: Callable[[int], str | None]
    now: datetime


def hover_context(server: DlmServer, live: LiveDocument) -> HoverContext:
    """Return what is known of an open document; the ledger is read when it is asked for."""
    store = server.store(live.incremental.document)

    def provenance(section_id: str) -> RecordedProvenance | None:
        try:
            entry = Ledger(store).of(section_id) if store else None
        except StoreError as error:
            _log.warning("%s", error)
            return None
        return RecordedProvenance(entry.evidence, entry.margin, entry.judge) if entry else None

    def link(offset: int) -> str:
        return f"{live.uri}#L{live.positions.position(offset).line + 1}"

    return HoverContext(provenance, link, datetime.now().astimezone())


def staged_sections_of(server: DlmServer, document: Document) -> tuple[StagedSection, ...] | None:
    """Return what is staged for a document; None where that cannot be read."""
    store = server.store(document)
    try:
        plan = _PLANS.of(store) if store else None
    except StoreError as error:
        _log.warning("%s", error)
        return None
    return plan.sections if plan else ()


def ledger_entries_of(server: DlmServer, document: Document) -> tuple[LedgerEntry, ...] | None:
    """Return what the runs on a document wrote; None where that cannot be read."""
    store = server.store(document)
    try:
        return _LEDGERS.of(store) if store else ()
    except StoreError as error:
        _log.warning("%s", error)
        return None
