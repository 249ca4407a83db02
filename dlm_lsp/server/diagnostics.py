"""When the client is told what is marked: pulled where it can, else pushed, never both."""

import asyncio
import logging
import time
from collections.abc import Sequence
from importlib import import_module

from lsprotocol import types

from dlm_lsp.document import Span
from dlm_lsp.ide.diagnostic import Diagnostic
from dlm_lsp.ide.diagnostics import diagnostics
from dlm_lsp.server.pygls_patches import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.to_lsp import encode_diagnostic

_log = logging.getLogger(__name__)

DEBOUNCE_SECONDS = 0.15
"""Seconds after the last keystroke until what is marked is pushed."""

_NEEDED_SOON = (
    "dlm_lsp.ide.pair_checks",
    "dlm_lsp.server.language_features",
    "dlm_lsp.server.code_actions",
)
_SLICE = 0.005
_REST = 0.02


def document_diagnostics(
    server: DlmServer, live: LiveDocument, within: Span | None = None
) -> list[Diagnostic]:
    """Return what is marked in an open document, or in a part of it."""
    watched = server.open_document(live.uri)
    path = server.path(live.uri)

    def exists(media: str) -> bool:
        try:
            return path is None or (path.parent / media).is_file()
        except (OSError, ValueError):
            return False

    return diagnostics(
        live.incremental,
        provenance_level=watched.settings.diagnostics.origins,
        check_results=watched.pair_check_results,
        media_exists=exists,
        within=within,
    )


def encode_diagnostics(
    server: DlmServer, live: LiveDocument, found: Sequence[Diagnostic]
) -> list[types.Diagnostic]:
    """Return findings as the client takes them."""
    places = live.positions
    related = server.client.related_information
    return [encode_diagnostic(one, places, live.uri, with_related=related) for one in found]


def publish_diagnostics(server: DlmServer, uri: str) -> None:
    """Push what is marked; of a document that is closed, that is nothing."""
    live = server.live(uri)
    marked = encode_diagnostics(server, live, document_diagnostics(server, live)) if live else []
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(uri, marked, live.version if live else None)
    )


def on_opened(server: DlmServer, uri: str) -> None:
    """Show at once what is marked in a document, and look a second time."""
    if not server.client.pulls_diagnostics:
        publish_diagnostics(server, uri)
    rerun_pair_checks(server, uri)


def on_changed(server: DlmServer, uri: str) -> None:
    """Show what is marked once nobody types."""
    watched = server.open_document(uri)
    if not server.client.pulls_diagnostics:
        if watched.checking:
            watched.checking.cancel()
        watched.checking = asyncio.create_task(_later(server, uri))
    rerun_pair_checks(server, uri)


def on_closed(server: DlmServer, uri: str) -> None:
    """Take away every mark of a document."""
    watched = server.forget(uri)
    for task in (watched.checking, watched.pair_check_task, watched.asked) if watched else ():
        if task:
            task.cancel()
    if not server.client.pulls_diagnostics:
        publish_diagnostics(server, uri)


def refresh_diagnostics(server: DlmServer, uri: str) -> None:
    """Show anew what is marked, after something else than the text has changed."""
    if server.live(uri) is None:
        return
    if not server.client.pulls_diagnostics:
        publish_diagnostics(server, uri)
    elif server.client.refreshes_diagnostics:
        server.workspace_diagnostic_refresh(None)


def rerun_pair_checks(server: DlmServer, uri: str) -> None:
    """Look in the background for what takes longer to find."""
    watched = server.open_document(uri)
    if watched.pair_check_task:
        watched.pair_check_task.cancel()
    watched.pair_check_task = asyncio.create_task(_look(server, uri))


async def _later(server: DlmServer, uri: str) -> None:
    await asyncio.sleep(DEBOUNCE_SECONDS)
    publish_diagnostics(server, uri)


async def _look(server: DlmServer, uri: str) -> None:
    await asyncio.sleep(2 * DEBOUNCE_SECONDS)
    live = server.live(uri)
    if live is None:
        return
    # To import these takes as long as hundreds of keystrokes, and somebody may be typing.
    for module in _NEEDED_SOON:
        await asyncio.to_thread(import_module, module)
    from dlm_lsp.ide.pair_checks import PairChecks

    watched = server.open_document(uri)
    look = watched.pair_checks = watched.pair_checks or PairChecks()
    began = time.perf_counter()
    for _ in look.steps(live.incremental):
        if time.perf_counter() - began > _SLICE:
            await asyncio.sleep(_REST)
            began = time.perf_counter()
    if look.results != watched.pair_check_results:
        watched.pair_check_results = look.results
        refresh_diagnostics(server, uri)
