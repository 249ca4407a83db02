"""Model discovery: the model that a server means, and its window."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.http_servers import Answer, Request, WireServer, chat_completion
from support.odd_json import spoilt
from support.teacher_calls import CHAT, FINE, NOW, address, outcome, served

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.openai_chat import vllm_server_teacher
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.registry import select


async def test_what_was_not_found_is_looked_for_again(httpserver):
    page = {"data": [{"id": "other"}]}
    httpserver.expect_oneshot_request("/v1/models").respond_with_json(page)
    httpserver.expect_oneshot_request("/v1/models").respond_with_json({"data": [{"id": "m"}]})
    teacher = served(address(httpserver))
    with pytest.raises(TeacherError, match="no model 'm'"):
        await teacher.prepare()
    await teacher.prepare()
    await teacher.aclose()


@pytest.mark.parametrize("odd", [5, ["m"], None, {"a": 1}])
async def test_a_model_whose_name_is_no_text_is_passed_over(httpserver, odd):
    cards = [{"id": odd}, "m", 5, {"id": "real"}]
    httpserver.expect_request("/v1/models").respond_with_json({"data": cards})
    teacher = vllm_server_teacher(
        TeacherContext(address(httpserver), GenerationOptions(), concurrency=1, timeout=5)
    )
    await teacher.prepare()
    await teacher.aclose()
    assert teacher.name.endswith("#real")


@settings(deadline=None, max_examples=20)
@given(
    st.lists(spoilt({"object": "list", "data": [{"id": "m", "max_model_len": 4096}]}), max_size=3)
)
async def test_any_list_of_models_is_taken_or_told_in_one_line(bodies):
    async def behave(request: Request):
        return Answer(waiting.pop())

    async with WireServer(behave) as server:
        for body in bodies:
            waiting = [body] * 2
            teacher = vllm_server_teacher(
                TeacherContext(server.url, GenerationOptions(), concurrency=1, timeout=5)
            )
            try:
                await teacher.prepare()
            except TeacherError as error:
                assert "\n" not in str(error)
            await teacher.aclose()


@pytest.mark.parametrize("status", [403, 404, 405, 501])
async def test_a_server_that_keeps_no_list_is_taken_at_the_users_word(httpserver, status):
    httpserver.expect_request("/v1/models").respond_with_data("no", status=status, headers=NOW)
    httpserver.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    assert await outcome(served(address(httpserver))) == FINE


async def test_a_server_with_no_model_asks_for_a_name(httpserver):
    httpserver.expect_request("/v1/models").respond_with_json({"object": "list", "data": []})
    teacher = vllm_server_teacher(
        TeacherContext(address(httpserver), GenerationOptions(), concurrency=1, timeout=5)
    )
    with pytest.raises(TeacherError, match=r"lists no model; name one: vllm-server:http.*#MODEL"):
        await teacher.prepare()


async def test_a_web_page_is_no_server(httpserver):
    httpserver.expect_request("/v1/models").respond_with_data("<html>", content_type="text/html")
    teacher = vllm_server_teacher(
        TeacherContext(address(httpserver), GenerationOptions(), concurrency=1, timeout=5)
    )
    with pytest.raises(TeacherError, match="not with a list of models; check the address"):
        await teacher.prepare()


async def test_the_window_is_what_the_model_reads_less_rules_and_reply(httpserver):
    card = {"id": "m", "max_model_len": 2048}
    httpserver.expect_request("/v1/models").respond_with_json({"data": [card]})
    teacher = served(address(httpserver), GenerationOptions(max_new_tokens=512))
    await teacher.prepare()
    assert teacher.window is not None and 512 < teacher.window < 2048 - 512


@pytest.mark.parametrize(
    ("selector", "least", "most"),
    [("vllm-server", 6000, 8192), ("openai", 90_000, 100_000), ("anthropic", 90_000, 100_000)],
)
async def test_a_server_that_states_no_window_is_taken_to_have_a_usual_one(
    server, monkeypatch, selector, least, most
):
    server.expect_request("/v1/models/m").respond_with_json({"id": "m"})
    for provider, path in (("OPENAI", "/v1"), ("ANTHROPIC", "")):
        monkeypatch.setenv(f"{provider}_BASE_URL", f"{address(server)}{path}")
        monkeypatch.setenv(f"{provider}_API_KEY", "key")
    named = f"vllm-server:{address(server)}#m" if selector == "vllm-server" else f"{selector}:m"
    teacher = select(named, GenerationOptions(), concurrency=1, timeout=5)
    await teacher.prepare()
    assert teacher.window is not None and least < teacher.window < most


async def test_no_reply_is_too_long_for_a_window_that_is_only_assumed(server):
    teacher = served(address(server), GenerationOptions(max_new_tokens=16_000))
    await teacher.prepare()
    assert teacher.window == 4096


async def test_a_model_with_no_room_for_prose_is_told(httpserver):
    card = {"id": "m", "max_model_len": 1024}
    httpserver.expect_request("/v1/models").respond_with_json({"data": [card]})
    teacher = served(address(httpserver), GenerationOptions(max_new_tokens=1000))
    with pytest.raises(TeacherError, match=r"1024 tokens.*max_new_tokens 1000; lower it"):
        await teacher.prepare()


async def test_a_list_of_models_with_ever_another_page_is_told(monkeypatch):
    async def behave(request: Request):
        if "/models/" in request.target:
            return Answer({"error": {"message": "no"}}, status=404)
        name = f"m{len(server.requests)}"
        return Answer({"data": [{"id": name}], "has_more": True, "last_id": name})

    async with WireServer(behave) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "the-key-in-the-environment")
        teacher = select("anthropic:m", GenerationOptions(), concurrency=1, timeout=60)
        with pytest.raises(TeacherError, match="without end"):
            await teacher.prepare()
        await teacher.aclose()
