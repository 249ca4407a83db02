"""Hover context: the ledger, the address of a line and the time, which the text does not say."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dlm_lsp.errors import StoreError
from dlm_lsp.ide.provenance import RecordedProvenance
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.store.ledger import Ledger

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HoverContext:
    """What `dlm_lsp.ide.hover` asks for."""

    provenance: Callable[[str], RecordedProvenance | None]
    link: Callable[[int], str | None]
    now: datetime


def hover_context(server: DlmServer, text_document: LiveDocument) -> HoverContext:
    """Return what is known of an open document; the ledger is read when it is asked for."""
    store = server.store(text_document.incremental.document)

    def provenance(section_id: str) -> RecordedProvenance | None:
        try:
            entry = Ledger(store).of(section_id) if store else None
        except StoreError as error:
            _log.warning("%s", error)
            return None
        return RecordedProvenance(entry.evidence, entry.margin, entry.judge) if entry else None

    def link(offset: int) -> str:
        return f"{text_document.uri}#L{text_document.positions.position(offset).line + 1}"

    return HoverContext(provenance, link, datetime.now().astimezone())
