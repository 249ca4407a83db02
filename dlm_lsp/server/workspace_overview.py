"""Workspace overview: how much is synthesized, staged and reviewed in each document on disk.

It is about the files as they were saved last; of an open document `overview` tells more.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.errors import StoreError
from dlm_lsp.ide.overview import PairState
from dlm_lsp.ide.standing_sources import StandingSources
from dlm_lsp.server.cooperative import collect_in_slices
from dlm_lsp.server.file_cache import FileCache
from dlm_lsp.server.overview import overview_sources
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.store_cache import decisions_about, evidence_in_store
from dlm_lsp.server.workspace_files import documents_below
from dlm_lsp.store.document_ids import read_document_id
from dlm_lsp.store.documents import read_document
from dlm_lsp.store.home import store_folder
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.plan import plan_path
from dlm_lsp.store.store_database import store_database

_log = logging.getLogger(__name__)

MAX_DOCUMENTS = 500
"""How many documents of a workspace are read."""

_DOCUMENT_IDS = FileCache(lambda path: (path,), read_document_id)


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many pairs of a document there are by their states, and how many are reviewed."""

    by_state: Mapping[PairState, int]
    reviewed: int


class WorkspaceOverview:
    """The counts of the documents of a workspace, each read again once it or its store changes."""

    def __init__(self, server: DlmServer) -> None:
        self._server = server
        self._counts = FileCache(_files, self._count)

    async def answer(self) -> dict[str, Any]:
        """Return what there is to list, as the answer to a command.

        The documents are read beside the event loop; those without pairs are left out.
        """
        folders = [self._server.path(uri) for uri in self._server.workspace.folders]
        paths, is_complete = await asyncio.to_thread(
            documents_below, [folder for folder in folders if folder]
        )
        looked_at = paths[:MAX_DOCUMENTS]
        listed = await collect_in_slices(map(self._listed, looked_at))
        return {
            "documents": [document for document in listed if document],
            "lookedAt": len(looked_at),
            "complete": is_complete and len(looked_at) == len(paths),
        }

    def _listed(self, path: Path) -> dict[str, Any] | None:
        try:
            counts = self._counts.of(path)
        except (StoreError, ValueError) as error:
            # Whoever opens it is told what is wrong with it.
            _log.debug("%s", error)
            return None
        if not any(counts.by_state.values()):
            return None
        return {
            "uri": path.as_uri(),
            "counts": dict(counts.by_state),
            "reviewed": counts.reviewed,
        }

    def _count(self, path: Path) -> FileCounts:
        incremental = IncrementalDocument.of(read_document(path))
        document = incremental.document
        store = self._server.store(document)
        backed = _backed(incremental, store)
        sources = overview_sources(self._server, document, backed)
        decisions = decisions_about(self._server, document)
        pairs = [pair for source in sources for pair in source.entries]
        states = Counter(pair.state for pair in pairs)
        return FileCounts(
            {state: states[state] for state in get_args(PairState)},
            sum(pair.id in decisions for pair in pairs),
        )


def _backed(incremental: IncrementalDocument, store: Path | None) -> frozenset[tuple[str, str]]:
    """Return the sections whose evidence stands elsewhere than in the sources that they name."""
    standing = StandingSources()
    for _ in standing.steps(incremental, incremental.parts, lambda: evidence_in_store(store)):
        pass
    return frozenset(key for key, target in standing.found.items() if target)


def _files(path: Path) -> tuple[Path, ...]:
    """Return the files that the counts of a document are made from."""
    document_id = _DOCUMENT_IDS.of(path)
    if document_id is None:
        return (path,)
    store = store_folder(document_id)
    return (path, plan_path(store), store_database(store), *Ledger(store).files)
