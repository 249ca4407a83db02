"""Message requests: a question to the user, who has a few choices and some minutes."""

import asyncio
import logging
from collections.abc import Sequence

from lsprotocol import types

from dlm_lsp.server.server import DlmServer

_log = logging.getLogger(__name__)

ANSWER_TIMEOUT = 300.0
"""Seconds that a user has to answer; whoever comes back later does again what led to it."""


async def ask_user(
    server: DlmServer,
    question: str,
    choices: Sequence[str],
    *,
    answer_within: float = ANSWER_TIMEOUT,
) -> str | None:
    """Return what the user chose; None where no choice came within `answer_within` seconds.

    None comes also from a client that cannot ask, or whose user shut the question.
    """
    params = types.ShowMessageRequestParams(
        types.MessageType.Warning, question, [types.MessageActionItem(title) for title in choices]
    )
    try:
        async with asyncio.timeout(answer_within):
            answer = await server.window_show_message_request_async(params)
    except Exception as error:
        _log.warning("no answer from the client: %r", error)
        return None
    return answer.title if answer else None
