"""Message requests: a question to the user, who has a few choices and some minutes."""

import asyncio
import logging
from collections.abc import Sequence
from enum import Enum
from functools import partial

from lsprotocol import types

from dlm_lsp.server.server import DlmServer

_log = logging.getLogger(__name__)

ANSWER_TIMEOUT = 300.0
"""Seconds that a user has to answer; whoever comes back later does again what led to it."""


class NoChoice(Enum):
    """Why a question came to no choice."""

    SHUT = "nothing was chosen"
    UNANSWERED = "the editor gave no answer"


async def ask_user(
    server: DlmServer,
    question: str,
    choices: Sequence[str],
    *,
    answer_within: float = ANSWER_TIMEOUT,
) -> str | NoChoice:
    """Return what the user chose, or why no choice came within `answer_within` seconds.

    `UNANSWERED` is also a client that cannot ask. The first of `choices` does something: where it
    is chosen after that, the user is told that it came too late.
    """
    params = types.ShowMessageRequestParams(
        types.MessageType.Warning, question, [types.MessageActionItem(title) for title in choices]
    )
    asking = asyncio.create_task(_ask(server, params))
    server.tasks.add(asking)
    asking.add_done_callback(server.tasks.discard)
    try:
        await asyncio.wait([asking], timeout=answer_within)
    finally:
        if not asking.done():
            asking.add_done_callback(partial(_tell_too_late, server, choices[0]))
    return asking.result() if asking.done() else NoChoice.UNANSWERED


async def _ask(server: DlmServer, params: types.ShowMessageRequestParams) -> str | NoChoice:
    try:
        answer = await server.window_show_message_request_async(params)
    except Exception as error:
        _log.warning("no answer from the client: %r", error)
        return NoChoice.UNANSWERED
    return answer.title if answer else NoChoice.SHUT


def _tell_too_late(server: DlmServer, deed: str, asking: "asyncio.Task[str | NoChoice]") -> None:
    if not asking.cancelled() and asking.result() == deed:
        server.tell(f"{deed}: the answer came too late, and nothing was done; run it again")
