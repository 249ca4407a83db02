"""What a user adds to each request, and the window that a user names: real HTTP, the real SDKs."""

import json

import pytest
from support.http_servers import anthropic_message, chat_completion
from support.teacher_calls import CHAT, FINE, address, outcomes, posted, request_for, served
from werkzeug import Response

from dlm_lsp.errors import OptionError, RejectedError
from dlm_lsp.teachers.anthropic_messages import anthropic_teacher
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.protocol import GenerationOptions, VerdictRequest
from dlm_lsp.teachers.registry import select

OPTIONS = {"num_ctx": 8192, "chat_template_kwargs": {"enable_thinking": False}, "nothing": None}


async def test_options_go_into_the_body_beside_what_is_sent_anyway(server):
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    teacher = served(address(server), options=OPTIONS)
    await teacher.prepare()
    assert await outcomes(teacher, [request_for()]) == [FINE]
    await outcomes(teacher, [VerdictRequest("prose", (("q", "a"), ("r", "b")))])
    await teacher.aclose()
    for body in posted(server):
        assert {name: body.get(name, "left out") for name in OPTIONS} == OPTIONS
        assert body["model"] == "m"
        assert body["temperature"] == 0.0


async def test_options_go_into_the_body_of_a_message(httpserver, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "the-key")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", address(httpserver))
    httpserver.expect_request("/v1/models/m").respond_with_json({"id": "m", "type": "model"})
    httpserver.expect_request("/v1/messages").respond_with_json(anthropic_message("fine"))
    thinking = {"thinking": {"type": "disabled"}}
    context = TeacherContext(
        "m", GenerationOptions(), concurrency=1, timeout=5, options=thinking, window=4096
    )
    teacher = anthropic_teacher(context)
    await teacher.prepare()
    assert await outcomes(teacher, [request_for()]) == [FINE]
    await teacher.aclose()
    (body,) = posted(httpserver, "/v1/messages")
    assert body["thinking"] == {"type": "disabled"}
    assert body["temperature"] == 0.0
    assert teacher.window is not None
    assert teacher.window < 4096


def test_options_decide_the_reply_and_are_in_no_name():
    plain, other, another = (
        served("http://h", options=options) for options in (None, OPTIONS, {"num_ctx": 1})
    )
    prints = {teacher.fingerprint(request_for()) for teacher in (plain, other, another)}
    assert len(prints) == 3
    assert served("http://h", options={}).fingerprint(request_for()) in prints
    assert plain.name == other.name


def test_the_window_is_no_part_of_what_decides_a_reply():
    plain, small = served("http://h"), served("http://h", window=512)
    assert plain.fingerprint(request_for()) == small.fingerprint(request_for())


@pytest.mark.parametrize("status", [400, 422])
async def test_an_option_that_the_server_refuses_is_named_and_ends_the_requests(server, status):
    def chat(request):
        if "num_ctx" in json.loads(request.data):
            error = {"message": "Unrecognized request argument supplied: num_ctx"}
            return Response(json.dumps({"error": error}), status)
        return Response(json.dumps(chat_completion("fine")), content_type="application/json")

    server.expect_request(CHAT).respond_with_handler(chat)
    teacher = served(address(server), options=OPTIONS, concurrency=2)
    await teacher.prepare()
    with pytest.raises(RejectedError, match="refuses the teacher option num_ctx: Unrecognized"):
        await outcomes(teacher, [request_for(f"Text {n}.") for n in range(9)])
    await teacher.aclose()
    assert len(posted(server)) == 2


async def test_a_window_that_is_named_counts_and_not_the_one_that_is_listed(httpserver):
    card = {"id": "m", "object": "model", "max_model_len": 100_000}
    httpserver.expect_request("/v1/models").respond_with_json({"object": "list", "data": [card]})
    windows = []
    for window in (None, 4096):
        teacher = served(address(httpserver), window=window)
        await teacher.prepare()
        windows.append(teacher.window)
        await teacher.aclose()
    listed, named = windows
    assert listed is not None
    assert named is not None
    assert listed - named == 100_000 - 4096


@pytest.mark.parametrize("selector", ["self", "hf:gemma-3-270m"])
def test_a_teacher_that_is_no_server_takes_no_options(selector):
    with pytest.raises(OptionError) as error:
        select(selector, GenerationOptions(), concurrency=1, timeout=5, options={"num_ctx": 1})
    assert "'num_ctx'; it goes to a server" in str(error.value)
