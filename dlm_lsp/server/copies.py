"""Document copies: what is staged for another file with the same id is touched by consent alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dlm_lsp.errors import CopyError, StoreError
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.message_requests import ANSWER_TIMEOUT, NoChoice, ask_user
from dlm_lsp.server.server import DlmServer
from dlm_lsp.store.copies import refuse_copy

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


async def is_forced(
    server: DlmServer, refusal: CopyError, *, answer_within: float = ANSWER_TIMEOUT
) -> bool:
    """Ask the user whether to go on all the same; who chooses nothing is told why not."""
    choice = await ask_user(server, str(refusal), (_FORCE, _LEAVE), answer_within=answer_within)
    if isinstance(choice, NoChoice):
        server.tell_error(str(refusal))
    return choice == _FORCE
