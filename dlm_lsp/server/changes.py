"""Workspace edits: made against the version that they were computed for, or not at all."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from dlm_lsp.document import Document, Edit, apply_edits
from dlm_lsp.server.cancellation import run_unless_stopped
from dlm_lsp.server.editor_messages import log_defect_of
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.server import DlmServer, OpenDocument, PendingEdit
from dlm_lsp.server.to_lsp import encode_text_edits

if TYPE_CHECKING:
    import anyio

_log = logging.getLogger(__name__)
_ATTEMPTS = 20
_QUIET_TIME = 0.3
"""Seconds without a keystroke; clients send what was typed within 150 ms.

Neovim does so where `debounce_text_changes` is 0; else it may send nothing while somebody types.
"""

_CHANGE_NOTIFIED = 1.0
"""Seconds within which a client notifies of the change that it has made."""

_ANSWER_TIMEOUT = 30.0
"""Seconds within which a client makes a change that it does not show first."""

_PREVIEWS = 2

Annotate = Callable[[Edit], types.ChangeAnnotation]
"""Says what a preview shows of an edit."""


class ChangeOutcome(Enum):
    """What became of a change."""

    YES = "applied"
    NOTHING = "nothing to change"
    REFUSED = "the editor did not apply the change"
    CLOSED = "the document is no longer open"
    STOPPED = "cancelled before the editor had answered"
    UNANSWERED = "the editor did not answer"
    BLOCKED = "the editor has not answered for an edit before; close the document and open it again"
    LONE_CR = (
        "the text has a lone carriage return, where editors count lines differently; "
        "the quick fix of `lone-cr` replaces it"
    )
    OUT_OF_STEP = "a change of the editor could not be read; close the document and open it again"


def refusal_of_edits(text_document: LiveDocument) -> ChangeOutcome | None:
    """Return why no edit of a document can be sent: it might land in the wrong place."""
    if text_document.out_of_step:
        return ChangeOutcome.OUT_OF_STEP
    return ChangeOutcome.LONE_CR if text_document.incremental.lone_crs else None


async def send_change(
    server: DlmServer,
    uri: str,
    compute: Callable[[Document], Sequence[Edit]],
    label: str,
    *,
    annotate: Annotate | None = None,
    stop: "anyio.Event | None" = None,
) -> ChangeOutcome:
    """Let the client make the edits that `compute` finds, as one step to undo.

    Where the document has moved on meanwhile, they are computed again for what it has become.
    With `annotate` the client shows them first, if it can, each with what that says of it.
    Changes of one document wait for each other: two that were computed for one text would both be
    made. `stop` ends the waiting, also that for the answer of a client, which may make the change
    still.
    """
    change = _change_in_turn(server, uri, compute, label, annotate=annotate)
    return await run_unless_stopped(stop, change) or ChangeOutcome.STOPPED


async def _change_in_turn(
    server: DlmServer,
    uri: str,
    compute: Callable[[Document], Sequence[Edit]],
    label: str,
    *,
    annotate: Annotate | None,
) -> ChangeOutcome:
    state = server.open_document(uri)
    if not await _acquire_lock(state):
        return ChangeOutcome.BLOCKED
    versioned = _is_versioned(server, server.text_document(uri))
    try:
        return await _change(server, uri, state, compute, label, annotate=annotate)
    finally:
        # Without versions, a client that wakes up would make both edits of one text.
        versioned = versioned and _is_versioned(server, server.text_document(uri))
        pending = state.pending_edit
        if pending and not pending.answer.done() and not versioned:
            pending.is_overdue = True
            pending.answer.add_done_callback(lambda _: state.change_lock.release())
        else:
            state.change_lock.release()


async def _acquire_lock(state: OpenDocument) -> bool:
    """Wait for the changes before; return whether none of them holds up the others for good."""
    acquiring = asyncio.ensure_future(state.change_lock.acquire())
    try:
        while not acquiring.done():
            await asyncio.wait([acquiring], timeout=_ANSWER_TIMEOUT)
            pending = state.pending_edit
            if pending and pending.is_overdue and not pending.answer.done():
                acquiring.cancel()
                return False
    except asyncio.CancelledError:
        if not acquiring.cancel():
            state.change_lock.release()
        raise
    return True


async def _change(
    server: DlmServer,
    uri: str,
    state: OpenDocument,
    compute: Callable[[Document], Sequence[Edit]],
    label: str,
    *,
    annotate: Annotate | None,
) -> ChangeOutcome:
    # A user who has refused a preview is not asked again and again.
    for _ in range(_PREVIEWS if annotate else _ATTEMPTS):
        text_document = server.text_document(uri)
        if text_document and not _is_versioned(server, text_document):
            await _until_quiet(server, uri)
            text_document = server.text_document(uri)
        if text_document is None:
            return ChangeOutcome.CLOSED
        if server.open_document(uri) is not state:
            # It was opened again, and its changes wait for each other anew.
            return await _change_in_turn(server, uri, compute, label, annotate=annotate)
        if refusal := refusal_of_edits(text_document):
            return refusal
        changes, document = text_document.changes, text_document.incremental.document
        edits = compute(document)
        if not edits:
            return ChangeOutcome.NOTHING
        edit = workspace_edit(server, text_document, edits, annotate)
        try:
            async with asyncio.timeout(None if annotate else _ANSWER_TIMEOUT):
                made = apply_edits(document.text, edits)
                applied = await _is_applied(server, uri, edit, label, made)
                outcome = ChangeOutcome.YES if applied else ChangeOutcome.REFUSED
        except TimeoutError:
            outcome = ChangeOutcome.UNANSWERED
        if outcome is ChangeOutcome.YES:
            await _until_changed(server, text_document, changes)
        if outcome is not ChangeOutcome.REFUSED or text_document.changes == changes:
            return outcome
    return ChangeOutcome.REFUSED


async def _is_applied(
    server: DlmServer, uri: str, edit: types.WorkspaceEdit, label: str, made: str
) -> bool:
    """Ask the client to make an edit that makes the text `made`, and return its answer."""
    params = types.ApplyWorkspaceEditParams(edit=edit, label=label)
    pending = PendingEdit(made, asyncio.get_running_loop().create_future())
    server.open_document(uri).pending_edit = pending

    async def ask() -> None:
        applied = False
        try:
            answer = await server.workspace_apply_edit_async(params)
            applied = bool(answer.applied)
            if not applied:
                _log.info("%s: %s", label, answer.failure_reason or "refused")
        except JsonRpcException as error:
            _log.warning("%s: %s", label, error)
        finally:
            pending.resolve(applied=applied)

    asking = asyncio.create_task(ask())
    server.tasks.add(asking)
    asking.add_done_callback(server.tasks.discard)
    asking.add_done_callback(log_defect_of)
    return await asyncio.shield(pending.answer)


def workspace_edit(
    server: DlmServer,
    text_document: LiveDocument,
    edits: Sequence[Edit],
    annotate: Annotate | None = None,
) -> types.WorkspaceEdit:
    """Return edits of a document as the client can take them, each with what `annotate` says."""
    changes = encode_text_edits(edits, text_document.positions)
    if not server.client.versioned_edits:
        return types.WorkspaceEdit(changes={text_document.uri: changes})
    identifier = types.OptionalVersionedTextDocumentIdentifier(
        text_document.uri, text_document.version
    )
    if annotate is None or not server.client.annotated_edits:
        edit = types.TextDocumentEdit(text_document=identifier, edits=changes)
        return types.WorkspaceEdit(document_changes=[edit])
    annotations = {f"dlm-{index}": annotate(edit) for index, edit in enumerate(edits)}
    annotated = [
        types.AnnotatedTextEdit(name, change.range, change.new_text)
        for name, change in zip(annotations, changes, strict=True)
    ]
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(text_document=identifier, edits=annotated)],
        change_annotations=annotations,
    )


def _is_versioned(server: DlmServer, text_document: LiveDocument | None) -> bool:
    """Tell whether the client makes an edit of a document only in the text that it is for."""
    is_counted = text_document is None or text_document.version is not None
    return server.client.versioned_edits and is_counted


async def _until_changed(server: DlmServer, text_document: LiveDocument, changes: int) -> None:
    """Wait until the text is the one that the client has made; some tell it after they answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_CHANGE_NOTIFIED):
            while text_document.changes == changes:
                typed = server.open_document(text_document.uri).typed
                typed.clear()
                await typed.wait()


async def _until_quiet(server: DlmServer, uri: str) -> None:
    """Wait until nobody types: without versions a client would make edits in the wrong place."""
    typed = server.open_document(uri).typed
    while True:
        typed.clear()
        try:
            async with asyncio.timeout(_QUIET_TIME):
                await typed.wait()
        except TimeoutError:
            return
