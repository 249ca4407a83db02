"""Message requests: the choice of the user, or none where it does not come in time."""

import asyncio

import pytest
from lsprotocol import types
from server.editor import PATIENCE

from dlm_lsp.server import message_requests
from dlm_lsp.server.message_requests import ask_user
from dlm_lsp.server.server import DlmServer


class AskingServer(DlmServer):
    """A server whose client answers what it is given, or never."""

    def __init__(self, answer: types.MessageActionItem | Exception | None, *, silent: bool = False):
        super().__init__()
        self.answer = answer
        self.silent = silent
        self.asked: list[types.ShowMessageRequestParams] = []
        self.errors: list[str] = []

    async def window_show_message_request_async(
        self, params: types.ShowMessageRequestParams
    ) -> types.MessageActionItem | None:
        self.asked.append(params)
        if self.silent:
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def tell_error(self, message: str) -> None:
        self.errors.append(message)


async def test_the_choice_of_the_user_is_returned():
    server = AskingServer(types.MessageActionItem("Yes"))
    assert await ask_user(server, "Go on?", ("Yes", "No")) == "Yes"
    (asked,) = server.asked
    assert asked.message == "Go on?"
    assert [action.title for action in asked.actions] == ["Yes", "No"]


@pytest.mark.parametrize("answer", [None, RuntimeError("nobody to ask")])
async def test_an_answer_that_chooses_nothing_is_none(answer):
    assert await ask_user(AskingServer(answer), "Go on?", ("Yes", "No")) is None


async def test_a_client_that_never_answers_is_not_waited_for_for_ever():
    server = AskingServer(None, silent=True)
    async with asyncio.timeout(PATIENCE):
        assert await ask_user(server, "Go on?", ("Yes", "No"), answer_within=0.01) is None


def test_a_user_has_minutes_to_decide():
    assert message_requests.ANSWER_TIMEOUT >= 120
