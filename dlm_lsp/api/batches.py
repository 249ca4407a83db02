"""Document batches: one document's requests into batches, and their replies into its store."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio

from dlm_lsp.api.documents import load_document
from dlm_lsp.api.synthesis import load_for_synthesis, run_on_document
from dlm_lsp.store.batches import BatchRecords
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.batch_collection import BatchProgress, check_batches
from dlm_lsp.synth.batch_submission import LearnedShapes, Submission, submit_requests
from dlm_lsp.synth.events import OnEvent
from dlm_lsp.synth.pipeline import SynthSession
from dlm_lsp.synth.synth_request import SynthRequest


def submit_document(
    path: Path,
    request: SynthRequest,
    shapes: LearnedShapes,
    *,
    on_ready: Callable[[SynthSession], None],
    on_event: OnEvent,
    on_wait: Callable[[str], None],
) -> Submission:
    """Put the requests of a run whose replies are not there into batches.

    `on_ready` hears what is going to be asked before anything is; `shapes` goes on from document
    to document.

    Raises:
        TeacherError, JudgeError, StoreError: with the remedy.
    """
    folder = load_for_synthesis(path, "nowhere", force=False).folder

    async def submit(ready: SynthSession) -> Submission:
        on_ready(ready)
        return await submit_requests(ready, BatchRecords(folder), shapes, on_event)

    with document_lock(folder, "dlm synth batch submit", on_wait, path):
        # Loaded again, for who held the lock may have changed it.
        loaded = load_for_synthesis(path, "nowhere", force=False)
        return anyio.run(run_on_document, loaded, request, submit)


def batch_progress(path: Path, on_wait: Callable[[str], None]) -> tuple[BatchProgress, ...]:
    """Return how far the batches of a document are.

    Raises:
        StoreError: the document or its store cannot be read.
    """
    return _with_records(path, on_wait, "status", lambda records: check_batches(records, None))


def collect_batches(path: Path, on_wait: Callable[[str], None]) -> tuple[BatchProgress, ...]:
    """Put the replies of a document's batches that have ended into its store.

    Raises:
        StoreError: the document or its store cannot be read or written.
    """

    async def collect(records: BatchRecords) -> tuple[BatchProgress, ...]:
        with ReplyCache(records.folder) as cache:
            return await check_batches(records, cache)

    return _with_records(path, on_wait, "collect", collect)


def _with_records(
    path: Path,
    on_wait: Callable[[str], None],
    command: str,
    work: Callable[[BatchRecords], Awaitable[tuple[BatchProgress, ...]]],
) -> tuple[BatchProgress, ...]:
    records = BatchRecords(load_document(path).folder)
    if not records.all():
        return ()
    with document_lock(records.folder, f"dlm synth batch {command}", on_wait, path):
        return anyio.run(work, records)
