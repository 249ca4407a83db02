import json
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from support.http_servers import (
    LLAMA_KEY,
    LLAMA_MODEL,
    Answer,
    Hang,
    Request,
    WireServer,
    anthropic_message,
)
from support.odd_json import DEEP, spoilt
from support.teacher_calls import FINE, NOW, outcome, outcomes, posted, request_for
from support.verdict_server import verdicts
from werkzeug import Response

from dlm_lsp.errors import TeacherError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.teachers.anthropic_messages import AnthropicTeacher, anthropic_teacher
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.prompts import REPLY_SCHEMA, prompt_messages
from dlm_lsp.teachers.protocol import (
    AnswerRequest,
    GenerationOptions,
    Reply,
    VerdictRequest,
    Verifier,
)
from dlm_lsp.teachers.verdict_prompts import VERDICT_SCHEMA, request_messages

MESSAGES = "/v1/messages"


def teacher_of(
    model: str = "m", sampling: GenerationOptions | None = None, **options
) -> AnthropicTeacher:
    options = {"concurrency": 2, "timeout": 60.0, **options}
    return anthropic_teacher(TeacherContext(model, sampling or GenerationOptions(), **options))


@pytest.fixture
def real(llama, monkeypatch) -> None:
    """The environment names llama.cpp's server as Anthropic's."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", llama)
    monkeypatch.setenv("ANTHROPIC_API_KEY", LLAMA_KEY)


@pytest.fixture
def server(httpserver: HTTPServer, monkeypatch) -> HTTPServer:
    """A stand-in for Anthropic that knows the model `m`; each test says how it answers."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", httpserver.url_for(""))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "the-key-in-the-environment")
    card = {"id": "m", "type": "model", "display_name": "M", "max_input_tokens": 200_000}
    httpserver.expect_request("/v1/models/m").respond_with_json(card)
    return httpserver


# A real server and a real model


async def test_a_real_model_replies(real):
    teacher = teacher_of(LLAMA_MODEL, GenerationOptions(max_new_tokens=24))
    await teacher.prepare()
    [reply] = await outcomes(teacher, [request_for()])
    await teacher.aclose()
    assert isinstance(reply, Reply)
    assert reply.text
    assert reply.tokens_out and reply.tokens_out <= 24
    assert teacher.remote_host is None


async def test_a_wrong_key_is_told_before_anything_is_asked(real, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "not-the-key-at-all")
    with pytest.raises(TeacherError, match=r"refused the key \(401\); check ANTHROPIC_API_KEY"):
        await teacher_of(LLAMA_MODEL).prepare()


async def test_a_model_that_is_not_listed_is_told_with_the_closest_one(real):
    teacher = teacher_of("gemma-270")
    await teacher.prepare()
    await teacher.aclose()
    assert f"the closest that it lists: {LLAMA_MODEL}" in teacher.limits.warning


# What is sent and what comes back


async def test_a_request_carries_the_prompt_the_schema_and_the_parameters(server):
    server.expect_request(MESSAGES).respond_with_json(anthropic_message("fine"))
    sampling = GenerationOptions(max_new_tokens=99, temperature=0.5, top_p=0.9)
    assert await outcome(teacher_of(sampling=sampling)) == FINE
    messages = prompt_messages(request_for())
    ((asked, answered),) = messages.examples
    assert posted(server, MESSAGES) == [
        {
            "model": "m",
            "max_tokens": 99,
            "system": messages.system,
            "messages": [
                {"role": "user", "content": asked},
                {"role": "assistant", "content": answered},
                {"role": "user", "content": messages.user},
            ],
            "temperature": 0.5,
            "top_p": 0.9,
            "cache_control": {"type": "ephemeral"},
            "output_config": {"format": {"type": "json_schema", "schema": REPLY_SCHEMA}},
        }
    ]


FULL = {"usage": {"input_tokens": 11, "output_tokens": 1024}}


@pytest.mark.parametrize(
    ("changes", "reply"),
    [
        ({}, FINE),
        ({"stop_reason": "max_tokens", **FULL}, Reply("fine", 11, 1024, "length")),
        (
            {"stop_reason": "model_context_window_exceeded", **FULL},
            Reply("fine", 11, 1024, "length"),
        ),
        ({"stop_reason": "refusal", "content": []}, Reply("", 11, 7, "refusal")),
        ({"stop_reason": None}, FINE),
        (
            {"usage": {"input_tokens": 1, "cache_read_input_tokens": 9, "output_tokens": 7}},
            Reply("fine", 10, 7, cached_input=9),
        ),
        ({"usage": None}, Reply("fine")),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {"type": "text", "text": "fi"},
                    {"type": "text", "text": "ne"},
                ]
            },
            FINE,
        ),
    ],
)
async def test_a_reply_is_handed_on_as_it_was_written(server, changes, reply):
    server.expect_request(MESSAGES).respond_with_json(anthropic_message("fine", **changes))
    assert await outcome(teacher_of()) == reply


@pytest.mark.parametrize(
    "body",
    [
        *("", "null", "[]", "{}", '{"content": "x"}', '{"content": [', "<"),
        pytest.param(DEEP, id="deep"),
    ],
)
async def test_a_body_that_is_no_message_costs_its_request_alone(server, body):
    server.expect_oneshot_request(MESSAGES).respond_with_data(body, content_type="application/json")
    server.expect_oneshot_request(MESSAGES).respond_with_json(anthropic_message("fine"))
    teacher = teacher_of(concurrency=1)
    await teacher.prepare()
    failed, fine = await outcomes(teacher, [request_for(), request_for()])
    await teacher.aclose()
    assert isinstance(failed, TeacherError)
    assert "run the command again" in str(failed)
    assert fine == FINE


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.sampled_from((200, 400, 500)), spoilt(anthropic_message("fine")))))
async def test_whatever_a_server_sends_costs_its_request_at_most(fates):
    prose = [f"section {at}." for at in range(len(fates))]
    bodies = dict(zip(prose, fates, strict=True))

    async def behave(request: Request):
        if request.method == "GET":
            return Answer({"id": "m"})
        user = request.json["messages"][0]["content"]
        status, body = next(fate for name, fate in bodies.items() if name in user)
        return Answer(body, status, headers={"x-should-retry": "false"})

    with pytest.MonkeyPatch.context() as environment:
        async with WireServer(behave) as server:
            environment.setenv("ANTHROPIC_BASE_URL", server.url)
            environment.setenv("ANTHROPIC_API_KEY", "k")
            teacher = teacher_of()
            await teacher.prepare()
            replies = await outcomes(teacher, [request_for(text) for text in prose])
            await teacher.aclose()
    for reply in replies:
        assert isinstance(reply, Reply | TeacherError)
        if isinstance(reply, Reply):
            assert isinstance(reply.text, str)
            assert isinstance(reply.tokens_in, int | None)
            assert isinstance(reply.tokens_out, int | None)


async def test_a_reply_that_does_not_come_in_time_is_not_asked_for_again(monkeypatch):
    async def behave(request: Request):
        return Answer({"id": "m"}) if request.method == "GET" else Hang()

    async with WireServer(behave) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
        assert "gave no answer in 0.2 s" in str(await outcome(teacher_of(timeout=0.2)))
        await server.until_hanging(0)
        assert [request.method for request in server.requests] == ["GET", "POST"]


async def test_what_stays_on_this_machine_goes_through_no_proxy(server, monkeypatch):
    async def behave(_: Request):
        return Answer(status=502)

    server.expect_request(MESSAGES).respond_with_json(anthropic_message("fine"))
    async with WireServer(behave) as proxy:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
        assert await outcome(teacher_of()) == FINE
        assert proxy.requests == []


@pytest.mark.parametrize("status", [429, 500, 529])
async def test_a_passing_failure_is_asked_again(server, status):
    server.expect_oneshot_request(MESSAGES).respond_with_data("no", status=status, headers=NOW)
    server.expect_oneshot_request(MESSAGES).respond_with_json(anthropic_message("fine"))
    assert await outcome(teacher_of()) == FINE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
async def test_a_lasting_failure_is_told_without_the_key(server, status):
    def echo(request):
        error = {"type": "error", "error": {"message": f"no: {request.headers}"}}
        return Response(json.dumps(error), status, headers=NOW)

    server.expect_request(MESSAGES).respond_with_handler(echo)
    failed = await outcome(teacher_of())
    assert f"({status})" in str(failed)
    assert "the-key-in-the-environment" not in str(failed)


# What a server refuses


async def test_refused_formats_and_parameters_are_left_out_for_the_rest_of_the_run(server):
    refused = ("output_config", "temperature", "cache_control")

    def answer(request):
        body = json.loads(request.data)
        for parameter in refused:
            if parameter in body:
                error = {"error": {"message": f"{parameter}: Extra inputs are not permitted"}}
                return Response(json.dumps(error), 400)
        return Response(json.dumps(anthropic_message("fine")), content_type="application/json")

    server.expect_request(MESSAGES).respond_with_handler(answer)
    teacher = teacher_of(concurrency=1)
    await teacher.prepare()
    assert await outcomes(teacher, [request_for(), request_for()]) == [FINE, FINE]
    await teacher.aclose()
    assert len(posted(server, MESSAGES)) == len(refused) + 2
    assert not set(refused) & posted(server, MESSAGES)[-1].keys()


# Before anything is spent


async def test_a_seed_is_refused_rather_than_ignored(server):
    with pytest.raises(TeacherError, match="takes no seed; leave the seed out"):
        await teacher_of(sampling=GenerationOptions(seed=0)).prepare()


async def test_a_missing_key_is_named(monkeypatch, tmp_path):
    for home in ("HOME", "APPDATA"):
        monkeypatch.setenv(home, str(tmp_path))  # where the SDK looks for a login
    with pytest.raises(TeacherError, match="needs a key; set ANTHROPIC_API_KEY"):
        await teacher_of("claude").prepare()


async def test_a_broken_login_of_the_client_is_told_too(monkeypatch, tmp_path):
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    with pytest.raises(TeacherError, match=r"a login that cannot be used.*; set ANTHROPIC_API_KEY"):
        await teacher_of("claude").prepare()


async def test_a_missing_extra_is_told_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "anthropic", None)
    with pytest.raises(TeacherError, match=re.escape(install_hint("anthropic"))):
        await teacher_of("claude").prepare()


async def test_an_unreachable_server_is_told(monkeypatch, unused_tcp_port):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://ann:hunter2@127.0.0.1:{unused_tcp_port}")
    shown = re.escape(f"cannot reach http://127.0.0.1:{unused_tcp_port}:")
    teacher = teacher_of("claude")
    await teacher.prepare()
    with pytest.raises(TeacherError, match=shown):
        await outcomes(teacher, [request_for()])
    await teacher.aclose()


async def test_the_window_comes_from_the_models_card(server):
    teacher = teacher_of(sampling=GenerationOptions(max_new_tokens=1000))
    await teacher.prepare()
    assert teacher.window is not None and 190_000 < teacher.window < 199_000


# Verdicts


async def test_verdicts_on_all_pairs_are_one_request_in_words(server):
    server.expect_request(MESSAGES).respond_with_json(anthropic_message(verdicts(True, False)))
    pairs = (("What is Oslo?", "A city."), ("Where does it lie?", "In Bergen."))
    teacher = teacher_of()
    await teacher.prepare()
    assert isinstance(teacher, Verifier)
    assert not teacher.by_likelihood
    assert (teacher.one_by_one, teacher.why_no_verdicts, teacher.parameters) == (False, "", None)
    [reply] = await outcomes(teacher, [VerdictRequest("Oslo is a city.", pairs)])
    await teacher.aclose()
    assert isinstance(reply, Reply)
    assert reply.text == verdicts(True, False)
    (body,) = posted(server, MESSAGES)
    assert body["output_config"]["format"]["schema"] == VERDICT_SCHEMA
    prompt = body["messages"][0]["content"]
    places = [prompt.index(text) for text in ("Oslo is a city.", "A city.", "In Bergen.")]
    assert places == sorted(places)


async def test_what_the_prompt_cache_gave_and_took_is_part_of_the_input_and_told_apart(server):
    usage = {"input_tokens": 10, "output_tokens": 7}
    usage |= {"cache_read_input_tokens": 200, "cache_creation_input_tokens": 30}
    answer = anthropic_message("{}", usage=usage)
    server.expect_request("/v1/messages").respond_with_json(answer)
    teacher = teacher_of("m")
    await teacher.prepare()
    [reply] = await outcomes(teacher, [request_for()])
    await teacher.aclose()
    assert (reply.tokens_in, reply.cached_input, reply.cache_write) == (240, 200, 30)


async def test_a_question_asked_again_carries_examples_and_no_format(server):
    server.expect_request(MESSAGES).respond_with_json(anthropic_message("fine"))
    again = AnswerRequest("Oslo is a city.", "What is Oslo?")
    teacher = teacher_of()
    await teacher.prepare()
    assert await outcomes(teacher, [again]) == [FINE]
    await teacher.aclose()
    messages = request_messages(again)
    (body,) = posted(server, MESSAGES)
    assert "output_config" not in body
    assert body["system"] == messages.system
    assert [(turn["role"], turn["content"]) for turn in body["messages"]] == [*messages.turns]
