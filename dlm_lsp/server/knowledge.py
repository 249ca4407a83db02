"""What a hover may know beside the text: the ledger, the address of a line, the time."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dlm_lsp.ide.provenance import Provenance
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.workarounds import LiveDocument
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.ledger import Ledger

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What `dlm_lsp.ide.hover` asks for."""

    provenance: Callable[[str], Provenance | None]
    link: Callable[[int], str | None]
    now: datetime


def knowledge(server: DlmServer, live: LiveDocument) -> Knowledge:
    """Return what is known of an open document; the ledger is read when it is asked for."""
    store = server.store(live.pieces.document)

    def provenance(section_id: str) -> Provenance | None:
        try:
            entry = Ledger(store).of(section_id) if store else None
        except StoreError as error:
            _log.warning("%s", error)
            return None
        return Provenance(entry.evidence, entry.margin, entry.judge) if entry else None

    def link(offset: int) -> str:
        return f"{live.uri}#L{live.places.position(offset).line + 1}"

    return Knowledge(provenance, link, datetime.now().astimezone())
