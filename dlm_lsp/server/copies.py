"""Document copies: what is staged for another file with the same id is touched by consent alone."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from dlm_lsp.errors import CopyError, StoreError
from dlm_lsp.server.pygls_patches import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.store.copies import refuse_copy

_log = logging.getLogger(__name__)
_FORCE = "Force it"
_LEAVE = "Leave it"


def copy_refusal(
    server: DlmServer, text_document: LiveDocument, store: Path, argument: Mapping[str, Any]
) -> CopyError | None:
    """Return why a command may not touch what is staged, where its document is a copy.

    There is nothing against it where the argument says `force`, or the plan cannot be read.
    """
    if argument.get("force") is True:
        return None
    try:
        refuse_copy(store, server.path(text_document.uri) or Path(text_document.uri))
    except StoreError as error:
        return error if isinstance(error, CopyError) else None
    return None


async def is_forced(server: DlmServer, refusal: CopyError) -> bool:
    """Ask the user whether to go on all the same; who cannot be asked is told why not."""
    params = types.ShowMessageRequestParams(
        types.MessageType.Warning,
        str(refusal),
        [types.MessageActionItem(_FORCE), types.MessageActionItem(_LEAVE)],
    )
    try:
        answer = await server.window_show_message_request_async(params)
    except JsonRpcException as error:
        _log.warning("no answer about a copy: %s", error)
        server.tell_error(str(refusal))
        return False
    return answer is not None and answer.title == _FORCE
