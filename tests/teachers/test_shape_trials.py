import anyio
import pytest

from dlm_lsp.teachers.protocol import GenerationOptions, Reply
from dlm_lsp.teachers.request_fallback import RequestShape
from dlm_lsp.teachers.shape_learning import ShapeLearning
from dlm_lsp.teachers.shape_trials import ShapeTrials

FIRST = RequestShape()
OTHER = RequestShape(without=frozenset({"max_completion_tokens"}))
LONG = Reply("so", tokens_out=90, finish="stop")


@pytest.fixture
def trials(tmp_path, monkeypatch) -> tuple[ShapeLearning, ShapeTrials]:
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    learning = ShapeLearning(("json", "plain"), lambda _: [], GenerationOptions(), lambda _: None)
    return learning, ShapeTrials(learning, 2, 100)


class Server:
    """Answers in the shapes that it takes, and counts what it is sent."""

    def __init__(self, *taken: RequestShape, reply: Reply = LONG) -> None:
        self.sent: list[RequestShape] = []
        self._taken = taken
        self._reply = reply

    async def send(self, shape: RequestShape) -> Reply | None:
        self.sent.append(shape)
        return self._reply if shape in self._taken else None


async def test_the_first_shape_that_is_answered_stays(trials):
    learning, trying = trials
    server = Server(RequestShape(format_index=1))
    assert await trying.try_blindly(FIRST, server.send) == LONG
    assert learning.now == RequestShape(format_index=1)
    assert server.sent == [RequestShape(system_as_user=True), RequestShape(format_index=1)]


async def test_of_many_that_fail_at_once_one_tries(trials):
    _, trying = trials
    server = Server()
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(trying.try_blindly, FIRST, server.send)
    assert len(server.sent) == 3


async def test_a_limit_by_its_other_name_stays_where_the_reply_is_longer(trials):
    learning, trying = trials
    wasted: list[Reply] = []
    assert await trying.try_other_limit(FIRST, OTHER, Server(OTHER).send, wasted) == LONG
    assert (learning.now, wasted) == (OTHER, [])


async def test_a_reply_that_is_no_longer_is_wasted_and_nothing_changes(trials):
    learning, trying = trials
    short = Reply("so", tokens_out=9, finish="length")
    server, wasted = Server(OTHER, reply=short), list[Reply]()
    assert await trying.try_other_limit(FIRST, OTHER, server.send, wasted) is None
    assert await trying.try_other_limit(FIRST, OTHER, server.send, wasted) is None
    assert (learning.now, wasted, len(server.sent)) == (FIRST, [short], 1)


async def test_without_another_name_nothing_is_tried(trials):
    _, trying = trials
    server = Server()
    assert await trying.try_other_limit(FIRST, None, server.send, []) is None
    assert server.sent == []
