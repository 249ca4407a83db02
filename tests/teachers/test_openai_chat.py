import json
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.http_servers import (
    LLAMA_KEY,
    LLAMA_MODEL,
    Answer,
    Request,
    WireServer,
    chat_completion,
)
from support.odd_json import DEEP, spoilt
from support.teacher_calls import (
    CHAT,
    FINE,
    PROSE,
    address,
    outcome,
    outcomes,
    posted,
    request_for,
    served,
)
from support.verdict_server import VerdictServer, verdicts

from dlm_lsp.errors import TeacherError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.openai_chat import openai_teacher, vllm_server_teacher
from dlm_lsp.teachers.prompts import REPLY_SCHEMA, prompt_messages
from dlm_lsp.teachers.protocol import (
    AnswerRequest,
    GenerationOptions,
    PairRequest,
    Reply,
    VerdictRequest,
)
from dlm_lsp.teachers.verdict_prompts import VERDICT_SCHEMA, request_messages

# A real server and a real model


async def test_a_real_model_replies_by_the_schema(llama, monkeypatch):
    monkeypatch.setenv("VLLM_API_KEY", LLAMA_KEY)
    teacher = vllm_server_teacher(
        TeacherContext(
            llama, GenerationOptions(max_new_tokens=40, seed=1), concurrency=2, timeout=120
        )
    )
    await teacher.prepare()
    assert teacher.name == f"vllm-server:{llama}#{LLAMA_MODEL}"
    assert teacher.window is not None and 0 < teacher.window < 8192
    [reply] = await outcomes(teacher, [request_for()])
    await teacher.aclose()
    assert isinstance(reply, Reply)
    assert re.match(r'{\s*"pairs"\s*:\s*\[', reply.text)
    assert reply.tokens_in and reply.tokens_in > 300
    assert reply.tokens_out and reply.tokens_out <= 40


async def test_the_openai_selector_asks_a_real_server_by_the_sdks_own_variables(llama, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", f"{llama}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", LLAMA_KEY)
    teacher = openai_teacher(
        TeacherContext(LLAMA_MODEL, GenerationOptions(max_new_tokens=8), concurrency=1, timeout=60)
    )
    reply = await outcome(teacher)
    assert isinstance(reply, Reply)
    assert reply.finish == "length"
    assert teacher.remote_host is None


async def test_a_wrong_key_is_told_before_anything_is_asked(llama, monkeypatch):
    monkeypatch.setenv("VLLM_API_KEY", "not-the-key-at-all")
    with pytest.raises(TeacherError, match=r"refused the key \(401\); check VLLM_API_KEY") as error:
        await vllm_server_teacher(
            TeacherContext(llama, GenerationOptions(), concurrency=1, timeout=60)
        ).prepare()
    assert "not-the-key" not in str(error.value)


async def test_a_real_server_is_asked_for_a_model_that_it_does_not_list(llama, monkeypatch):
    monkeypatch.setenv("VLLM_API_KEY", LLAMA_KEY)
    sampling = GenerationOptions(max_new_tokens=4)
    teacher = vllm_server_teacher(
        TeacherContext(f"{llama}#gemma-270", sampling, concurrency=1, timeout=60)
    )
    assert isinstance(await outcome(teacher), Reply)
    assert f"the closest that it lists: {LLAMA_MODEL}" in teacher.limits.warning


# What is sent


async def test_a_request_carries_the_prompt_the_schema_and_the_parameters(server):
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    sampling = GenerationOptions(max_new_tokens=99, temperature=0.5, top_p=0.9, seed=7)
    assert await outcome(served(address(server), sampling)) == FINE
    messages = prompt_messages(request_for())
    ((asked, answered),) = messages.examples
    assert posted(server) == [
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": messages.system},
                {"role": "user", "content": asked},
                {"role": "assistant", "content": answered},
                {"role": "user", "content": messages.user},
            ],
            "max_completion_tokens": 99,
            "temperature": 0.5,
            "top_p": 0.9,
            "seed": 7,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "pairs", "strict": True, "schema": REPLY_SCHEMA},
            },
        }
    ]


async def test_parameters_that_were_not_set_are_left_to_the_provider(server):
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    await outcome(served(address(server)))
    assert not {"top_p", "seed", "max_tokens"} & posted(server)[0].keys()


async def test_openai_gets_one_cache_key_for_all_requests_about_the_same_prose(server, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", f"{address(server)}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    server.expect_request("/v1/models/m").respond_with_json({"id": "m"})
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    teacher = openai_teacher(TeacherContext("m", GenerationOptions(), concurrency=1, timeout=5))
    await teacher.prepare()
    await outcomes(
        teacher,
        [
            request_for(),
            PairRequest(prose=PROSE, strategy="expansion", count=2),
            request_for("Another section."),
        ],
    )
    await teacher.aclose()
    first, second, other = (body["prompt_cache_key"] for body in posted(server))
    assert first == second != other


async def test_a_server_without_a_key_is_sent_none_not_even_openais(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "the-key-for-openai")
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    await outcome(served(address(server)))
    for request, _ in server.log:
        assert request.headers["Authorization"] == "Bearer none"
        assert "the-key-for-openai" not in str(request.headers)


async def test_what_is_set_for_openai_is_sent_to_no_other_server(server, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "secret-org")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "secret-project")
    custom = "api-key: secret-key\nuser-agent: secret-agent\nAccept: secret-x\nCookie: secret-y"
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"{custom}\nAuthorization: secret-login")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "secret-admin")
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    assert await outcome(served(address(server))) == FINE
    assert len(server.log) == 2
    for request, _ in server.log:
        assert "secret" not in str(request.headers)


async def test_openai_gets_what_is_set_for_it(httpserver, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", httpserver.url_for("/v1"))
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-gateway: mine")
    httpserver.expect_request("/v1/models/gpt-5").respond_with_json({"id": "gpt-5"})
    await openai_teacher(
        TeacherContext("gpt-5", GenerationOptions(), concurrency=1, timeout=5)
    ).prepare()
    assert httpserver.log[0][0].headers["x-gateway"] == "mine"


# What comes back


@pytest.mark.parametrize(
    ("completion", "reply"),
    [
        (chat_completion("fine"), FINE),
        (chat_completion(""), Reply("", 11, 7)),
        (chat_completion(None), Reply("", 11, 7)),
        (chat_completion("<think>hm</think>{}"), Reply("<think>hm</think>{}", 11, 7)),
        (
            {
                **chat_completion('{"pairs": [', finish_reason="length"),
                "usage": {"prompt_tokens": 11, "completion_tokens": 1024},
            },
            Reply('{"pairs": [', 11, 1024, "length"),
        ),
        (chat_completion(None, refusal="I won't."), Reply("I won't.", 11, 7, "refusal")),
        (chat_completion("", finish_reason="content_filter"), Reply("", 11, 7, "refusal")),
        ({"choices": [{"message": {"content": "bare"}}]}, Reply("bare")),
        (chat_completion([{"type": "text", "text": "fi"}, {"text": "ne"}]), FINE),
        (chat_completion("fine", finish_reason=["stop"]), FINE),
        (chat_completion("fine", finish_reason={"length": 1}), FINE),
        (chat_completion(None, refusal={"why": "no"}), Reply("", 11, 7, "refusal")),
        (
            {
                **chat_completion("fine"),
                "usage": {"prompt_tokens": "11", "completion_tokens": 7.5},
            },
            Reply("fine"),
        ),
        ({**chat_completion("fine"), "usage": [1]}, Reply("fine")),
    ],
)
async def test_a_reply_is_handed_on_as_it_was_written(server, completion, reply):
    server.expect_request(CHAT).respond_with_json(completion)
    assert await outcome(served(address(server))) == reply


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", "application/json"),
        ('{"choices": [{"mess', "application/json"),
        ("null", "application/json"),
        ("[]", "application/json"),
        ("{}", "application/json"),
        ('{"choices": []}', "application/json"),
        ('{"choices": [{}]}', "application/json"),
        ('{"choices": 3}', "application/json"),
        ('{"choices": [{"message": "x"}]}', "application/json"),
        ('{"choices": [{"message": {"content": {"pairs": []}}}]}', "application/json"),
        ('{"choices": [{"message": {"content": 5}}]}', "application/json"),
        pytest.param(DEEP, "application/json", id="deep"),
        ("<html>hello</html>", "text/html"),
    ],
)
async def test_a_body_that_is_no_completion_costs_its_request_alone(server, body, content_type):
    server.expect_oneshot_request(CHAT).respond_with_data(body, content_type=content_type)
    server.expect_oneshot_request(CHAT).respond_with_json(chat_completion("fine"))
    teacher = served(address(server), concurrency=1)
    await teacher.prepare()
    failed, fine = await outcomes(teacher, [request_for(), request_for()])
    await teacher.aclose()
    assert isinstance(failed, TeacherError)
    assert "run the command again" in str(failed)
    assert fine == FINE


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.sampled_from((200, 400, 422, 500)), spoilt(chat_completion("fine")))))
async def test_whatever_a_server_sends_costs_its_request_at_most(fates):
    prose = [f"section {at}." for at in range(len(fates))]
    bodies = dict(zip(prose, fates, strict=True))

    async def behave(request: Request):
        if request.method == "GET":
            return Answer({"data": [{"id": "m"}]})
        user = request.json["messages"][1]["content"]
        status, body = next(fate for name, fate in bodies.items() if name in user)
        return Answer(body, status, headers={"x-should-retry": "false"})

    async with WireServer(behave) as server:
        teacher = served(server.url)
        await teacher.prepare()
        replies = await outcomes(teacher, [request_for(text) for text in prose])
        await teacher.aclose()
    for reply in replies:
        assert isinstance(reply, Reply | TeacherError)
        if isinstance(reply, Reply):
            assert isinstance(reply.text, str)
            assert isinstance(reply.tokens_in, int | None)
            assert isinstance(reply.tokens_out, int | None)
            assert reply.finish in ("stop", "length", "refusal")
        else:
            assert "\n" not in str(reply)


async def test_an_error_with_status_200_is_told_in_the_servers_words(server):
    server.expect_request(CHAT).respond_with_json({"error": {"message": "upstream is away"}})
    assert "upstream is away" in str(await outcome(served(address(server))))


# Before anything is spent


async def test_a_missing_key_is_named():
    teacher = openai_teacher(TeacherContext("gpt-5", GenerationOptions(), concurrency=1, timeout=5))
    with pytest.raises(TeacherError, match="needs a key; set OPENAI_API_KEY"):
        await teacher.prepare()


async def test_a_missing_extra_is_told_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    teacher = openai_teacher(TeacherContext("gpt-5", GenerationOptions(), concurrency=1, timeout=5))
    with pytest.raises(TeacherError, match=re.escape(install_hint("openai"))):
        await teacher.prepare()


async def test_a_single_model_is_looked_up_by_name_first(httpserver, monkeypatch):
    httpserver.expect_request("/v1/models/gpt-5").respond_with_json({"id": "gpt-5"})
    monkeypatch.setenv("OPENAI_BASE_URL", httpserver.url_for("/v1"))
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    await openai_teacher(
        TeacherContext("gpt-5", GenerationOptions(), concurrency=1, timeout=5)
    ).prepare()
    assert [request.path for request, _ in httpserver.log] == ["/v1/models/gpt-5"]


async def test_a_model_that_the_server_named_gets_into_the_name_without_quotes(httpserver):
    httpserver.expect_request("/v1/models").respond_with_json({"data": [{"id": 'my "m" -->'}]})
    teacher = vllm_server_teacher(
        TeacherContext(address(httpserver), GenerationOptions(), concurrency=1, timeout=5)
    )
    await teacher.prepare()
    assert teacher.name.endswith("#my _m_ --_")


# Verdicts

ONE = VerdictRequest(PROSE, (("What is the capital of Norway?", "Oslo."),))
TWO = VerdictRequest(PROSE, (*ONE.pairs, ("Where does Oslo lie?", "In Bergen.")))


async def verdict(url: str, request: VerdictRequest = ONE) -> Reply | TeacherError:
    teacher = served(url)
    await teacher.prepare()
    [reply] = await outcomes(teacher, [request])
    await teacher.aclose()
    return reply


async def test_a_real_server_tells_how_likely_it_finds_a_yes_and_a_no(llama, monkeypatch):
    monkeypatch.setenv("VLLM_API_KEY", LLAMA_KEY)
    teacher = vllm_server_teacher(
        TeacherContext(llama, GenerationOptions(), concurrency=1, timeout=120)
    )
    await teacher.prepare()
    [reply] = await outcomes(teacher, [ONE])
    still = teacher.one_by_one
    await teacher.aclose()
    assert isinstance(reply, Reply)
    # A base model may have other words for it; then it was asked again, in words.
    assert ("log_probabilities" in reply.text) == still


async def test_a_verdict_by_likelihood_asks_for_one_token_and_what_it_could_have_been():
    server = VerdictServer()
    async with WireServer(server) as wire:
        reply = await verdict(wire.url)
    assert isinstance(reply, Reply)
    assert set(json.loads(reply.text)["log_probabilities"][0]) == {"Yes", "No", "Well"}
    (body,) = server.asked
    assert (body["logprobs"], body["top_logprobs"], body["max_completion_tokens"]) == (True, 20, 1)
    assert "response_format" not in body


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "logprobs is not supported by this model"),
        (422, "top_logprobs: must be at most 5"),
        (400, "bad request"),
        (403, "You are not allowed to request logprobs from this model"),
    ],
)
async def test_a_server_that_refuses_likelihoods_is_asked_in_words_from_then_on(status, words):
    sent = []

    async def behave(request: Request) -> Answer:
        if "models" in request.target:
            return Answer({"object": "list", "data": [{"id": "m", "object": "model"}]})
        sent.append(request.json)
        if "logprobs" in request.json:
            return Answer({"error": {"message": words}}, status=status)
        return Answer(chat_completion(verdicts(True)))

    async with WireServer(behave) as wire:
        teacher = served(wire.url)
        await teacher.prepare()
        assert teacher.one_by_one
        assert teacher.by_likelihood
        for _ in range(2):
            [reply] = await outcomes(teacher, [ONE])
            assert isinstance(reply, Reply)
            assert reply.text == verdicts(True)
        assert not teacher.one_by_one
        assert not teacher.by_likelihood
        await teacher.aclose()
    assert ["logprobs" in body for body in sent] == [True, False, False]
    schema = {"name": "verdicts", "strict": True, "schema": VERDICT_SCHEMA}
    assert sent[1]["response_format"] == {"type": "json_schema", "json_schema": schema}


async def test_a_reply_that_tells_no_likelihoods_is_paid_for_with_the_one_in_words():
    server = VerdictServer("ignores")
    async with WireServer(server) as wire:
        teacher = served(wire.url)
        await teacher.prepare()
        [first] = await outcomes(teacher, [ONE])
        [second] = await outcomes(teacher, [ONE])
        await teacher.aclose()
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert len(server.asked) == 3
    assert (first.tokens_in, first.tokens_out) == (2 * second.tokens_in, 2 * second.tokens_out)


async def test_a_refused_key_is_no_matter_of_likelihoods():
    async def behave(request: Request) -> Answer:
        if "models" in request.target:
            return Answer({"object": "list", "data": [{"id": "m", "object": "model"}]})
        return Answer({"error": {"message": "not for you"}}, status=403)

    async with WireServer(behave) as wire:
        teacher = served(wire.url)
        await teacher.prepare()
        [reply] = await outcomes(teacher, [ONE])
        assert isinstance(reply, TeacherError)
        assert teacher.one_by_one
        await teacher.aclose()


async def test_pairs_that_are_asked_about_together_get_verdicts_in_words():
    server = VerdictServer(wrong=frozenset({"In Bergen."}))
    async with WireServer(server) as wire:
        reply = await verdict(wire.url, TWO)
    assert isinstance(reply, Reply)
    assert reply.text == verdicts(True, False, says="two wheels")


async def test_what_is_learnt_of_verdicts_leaves_pairs_as_they_were():
    server = VerdictServer("refuses")
    async with WireServer(server) as wire:
        teacher = served(wire.url)
        await teacher.prepare()
        before = teacher.fingerprint(ONE), teacher.fingerprint(request_for())
        await outcomes(teacher, [ONE])
        await outcomes(teacher, [request_for()])
        assert (teacher.fingerprint(ONE), teacher.fingerprint(request_for())) == before
        await teacher.aclose()
    assert server.asked_again[-1]["response_format"]["json_schema"]["schema"] == REPLY_SCHEMA


@pytest.mark.parametrize(
    ("details", "cached", "written"),
    [
        ({"cached_tokens": 5, "cache_write_tokens": 3}, 5, 3),
        ({"cached_tokens": None}, 0, 0),
        (None, 0, 0),
        ("none", 0, 0),
    ],
)
async def test_what_the_prompt_cache_gave_and_took_is_told_apart(details, cached, written):
    async def behave(request: Request) -> Answer:
        if "models" in request.target:
            return Answer({"object": "list", "data": [{"id": "m", "object": "model"}]})
        answer = chat_completion("{}")
        answer["usage"]["prompt_tokens_details"] = details
        return Answer(answer)

    async with WireServer(behave) as wire:
        teacher = served(wire.url)
        await teacher.prepare()
        [reply] = await outcomes(teacher, [request_for()])
        await teacher.aclose()
    assert (reply.tokens_in, reply.cached_input, reply.cache_write) == (11, cached, written)


# Questions asked again

AGAIN = AnswerRequest(PROSE, "Where does Oslo lie?")


async def test_a_real_server_answers_a_question_in_plain_text(llama, monkeypatch):
    monkeypatch.setenv("VLLM_API_KEY", LLAMA_KEY)
    teacher = vllm_server_teacher(
        TeacherContext(llama, GenerationOptions(max_new_tokens=8), concurrency=1, timeout=120)
    )
    await teacher.prepare()
    [reply] = await outcomes(teacher, [AGAIN])
    await teacher.aclose()
    assert isinstance(reply, Reply)
    assert reply.text
    assert not reply.text.lstrip().startswith("{")


async def test_a_question_asked_again_carries_examples_and_no_format(server):
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    teacher = served(address(server), GenerationOptions(max_new_tokens=99, seed=7))
    await teacher.prepare()
    assert await outcomes(teacher, [AGAIN]) == [FINE]
    await teacher.aclose()
    messages = request_messages(AGAIN)
    (body,) = posted(server)
    assert body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": messages.system},
            *({"role": role, "content": content} for role, content in messages.turns),
        ],
        "max_completion_tokens": 99,
        "temperature": 0.0,
        "seed": 7,
    }
    assert len(messages.examples) == 3


async def test_pairs_after_a_question_asked_again_are_asked_for_by_the_schema(server):
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    teacher = served(address(server), concurrency=1)
    await teacher.prepare()
    assert await outcomes(teacher, [AGAIN, request_for()]) == [FINE, FINE]
    await teacher.aclose()
    assert ["response_format" in body for body in posted(server)] == [False, True]
