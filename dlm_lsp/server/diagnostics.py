"""Diagnostics: pulled where the client can when told to, else pushed once nobody types.

Never both: clients show what is pulled and what is pushed beside each other.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from lsprotocol import types

from dlm_lsp.document import Span
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel
from dlm_lsp.ide.diagnostics import diagnostics
from dlm_lsp.ide.pair_check_results import PairCheckResults
from dlm_lsp.local.model_paths import model_is_there
from dlm_lsp.server.diagnostics_encoder import DiagnosticsEncoder
from dlm_lsp.server.document_ids import duplicate_id_diagnostics, id_of, twin_of
from dlm_lsp.server.editor_messages import log_defect_of
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.pygls_patches import EncodedJson
from dlm_lsp.server.server import DiagnosticsReport, DlmServer, OpenDocument
from dlm_lsp.server.to_lsp import encode_diagnostic

if TYPE_CHECKING:
    from dlm_lsp.ide.pair_checks import PairChecks

_log = logging.getLogger(__name__)

DEBOUNCE_SECONDS = 0.15
"""Seconds after the last keystroke until what is marked is pushed."""

_IMPORTED_EARLY = (
    "dlm_lsp.ide.pair_checks",
    "dlm_lsp.server.language_features",
    "dlm_lsp.server.code_actions",
)
_SLICE = 0.005
_REST = 0.02


def document_diagnostics(
    server: DlmServer, text_document: LiveDocument, within: Span | None = None
) -> list[Diagnostic]:
    """Return what is marked in an open document, or in a part of it."""
    state = server.open_document(text_document.uri)
    return diagnostics(
        text_document.incremental,
        provenance_level=state.settings.diagnostics.origins,
        check_results=state.pair_check_results,
        media_exists=_media_exists(server, text_document),
        found_elsewhere=tuple(_found_elsewhere(server, text_document)),
        within=within,
    )


def encode_diagnostics(
    server: DlmServer, text_document: LiveDocument, found: Sequence[Diagnostic]
) -> list[types.Diagnostic]:
    """Return diagnostics as the client takes them."""
    positions = text_document.positions
    related = server.client.related_information
    return [
        encode_diagnostic(diagnostic, positions, text_document.uri, with_related=related)
        for diagnostic in found
    ]


def diagnostics_report(server: DlmServer, text_document: LiveDocument) -> DiagnosticsReport:
    """Return what is marked in an open document; it is the last report if that still holds."""
    state = server.open_document(text_document.uri)
    found = state.diagnostics.of(
        text_document.incremental,
        provenance_level=state.settings.diagnostics.origins,
        check_results=state.pair_check_results,
        media_exists=_media_exists(server, text_document),
        found_elsewhere=tuple(_found_elsewhere(server, text_document)),
    )
    encoder = state.diagnostics_encoder = state.diagnostics_encoder or DiagnosticsEncoder(
        text_document.uri,
        server.protocol.as_sent,
        with_related=server.client.related_information,
    )
    items = encoder.encode(found, text_document.positions)
    if items != state.report.items:
        state.report = DiagnosticsReport(uuid4().hex, items)
    return state.report


def on_pulled(server: DlmServer, params: types.DocumentDiagnosticParams) -> EncodedJson:
    """Return what is marked, or that it is what the client has already."""
    text_document = server.text_document(params.text_document.uri)
    if text_document is None:
        return EncodedJson('{"kind":"full","items":[]}')
    report = diagnostics_report(server, text_document)
    if params.previous_result_id == report.result_id:
        return EncodedJson(f'{{"kind":"unchanged","resultId":"{report.result_id}"}}')
    return EncodedJson(f'{{"kind":"full","resultId":"{report.result_id}","items":{report.items}}}')


def publish_diagnostics(server: DlmServer, uri: str) -> None:
    """Push what is marked; of a document that is closed, that is nothing."""
    text_document = server.text_document(uri)
    items = diagnostics_report(server, text_document).items if text_document else "[]"
    version = ""
    if text_document and text_document.version is not None:
        version = f',"version":{text_document.version}'
    server.publish_diagnostics(
        EncodedJson(f'{{"uri":{json.dumps(uri)}{version},"diagnostics":{items}}}')
    )


def on_opened(server: DlmServer, uri: str) -> None:
    """Show at once what is marked in a document, and look a second time."""
    if not server.client.pulls_diagnostics:
        publish_diagnostics(server, uri)
    refresh_twins(server)
    look_for_copies(server)
    rerun_pair_checks(server, uri)
    look_for_media(server, uri)


def look_for_media(server: DlmServer, uri: str) -> None:
    """Have the client watch for the media files that are missing beside a document."""
    if text_document := server.text_document(uri):
        exists = _media_exists(server, text_document)
        sections = text_document.incremental.document.sections
        media = [section.media.path for section in sections if section.media]
        server.watch_for(Path(path).name for path in media if path and not exists(path))


def on_changed(server: DlmServer, uri: str) -> None:
    """Show what is marked once nobody types."""
    state = server.open_document(uri)
    if not server.client.pulls_diagnostics:
        if state.publish_task:
            state.publish_task.cancel()
        state.publish_task = asyncio.create_task(_publish_later(server, uri))
        state.publish_task.add_done_callback(log_defect_of)
    text_document = server.text_document(uri)
    if text_document and id_of(text_document) != state.document_id:
        refresh_twins(server)
    rerun_pair_checks(server, uri)


def on_closed(server: DlmServer, uri: str) -> None:
    """Take away every mark of a document."""
    state = server.forget(uri)
    for task in (state.publish_task, state.pair_check_task, state.settings_task) if state else ():
        if task:
            task.cancel()
    if not server.client.pulls_diagnostics:
        publish_diagnostics(server, uri)
    refresh_twins(server)
    look_for_copies(server)


def refresh_diagnostics(server: DlmServer, uri: str) -> None:
    """Show anew what is marked, after something else than the text has changed."""
    if server.text_document(uri) is None:
        return
    if not server.client.pulls_diagnostics:
        publish_diagnostics(server, uri)
    else:
        server.workspace_diagnostic_refresh(None)


def rerun_pair_checks(server: DlmServer, uri: str) -> None:
    """Look in the background for what takes longer to find."""
    state = server.open_document(uri)
    if state.pair_check_task:
        state.pair_check_task.cancel()
    state.pair_check_task = asyncio.create_task(_run_pair_checks(server, uri))
    state.pair_check_task.add_done_callback(log_defect_of)


def _found_elsewhere(server: DlmServer, text_document: LiveDocument) -> Iterator[Diagnostic]:
    """Yield what is marked for the sake of other files than the media of a document."""
    yield from duplicate_id_diagnostics(server, text_document)
    head, path = text_document.incremental.head, server.path(text_document.uri)
    base_model = head.frontmatter.base_model if head.frontmatter else ""
    if path and not model_is_there(base_model, path.parent):
        from dlm_lsp.document.frontmatter import missing_base_model

        problem = missing_base_model(head.problems, base_model)
        if problem:
            yield Diagnostic(problem.code, DiagnosticLevel.WARNING, problem.span, problem.message)


def _media_exists(server: DlmServer, text_document: LiveDocument) -> Callable[[str], bool]:
    path = server.path(text_document.uri)

    def exists(media: str) -> bool:
        try:
            return path is None or (path.parent / media).is_file()
        except (OSError, ValueError):
            return False

    return exists


def refresh_twins(server: DlmServer) -> None:
    """Show anew what is marked in each document of whose id that has become true or untrue."""
    for text_document in list(server.live_documents()):
        state = server.open_document(text_document.uri)
        before, state.twin = state.twin, twin_of(server, text_document)
        state.document_id = id_of(text_document)
        if state.twin != before:
            refresh_diagnostics(server, text_document.uri)


def look_for_copies(server: DlmServer) -> None:
    """Look in the background for documents on disk that have the id of an open one."""
    if server.copies_task:
        server.copies_task.cancel()
    server.copies_task = asyncio.create_task(_look_for_copies(server))
    server.copies_task.add_done_callback(log_defect_of)


async def _look_for_copies(server: DlmServer) -> None:
    await asyncio.sleep(2 * DEBOUNCE_SECONDS)
    paths = [server.path(text_document.uri) for text_document in server.live_documents()]
    roots = [server.path(uri) for uri in server.workspace.folders]
    await server.document_ids.scan(
        [root for root in roots if root], list({path.parent for path in paths if path})
    )
    refresh_twins(server)


async def _publish_later(server: DlmServer, uri: str) -> None:
    await asyncio.sleep(DEBOUNCE_SECONDS)
    publish_diagnostics(server, uri)


async def _run_pair_checks(server: DlmServer, uri: str) -> None:
    await asyncio.sleep(2 * DEBOUNCE_SECONDS)
    text_document = server.text_document(uri)
    if text_document is None:
        return
    # To import these takes as long as hundreds of keystrokes, and somebody may be typing.
    for module in _IMPORTED_EARLY:
        await asyncio.to_thread(import_module, module)
    from dlm_lsp.ide.pair_checks import PairChecks

    state = server.open_document(uri)
    checks = state.pair_checks = state.pair_checks or PairChecks()
    store = server.store(text_document.incremental.head)
    steps = checks.steps(text_document.incremental, partial(_evidence, store))
    # A step may take longer than a slice: in a thread, what is typed is heard meanwhile.
    results = None
    while results is None:
        results = await _run_after_last_slice(state, partial(_run_slice, checks, steps))
        await asyncio.sleep(_REST)
    before = state.pair_check_results
    if results != before:
        state.pair_check_results = results
        refresh_diagnostics(server, uri)
    if results.backed != before.backed:
        server.refresh(uri)


def _evidence(store: Path | None) -> dict[str, str]:
    # Most documents have nothing stale, and need no ledger.
    from dlm_lsp.server.store_cache import evidence_in_store

    return evidence_in_store(store)


async def _run_after_last_slice(
    state: OpenDocument, run_slice: Callable[[], PairCheckResults | None]
) -> PairCheckResults | None:
    """Run a slice in a thread once no other of the document runs.

    A task that is cancelled leaves its slice behind, which goes on. The next task waits for that
    without a thread; and one that is cancelled as it waits never runs its own.
    """
    while state.pair_check_slice and not state.pair_check_slice.done():
        await asyncio.wait([state.pair_check_slice])
    state.pair_check_slice = asyncio.ensure_future(asyncio.to_thread(run_slice))
    running = state.pair_check_slice
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        running.add_done_callback(log_defect_of)
        raise


def _run_slice(checks: "PairChecks", steps: Iterator[None]) -> PairCheckResults | None:
    """Take steps for as long as a slice lasts; return what is found after the last, else None."""
    until = time.perf_counter() + _SLICE
    for _ in steps:
        if time.perf_counter() > until:
            return None
    return checks.results
