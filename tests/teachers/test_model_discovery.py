"""Model discovery: the model that a server means, and its window."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.http_servers import Answer, Request, WireServer, chat_completion
from support.odd_json import spoilt
from support.teacher_calls import CHAT, FINE, NOW, address, outcome, posted, served

from dlm_lsp.errors import TeacherError
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.strategy_shares import teacher_notes
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.openai_chat import vllm_server_teacher
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.registry import select


def unnamed(url: str):
    """The teacher of a server whose model was not named."""
    context = TeacherContext(url, GenerationOptions(), concurrency=1, timeout=5)
    return vllm_server_teacher(context)


async def test_a_list_that_could_not_be_had_is_asked_for_again(httpserver):
    httpserver.expect_oneshot_request("/v1/models").respond_with_json({"data": []})
    httpserver.expect_oneshot_request("/v1/models").respond_with_json({"data": [{"id": "m"}]})
    teacher = unnamed(address(httpserver))
    with pytest.raises(TeacherError, match="lists no model"):
        await teacher.prepare()
    await teacher.prepare()
    await teacher.aclose()


# A model that is named

LISTS = {
    "Ollama": [{"id": "m:latest", "object": "model"}],
    "LiteLLM": [{"id": "openai/*"}, {"id": "*"}],
    "Gemini": [{"id": "models/m"}],
    "bare": [{"id": "m"}],
}


@pytest.mark.parametrize("cards", LISTS.values(), ids=LISTS)
async def test_a_model_that_is_listed_in_other_words_needs_no_warning(httpserver, cards):
    httpserver.expect_request("/v1/models").respond_with_json({"data": cards})
    httpserver.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    teacher = served(address(httpserver))
    assert await outcome(teacher) == FINE
    assert posted(httpserver)[0]["model"] == "m"
    assert teacher.limits.warning == ""


async def test_a_model_that_is_not_listed_is_asked_all_the_same_and_that_is_told(httpserver):
    cards = [{"id": "text-embedding-ada-002"}, {"id": "mm"}]
    httpserver.expect_request("/v1/models").respond_with_json({"data": cards})
    httpserver.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    teacher = served(address(httpserver))
    assert await outcome(teacher) == FINE
    assert "does not list this model" in teacher.limits.warning
    assert "the closest that it lists: mm" in teacher.limits.warning
    notes = list(teacher_notes(teacher, SynthOptions()))
    assert notes == [f"{teacher.name}: {teacher.limits.warning}"]


async def test_a_model_that_is_not_there_is_told_with_the_closest_one(httpserver):
    httpserver.expect_request("/v1/models").respond_with_json({"data": [{"id": "mm"}]})
    said = {"error": {"message": "The model `m` does not exist.", "type": "NotFoundError"}}
    httpserver.expect_request(CHAT).respond_with_json(said, status=404)
    failed = await outcome(served(address(httpserver)))
    assert "does not exist; the closest that it lists: mm" in str(failed)


@pytest.mark.parametrize("body", [[], {}, None, {"data": None}, {"data": []}, {"error": "no"}])
async def test_a_server_with_an_empty_list_is_taken_at_the_users_word(httpserver, body):
    httpserver.expect_request("/v1/models").respond_with_json(body)
    httpserver.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    teacher = served(address(httpserver))
    assert await outcome(teacher) == FINE
    assert teacher.limits.warning == ""


@pytest.mark.parametrize("name", ["org/model:free@x", "my model (q4) #2", "[x] 通义/千问"])
async def test_any_name_is_asked_for_as_it_was_typed(httpserver, name):
    httpserver.expect_request("/v1/models").respond_with_json({"data": [{"id": name}]})
    httpserver.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    teacher = unnamed(f"{address(httpserver)}#{name}")
    assert await outcome(teacher) == FINE
    assert posted(httpserver)[0]["model"] == name
    assert teacher.name.endswith(f"#{name}")


# A model that is not named


@pytest.mark.parametrize(
    "cards",
    [
        [{"id": "text-embedding-nomic-embed-text-v1.5"}, {"id": "chat"}],
        [{"id": "chat"}, {"id": "BAAI/bge-reranker-v2-m3"}, {"id": "whisper-1"}, {"id": "tts-1"}],
        [{"id": "x", "type": "embedding"}, {"id": "chat", "type": "chat"}],
        [{"id": "x", "capabilities": {"completion_chat": False}}, {"id": "chat"}],
        [{"id": "x", "architecture": {"output_modalities": ["image"]}}, {"id": "chat"}],
    ],
)
async def test_the_only_model_that_writes_text_is_taken(httpserver, cards):
    httpserver.expect_request("/v1/models").respond_with_json({"data": cards})
    teacher = unnamed(address(httpserver))
    await teacher.prepare()
    await teacher.aclose()
    assert teacher.name.endswith("#chat")


async def test_several_models_are_shown_to_choose_from(httpserver):
    cards = [{"id": "qwen3"}, {"id": "bge-m3"}, {"id": "gemma3"}]
    httpserver.expect_request("/v1/models").respond_with_json({"data": cards})
    url = address(httpserver)
    with pytest.raises(TeacherError) as failed:
        await unnamed(url).prepare()
    assert str(failed.value) == (
        f"{url}/v1 has 2 models; name one: vllm-server:{url}#MODEL (qwen3, gemma3)"
    )


async def test_of_very_many_models_some_are_shown(httpserver):
    cards = [{"id": f"m{at}"} for at in range(300)]
    httpserver.expect_request("/v1/models").respond_with_json({"data": cards})
    with pytest.raises(TeacherError, match=r"has 300 models.*\(m0, m1, .*m11 and 288 more\)$"):
        await unnamed(address(httpserver)).prepare()


async def test_a_model_for_vectors_is_never_chosen(httpserver):
    httpserver.expect_request("/v1/models").respond_with_json({"data": [{"id": "bge-m3"}]})
    with pytest.raises(TeacherError, match=r"no model that writes text; name one.*\(bge-m3\)"):
        await unnamed(address(httpserver)).prepare()


async def test_a_server_without_a_list_asks_for_a_name(httpserver):
    httpserver.expect_request("/v1/models").respond_with_data("no", status=404, headers=NOW)
    with pytest.raises(TeacherError, match=r"keeps no list of models \(404\).*#MODEL"):
        await unnamed(address(httpserver)).prepare()


@pytest.mark.parametrize(
    "body",
    [
        [{"id": "m", "type": "chat", "context_length": 32768}],
        {"models": [{"name": "m", "context_length": 32768}]},
        {"data": [{"id": "m", "context_window": 32768}]},
        {"data": [{"id": "m", "max_context_length": 32768}]},
        {"data": [{"id": "m", "meta": {"n_ctx": 32768}}]},
    ],
)
async def test_a_list_and_a_window_are_read_by_the_names_that_servers_give_them(httpserver, body):
    httpserver.expect_request("/v1/models").respond_with_json(body)
    teacher = unnamed(address(httpserver))
    await teacher.prepare()
    await teacher.aclose()
    assert teacher.name.endswith("#m")
    assert teacher.window is not None and 30_000 < teacher.window < 32768


@pytest.mark.parametrize("odd", [5, ["m"], None, {"a": 1}])
async def test_a_model_whose_name_is_no_text_is_passed_over(httpserver, odd):
    cards = [{"id": odd}, "m", 5, {"id": "real"}]
    httpserver.expect_request("/v1/models").respond_with_json({"data": cards})
    teacher = unnamed(address(httpserver))
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


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 501])
async def test_a_server_that_keeps_no_list_is_taken_at_the_users_word(httpserver, status):
    httpserver.expect_request("/v1/models").respond_with_data("no", status=status, headers=NOW)
    httpserver.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    assert await outcome(served(address(httpserver))) == FINE


async def test_a_server_with_no_model_asks_for_a_name(httpserver):
    httpserver.expect_request("/v1/models").respond_with_json({"object": "list", "data": []})
    teacher = unnamed(address(httpserver))
    with pytest.raises(TeacherError, match=r"lists no model; name one: vllm-server:http.*#MODEL"):
        await teacher.prepare()


async def test_a_web_page_is_no_server(httpserver):
    httpserver.expect_request("/v1/models").respond_with_data("<html>", content_type="text/html")
    teacher = unnamed(address(httpserver))
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
