import base64
import json
import logging
import time
from collections.abc import Iterator
from contextlib import aclosing

import anyio
import pytest
from pytest_httpserver import HTTPServer
from support.http_servers import Answer, Hang, Request, Reset, WireServer, chat_completion
from support.teacher_calls import (
    CHAT,
    FINE,
    NOW,
    PROSE,
    address,
    outcome,
    outcomes,
    posted,
    request_for,
    served,
)
from werkzeug import Response

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.openai_chat import openai_teacher, vllm_server_teacher
from dlm_lsp.teachers.protocol import AnswerRequest, GenerationOptions, PairRequest, Reply

# Failures and retries


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_passing_failure_is_asked_again(server, status):
    server.expect_oneshot_request(CHAT).respond_with_data("no", status=status, headers=NOW)
    server.expect_oneshot_request(CHAT).respond_with_json(chat_completion("fine"))
    assert await outcome(served(address(server))) == FINE


async def test_retry_after_is_waited_for(server):
    came = []

    def chat(_):
        came.append(time.monotonic())
        if len(came) == 1:
            return Response("", 429, headers={"retry-after": "0.8"})
        return Response(json.dumps(chat_completion("fine")), content_type="application/json")

    server.expect_request(CHAT).respond_with_handler(chat)
    # Of itself the SDK waits half a second at most, and a pause is no part of the timeout.
    assert await outcome(served(address(server), timeout=0.6)) == FINE
    assert came[1] - came[0] >= 0.8


async def test_a_lasting_failure_costs_its_request_alone(server):
    def chat(request):
        if "broken" in json.loads(request.data)["messages"][-1]["content"]:
            return Response('{"error": {"message": "out of order"}}', 500, headers=NOW)
        return Response(json.dumps(chat_completion("fine")), content_type="application/json")

    server.expect_request(CHAT).respond_with_handler(chat)
    teacher = served(address(server))
    await teacher.prepare()
    replies = await outcomes(teacher, [request_for("a"), request_for("broken"), request_for("b")])
    await teacher.aclose()
    assert [replies[0], replies[2]] == [FINE, FINE]
    assert "failed (500): out of order" in str(replies[1])


@pytest.mark.parametrize("status", [401, 404])
async def test_a_key_or_model_lost_in_mid_run_fails_each_request_at_once(server, status):
    server.expect_request(CHAT).respond_with_json({"error": {"message": "gone"}}, status=status)
    teacher = served(address(server))
    await teacher.prepare()
    replies = await outcomes(teacher, [request_for(), request_for(), request_for()])
    await teacher.aclose()
    assert all(f"({status})" in str(reply) for reply in replies)
    assert len(posted(server)) == 3


@pytest.mark.parametrize("status", [401, 404])
async def test_a_rejected_key_or_model_ends_the_requests(server, status):
    server.expect_request(CHAT).respond_with_json({"error": {"message": "gone"}}, status=status)
    teacher = served(address(server), concurrency=2)
    await teacher.prepare()
    for _ in range(2):
        with pytest.raises(TeacherError, match=rf"\({status}\)"):
            await outcomes(teacher, [request_for()] * 9)
    await teacher.aclose()
    assert len(posted(server)) == 2


async def test_a_rejection_before_anything_was_answered_ends_its_call_alone(server):
    def chat(request):
        if "flagged" in json.loads(request.data)["messages"][-1]["content"]:
            return Response('{"error": {"message": "flagged"}}', 403)
        return Response(json.dumps(chat_completion("fine")), content_type="application/json")

    server.expect_request(CHAT).respond_with_handler(chat)
    teacher = served(address(server), concurrency=1)
    await teacher.prepare()
    with pytest.raises(TeacherError, match=r"\(403\)"):
        await outcomes(teacher, [request_for("flagged"), request_for("a")])
    assert await outcomes(teacher, [request_for("b"), request_for("c")]) == [FINE, FINE]
    await teacher.aclose()


async def test_a_server_that_rejects_three_calls_is_asked_no_more(server):
    server.expect_request(CHAT).respond_with_json({"error": {"message": "no"}}, status=403)
    teacher = served(address(server), concurrency=2)
    await teacher.prepare()
    for _ in range(6):
        with pytest.raises(TeacherError, match=r"\(403\)"):
            await outcomes(teacher, [request_for()] * 9)
    await teacher.aclose()
    assert len(posted(server)) == 6


@pytest.mark.parametrize("first", ["fine", "rejected"])
async def test_a_server_that_answers_others_may_reject_one(first):
    rejected = anyio.Event()

    async def behave(request: Request):
        if listed := models(request):
            return listed
        if b"rejected" in request.body:
            rejected.set()
            return Answer({"error": {"message": "not about this"}}, status=403)
        await rejected.wait()
        return Answer(chat_completion("fine"))

    async with WireServer(behave) as server:
        teacher = served(server.url, concurrency=2)
        await teacher.prepare()
        requests = [
            request_for(first),
            request_for("fine"),
            request_for("rejected"),
            request_for("fine"),
            request_for("fine"),
        ]
        if first == "fine":
            rejected.set()
        replies = await outcomes(teacher, requests)
        await teacher.aclose()
    failed = [index for index, reply in enumerate(replies) if isinstance(reply, TeacherError)]
    assert failed == ([2] if first == "fine" else [0, 2])


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    """Another server, which would take the prose."""
    with HTTPServer(host="127.0.0.1") as other:
        other.expect_request(CHAT).respond_with_json(chat_completion("stolen"))
        yield other


async def test_a_redirect_is_not_followed(server, elsewhere):
    leading = {"location": elsewhere.url_for(CHAT)}
    server.expect_request(CHAT).respond_with_data("", 307, headers=leading)
    failed = await outcome(served(address(server)))
    assert "redirects (307)" in str(failed)
    assert elsewhere.log == []


def models(request: Request) -> Answer | None:
    """The answer to a look-up of the models, None to anything else."""
    return Answer({"data": [{"id": "m"}]}) if request.method == "GET" else None


async def test_a_reset_connection_is_asked_again():
    fates = iter([Reset(), Answer(chat_completion("fine"))])

    async def behave(request: Request):
        return models(request) or next(fates)

    async with WireServer(behave) as server:
        assert await outcome(served(server.url)) == FINE


async def test_a_body_cut_off_by_the_network_is_asked_again():
    fates = iter([Answer(b'{"choi', cut=True), Answer(chat_completion("fine"))])

    async def behave(request: Request):
        return models(request) or next(fates)

    async with WireServer(behave) as server:
        assert await outcome(served(server.url)) == FINE


@pytest.mark.parametrize("hang", [Hang(), Answer(b"{", headers={"content-length": "99"})])
async def test_a_reply_that_does_not_come_in_time_is_not_asked_for_again(hang):
    async def behave(request: Request):
        return models(request) or hang

    async with WireServer(behave) as server:
        failed = await outcome(served(server.url, timeout=0.2))
        assert "gave no answer in 0.2 s" in str(failed)
        await server.until_hanging(0)
        assert [request.method for request in server.requests] == ["GET", "POST"]


async def test_an_attempt_after_a_failed_one_has_the_whole_time_and_not_more():
    fates = iter([Answer(b"no", status=503, headers=NOW), Hang()])

    async def behave(request: Request):
        return models(request) or next(fates)

    async with WireServer(behave) as server:
        assert "gave no answer in 0.3 s" in str(await outcome(served(server.url, timeout=0.3)))
        assert [request.method for request in server.requests] == ["GET", "POST", "POST"]


async def test_closing_the_answers_cancels_the_requests_in_flight():
    async def behave(request: Request):
        return models(request) or (
            Answer(chat_completion("fine")) if b"quick" in request.body else Hang()
        )

    async with WireServer(behave) as server:
        teacher = served(server.url, concurrency=3)
        await teacher.prepare()
        async with aclosing(
            teacher.answer([request_for(), request_for("quick"), request_for()])
        ) as answers:
            assert (await anext(answers)).index == 1
            await server.until_hanging(2)
        await server.until_hanging(0)
        await teacher.aclose()


async def test_cancelling_the_reader_cancels_the_requests_in_flight():
    async def behave(request: Request):
        return models(request) or Hang()

    async with WireServer(behave) as server:
        teacher = served(server.url, concurrency=3)
        await teacher.prepare()
        async with anyio.create_task_group() as group:
            group.start_soon(outcomes, teacher, [request_for()] * 5)
            await server.until_hanging(3)
            group.cancel_scope.cancel()
        await server.until_hanging(0)
        await teacher.aclose()


async def test_fifty_requests_share_one_pool_and_stay_within_the_bound():
    async def behave(request: Request):
        await anyio.sleep(0.002)
        return models(request) or Answer(chat_completion("fine"))

    async with WireServer(behave) as server:
        teacher = served(server.url, concurrency=4)
        await teacher.prepare()
        assert await outcomes(teacher, [request_for()] * 50) == [FINE] * 50
        await teacher.aclose()
        assert server.most_in_flight == 4
        assert server.connections <= 4


# What a server refuses


def picky(*, formats: tuple[str | None, ...] = (), refused: tuple[str, ...] = ()):
    """A chat route that takes only these output formats and none of these parameters."""

    def chat(request):
        body = json.loads(request.data)
        wanted = body.get("response_format", {}).get("type")
        if formats and wanted not in formats:
            error = {"message": f"response_format {wanted} is not supported"}
            return Response(json.dumps({"error": error}), 400)
        for parameter in refused:
            if parameter in body:
                error = {"message": "Unsupported parameter", "param": parameter}
                return Response(json.dumps({"error": error}), 422)
        return Response(json.dumps(chat_completion("fine")), content_type="application/json")

    return chat


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        (("json_object", None), ["json_schema", "json_object", "json_object"]),
        ((None,), ["json_schema", "json_object", None, None]),
    ],
)
async def test_a_refused_output_format_steps_down_and_is_remembered(server, formats, expected):
    server.expect_request(CHAT).respond_with_handler(picky(formats=formats))
    teacher = served(address(server), concurrency=1)
    await teacher.prepare()
    assert await outcomes(teacher, [request_for(), request_for()]) == [FINE, FINE]
    await teacher.aclose()
    sent = [body.get("response_format", {}).get("type") for body in posted(server)]
    assert sent == expected


async def test_requests_refused_at_once_step_down_together_and_not_twice(server):
    server.expect_request(CHAT).respond_with_handler(picky(formats=("json_object",)))
    teacher = served(address(server), concurrency=4)
    await teacher.prepare()
    assert await outcomes(teacher, [request_for()] * 8) == [FINE] * 8
    await teacher.aclose()
    sent = [body["response_format"]["type"] for body in posted(server)]
    assert sent.count("json_object") == 8
    assert sent.count("json_schema") <= 4


async def test_refused_parameters_are_left_out_for_the_rest_of_the_run(server, caplog):
    refused = ("temperature", "seed", "max_completion_tokens")
    server.expect_request(CHAT).respond_with_handler(picky(refused=refused))
    teacher = served(address(server), GenerationOptions(seed=3), concurrency=1)
    await teacher.prepare()
    assert await outcomes(teacher, [request_for(), request_for()]) == [FINE, FINE]
    await teacher.aclose()
    last = posted(server)[-1]
    assert not set(refused) & last.keys()
    assert last["max_tokens"] == 1024
    assert len(posted(server)) == len(refused) + 2
    for parameter in refused:
        assert f"refuses {parameter}" in caplog.text


async def test_any_other_refusal_is_told_and_not_tried_again(server):
    error = {"message": "This model's maximum context length is 400 tokens"}
    server.expect_request(CHAT).respond_with_json({"error": error}, status=400)
    failed = await outcome(served(address(server)))
    assert "refused the request (400): This model's maximum context length" in str(failed)
    assert len(posted(server)) == 1


# Before anything is spent


async def test_a_key_that_no_header_can_carry_is_told_and_not_repeated(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2\nhunter2")
    teacher = openai_teacher(TeacherContext("gpt-5", GenerationOptions(), concurrency=1, timeout=5))
    with pytest.raises(TeacherError, match="OPENAI_API_KEY holds a character") as error:
        await teacher.prepare()
    assert "hunter2" not in str(error.value)


async def test_an_unreachable_server_is_told_at_once_if_it_has_to_name_the_model(unused_tcp_port):
    url = f"http://127.0.0.1:{unused_tcp_port}"
    teacher = vllm_server_teacher(
        TeacherContext(url, GenerationOptions(), concurrency=1, timeout=5)
    )
    with pytest.raises(TeacherError, match=f"cannot reach {url}/v1"):
        await teacher.prepare()


async def test_an_unreachable_server_is_told_for_all_requests_together(unused_tcp_port):
    url = f"http://127.0.0.1:{unused_tcp_port}"
    teacher = served(url)
    await teacher.prepare()
    with pytest.raises(TeacherError, match=f"cannot reach {url}/v1"):
        await outcomes(teacher, [request_for(), request_for()])
    await teacher.aclose()


async def test_an_unreachable_server_does_no_harm_where_nothing_is_asked(unused_tcp_port):
    teacher = served(f"http://127.0.0.1:{unused_tcp_port}")
    await teacher.prepare()
    assert await outcomes(teacher, []) == []
    assert teacher.fingerprint(request_for()) == served(
        f"http://127.0.0.1:{unused_tcp_port}"
    ).fingerprint(request_for())
    await teacher.aclose()


async def test_preparing_again_asks_the_server_nothing(server):
    teacher = served(address(server))
    await teacher.prepare()
    await teacher.prepare()
    await teacher.aclose()
    assert len(server.log) == 1


# Proxies


async def test_what_stays_on_this_machine_goes_through_no_proxy(server, monkeypatch):
    async def behave(_: Request):
        return Answer(status=502)

    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    async with WireServer(behave) as proxy:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
        assert await outcome(served(address(server))) == FINE
        assert proxy.requests == []


async def test_what_leaves_this_machine_goes_through_the_proxy_of_the_environment(monkeypatch):
    async def behave(request: Request):
        return models(request) or Answer(chat_completion("fine"))

    async with WireServer(behave) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert await outcome(served("http://far.example")) == FINE
        assert proxy.requests[-1].target == f"http://far.example{CHAT}"


# Names and secrets


async def test_credentials_and_query_of_an_address_reach_the_server_and_nothing_else(
    server, caplog, monkeypatch
):
    monkeypatch.setenv("VLLM_API_KEY", "the-key-in-the-environment")
    caplog.set_level(logging.DEBUG)
    server.expect_oneshot_request(CHAT, query_string="token=abc123").respond_with_json(
        chat_completion("fine")
    )

    def echo(request):
        error = {"message": f"bad: {request.headers['Authorization']} {request.full_path}"}
        return Response(json.dumps({"error": error}), 400)

    server.expect_oneshot_request(CHAT).respond_with_handler(echo)
    secret = address(server).replace("http://", "http://ann:hunter2@")
    teacher = vllm_server_teacher(
        TeacherContext(f"{secret}/v1?token=abc123#m", GenerationOptions(), concurrency=1, timeout=5)
    )
    await teacher.prepare()
    fine, failed = await outcomes(teacher, [request_for(), request_for()])
    await teacher.aclose()
    assert fine == FINE
    basic = base64.b64encode(b"ann:hunter2").decode()
    assert server.log[0][0].headers["Authorization"] == f"Basic {basic}"
    assert "refused the request (400)" in str(failed)
    # werkzeug is the server of this test; the rest of the log is ours and the SDK's.
    log = [record.getMessage() for record in caplog.records if record.name != "werkzeug"]
    assert any("HTTP Request: POST" in line for line in log)
    shown = f"{teacher.name} {failed} {failed!r} {teacher.fingerprint(request_for())} {log}"
    for secret in ("hunter2", "abc123", basic, "the-key-in-the-environment"):
        assert secret not in shown


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
async def test_a_key_that_a_server_repeats_is_in_no_error(server, monkeypatch, status):
    monkeypatch.setenv("VLLM_API_KEY", "the-key-in-the-environment")

    def echo(request):
        error = {"error": {"message": f"no: {request.headers['Authorization']}"}}
        return Response(json.dumps(error), status, headers=NOW)

    server.expect_request(CHAT).respond_with_handler(echo)
    failed = await outcome(served(address(server)))
    assert isinstance(failed, TeacherError)
    assert "the-key-in-the-environment" not in str(failed)


async def test_a_key_that_a_server_repeats_is_in_no_reply(server, monkeypatch):
    monkeypatch.setenv("VLLM_API_KEY", "the-key-in-the-environment")

    def echo(request):
        text = f"The key is {request.headers['Authorization']}."
        return Response(json.dumps(chat_completion(text)), content_type="application/json")

    server.expect_request(CHAT).respond_with_handler(echo)
    reply = await outcome(served(address(server)))
    assert isinstance(reply, Reply)
    assert reply.text == "The key is Bearer ***."


def test_the_fingerprint_tells_apart_what_decides_a_reply_and_nothing_else():
    def printed(target="http://h#m", request=None, sampling=None, **options) -> str:
        options = {"concurrency": 1, "timeout": 1.0, **options}
        teacher = vllm_server_teacher(
            TeacherContext(target, sampling or GenerationOptions(), **options)
        )
        return teacher.fingerprint(request or request_for())

    different = [
        printed(),
        printed("http://other#m"),
        printed("http://h#n"),
        printed(request=request_for("Another section.")),
        printed(request=request_for(count=2)),
        printed(request=PairRequest(prose=PROSE, strategy="expansion", count=1)),
        printed(
            request=PairRequest(prose=PROSE, strategy="extraction", count=1, sentences=("It is.",))
        ),
        printed(request=AnswerRequest(PROSE, "Where is it?")),
        printed(request=AnswerRequest(PROSE, "What is it?")),
        printed(request=AnswerRequest("Another section.", "What is it?")),
        printed(sampling=GenerationOptions(max_new_tokens=9)),
        printed(sampling=GenerationOptions(temperature=1.0)),
        printed(sampling=GenerationOptions(top_p=0.5)),
        printed(sampling=GenerationOptions(seed=1)),
    ]
    assert len(set(different)) == len(different)
    assert printed("http://u:p@h/v1/?q=1#m", concurrency=9, timeout=9.0) == printed()
