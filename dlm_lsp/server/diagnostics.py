"""When the client is told what is marked: pulled where it can, else pushed, never both."""

import asyncio
import logging
import time
from collections.abc import Sequence
from importlib import import_module

from lsprotocol import types

from dlm_lsp.document import Span
from dlm_lsp.ide.diagnostics import findings
from dlm_lsp.ide.findings import Finding
from dlm_lsp.server.encode import diagnostic
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.workarounds import LiveDocument

_log = logging.getLogger(__name__)

DEBOUNCE = 0.15
"""Seconds after the last keystroke until what is marked is pushed."""

_NEEDED_SOON = ("dlm_lsp.ide.second_look", "dlm_lsp.server.answers", "dlm_lsp.server.actions")
_SLICE = 0.005
_REST = 0.02


def found_in(server: DlmServer, live: LiveDocument, within: Span | None = None) -> list[Finding]:
    """Return what is marked in an open document, or in a part of it."""
    watched = server.watch(live.uri)
    path = server.path(live.uri)

    def exists(media: str) -> bool:
        try:
            return path is None or (path.parent / media).is_file()
        except (OSError, ValueError):
            return False

    return findings(
        live.pieces,
        origins=watched.settings.diagnostics.origins,
        doubts=watched.doubts,
        media_exists=exists,
        within=within,
    )


def encoded(
    server: DlmServer, live: LiveDocument, found: Sequence[Finding]
) -> list[types.Diagnostic]:
    """Return findings as the client takes them."""
    places = live.places
    related = server.client.related_information
    return [diagnostic(one, places, live.uri, with_related=related) for one in found]


def publish(server: DlmServer, uri: str) -> None:
    """Push what is marked; of a document that is closed, that is nothing."""
    live = server.live(uri)
    marked = encoded(server, live, found_in(server, live)) if live else []
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(uri, marked, live.version if live else None)
    )


def opened(server: DlmServer, uri: str) -> None:
    """Show at once what is marked in a document, and look a second time."""
    if not server.client.pulls_diagnostics:
        publish(server, uri)
    look_again(server, uri)


def changed(server: DlmServer, uri: str) -> None:
    """Show what is marked once nobody types."""
    watched = server.watch(uri)
    if not server.client.pulls_diagnostics:
        if watched.checking:
            watched.checking.cancel()
        watched.checking = asyncio.create_task(_later(server, uri))
    look_again(server, uri)


def closed(server: DlmServer, uri: str) -> None:
    """Take away every mark of a document."""
    watched = server.forget(uri)
    for task in (watched.checking, watched.looking, watched.asked) if watched else ():
        if task:
            task.cancel()
    if not server.client.pulls_diagnostics:
        publish(server, uri)


def again(server: DlmServer, uri: str) -> None:
    """Show anew what is marked, after something else than the text has changed."""
    if server.live(uri) is None:
        return
    if not server.client.pulls_diagnostics:
        publish(server, uri)
    elif server.client.refreshes_diagnostics:
        server.workspace_diagnostic_refresh(None)


def look_again(server: DlmServer, uri: str) -> None:
    """Look in the background for what takes longer to find."""
    watched = server.watch(uri)
    if watched.looking:
        watched.looking.cancel()
    watched.looking = asyncio.create_task(_look(server, uri))


async def _later(server: DlmServer, uri: str) -> None:
    await asyncio.sleep(DEBOUNCE)
    publish(server, uri)


async def _look(server: DlmServer, uri: str) -> None:
    await asyncio.sleep(2 * DEBOUNCE)
    live = server.live(uri)
    if live is None:
        return
    # To import these takes as long as hundreds of keystrokes, and somebody may be typing.
    for module in _NEEDED_SOON:
        await asyncio.to_thread(import_module, module)
    from dlm_lsp.ide.second_look import SecondLook

    watched = server.watch(uri)
    look = watched.look = watched.look or SecondLook()
    began = time.perf_counter()
    for _ in look.steps(live.pieces):
        if time.perf_counter() - began > _SLICE:
            await asyncio.sleep(_REST)
            began = time.perf_counter()
    if look.doubts != watched.doubts:
        watched.doubts = look.doubts
        again(server, uri)
