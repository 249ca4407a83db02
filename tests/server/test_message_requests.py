"""Message requests: the choice of the user, or none where it does not come in time."""

import asyncio

import pytest
from lsprotocol import types
from server.editor import PATIENCE

from dlm_lsp.server import message_requests
from dlm_lsp.server.message_requests import NoChoice, ask_user
from dlm_lsp.server.server import DlmServer


class AskingServer(DlmServer):
    """A server whose client answers what it is given, where it is silent once it may."""

    def __init__(self, answer: types.MessageActionItem | Exception | None, *, silent: bool = False):
        super().__init__()
        self.answer = answer
        self.silent = silent
        self.asked: list[types.ShowMessageRequestParams] = []
        self.errors: list[str] = []
        self.messages: list[str] = []
        self.is_asked, self.answers = asyncio.Event(), asyncio.Event()

    async def window_show_message_request_async(
        self, params: types.ShowMessageRequestParams
    ) -> types.MessageActionItem | None:
        self.asked.append(params)
        self.is_asked.set()
        if self.silent:
            await self.answers.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def tell(self, message: str) -> None:
        self.messages.append(message)

    def tell_error(self, message: str) -> None:
        self.errors.append(message)


async def test_the_choice_of_the_user_is_returned():
    server = AskingServer(types.MessageActionItem("Yes"))
    assert await ask_user(server, "Go on?", ("Yes", "No")) == "Yes"
    (asked,) = server.asked
    assert asked.message == "Go on?"
    assert [action.title for action in asked.actions] == ["Yes", "No"]


async def test_a_question_that_is_shut_is_answered_by_nothing():
    assert await ask_user(AskingServer(None), "Go on?", ("Yes", "No")) is NoChoice.SHUT


async def test_a_client_that_cannot_ask_gives_no_answer():
    server = AskingServer(RuntimeError("nobody to ask"))
    assert await ask_user(server, "Go on?", ("Yes", "No")) is NoChoice.UNANSWERED


async def test_a_client_that_never_answers_is_not_waited_for_for_ever():
    server = AskingServer(None, silent=True)
    async with asyncio.timeout(PATIENCE):
        choice = await ask_user(server, "Go on?", ("Yes", "No"), answer_within=0.01)
    assert choice is NoChoice.UNANSWERED


@pytest.mark.parametrize(("choice", "count"), [("Yes", 1), ("No", 0), (None, 0)])
@pytest.mark.parametrize("cancelled", [False, True])
async def test_what_is_agreed_to_too_late_is_told(choice, count, cancelled):
    server = AskingServer(types.MessageActionItem(choice) if choice else None, silent=True)
    asking = asyncio.create_task(
        ask_user(server, "Go on?", ("Yes", "No"), answer_within=3600 if cancelled else 0.01)
    )
    await server.is_asked.wait()
    if cancelled:
        asking.cancel()
    await asyncio.wait([asking])
    (answering,) = server.tasks
    server.answers.set()
    await asyncio.wait([answering])
    await asyncio.sleep(0)
    assert ["too late" in message for message in server.messages] == [True] * count


def test_a_user_has_minutes_to_decide():
    assert message_requests.ANSWER_TIMEOUT >= 120
