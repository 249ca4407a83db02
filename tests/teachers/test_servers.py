"""Servers: each of those that docs/teachers.md names, as a fake with its own words.

llama.cpp runs for real in test_openai_chat.py, Azure OpenAI has test_azure_openai.py.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.http_servers import chat_completion
from support.teacher_calls import FINE, address, outcome, posted

from dlm_lsp.teachers.api_keys import KEYED_HOSTS
from dlm_lsp.teachers.openai_address import vllm_server
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.registry import select


@dataclass(frozen=True)
class Server:
    """What a server lists and how it refuses a model; `model` is empty where none is named."""

    typed: str
    base: str
    listed: Any
    model: str
    status: int
    refusal: Any
    words: str


def _listed(*ids: str, **more: Any) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": each, "object": "model", **more} for each in ids]}


def _error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, **more}}


SERVERS = {
    "Ollama": Server(
        "",
        "/v1",
        _listed("nomic-embed-text:latest", "qwen3:latest", owned_by="library"),
        "qwen3",
        404,
        _error('model "qwen3" not found, try pulling it first', code=None),
        'model "qwen3" not found, try pulling it first',
    ),
    "LM Studio": Server(
        "",
        "/v1",
        _listed("text-embedding-nomic-embed-text-v1.5", "qwen2.5-7b-instruct"),
        "",
        400,
        _error('Invalid model identifier "x". Please specify a valid downloaded model'),
        "Please specify a valid downloaded model",
    ),
    "vLLM": Server(
        "/v1",
        "/v1",
        _listed("Qwen/Qwen3-8B", max_model_len=40960, owned_by="vllm"),
        "",
        404,
        {"object": "error", "message": "The model `x` does not exist.", "code": 404},
        "The model `x` does not exist",
    ),
    "SGLang": Server(
        "/v1/chat/completions",
        "/v1",
        _listed("Qwen/Qwen3-8B", max_model_len=40960, owned_by="sglang"),
        "",
        400,
        {"object": "error", "message": "Requested model is not served", "code": 400},
        "Requested model is not served",
    ),
    "TGI": Server(
        "",
        "/v1",
        _listed("HuggingFaceH4/zephyr-7b-beta", created=0, owned_by="HuggingFaceH4"),
        "",
        422,
        {"error": "Template error: unknown", "error_type": "template_error"},
        "Template error: unknown",
    ),
    "OpenRouter": Server(
        "/api/v1",
        "/api/v1",
        {"data": [{"id": "qwen/qwen3-8b", "context_length": 40960}]},
        "qwen/qwen3-8b:nitro",
        404,
        {"error": {"message": "No endpoints found for qwen/qwen3-8b:nitro.", "code": 404}},
        "No endpoints found for qwen/qwen3-8b:nitro",
    ),
    "Groq": Server(
        "/openai/v1",
        "/openai/v1",
        _listed("whisper-large-v3", "llama-3.1-8b-instant", context_window=131072),
        "llama-3.1-8b-instant",
        404,
        _error("The model `x` does not exist or you do not have access to it."),
        "does not exist or you do not have access to it",
    ),
    "Gemini": Server(
        "/v1beta/openai/",
        "/v1beta/openai",
        _listed("models/embedding-001", "models/gemini-2.5-flash", owned_by="google"),
        "gemini-2.5-flash",
        404,
        [{"error": {"code": 404, "message": "models/x is not found", "status": "NOT_FOUND"}}],
        "models/x is not found",
    ),
    "Mistral": Server(
        "/v1",
        "/v1",
        _listed("mistral-small-latest", capabilities={"completion_chat": True}),
        "mistral-small-latest",
        400,
        {"object": "error", "message": "Invalid model: x", "type": "invalid_model", "code": "1500"},
        "Invalid model: x",
    ),
    "DeepSeek": Server(
        "/chat/completions",
        "",
        _listed("deepseek-chat", "deepseek-reasoner", owned_by="deepseek"),
        "deepseek-chat",
        400,
        _error("Model Not Exist", code="invalid_request_error"),
        "Model Not Exist",
    ),
}


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
@pytest.mark.parametrize("refuses", [False, True])
async def test_a_server_answers_or_refuses_in_its_own_words(httpserver, server, refuses):
    httpserver.expect_request(f"{server.base}/models").respond_with_json(server.listed)
    chat = httpserver.expect_request(f"{server.base}/chat/completions")
    if refuses:
        chat.respond_with_json(server.refusal, status=server.status)
    else:
        chat.respond_with_json(chat_completion("fine"))
    model = f"#{server.model}" if server.model else ""
    selector = f"vllm-server:{address(httpserver)}{server.typed}{model}"
    teacher = select(selector, GenerationOptions(), concurrency=1, timeout=5)
    came = await outcome(teacher)
    assert server.words in str(came) if refuses else came == FINE
    assert teacher.limits.warning == ""
    sent = posted(httpserver, f"{server.base}/chat/completions")[0]["model"]
    assert sent == server.model or sent in str(server.listed)


ROW = re.compile(r"^\| (.+) \| `vllm-server:(.+)` \| (.+) \| (.+) \|$", re.MULTILINE)
PAGE = Path(__file__).parents[2] / "docs" / "teachers.md"


def test_the_page_tells_of_each_server_what_was_tried_and_its_key():
    rows = {name: rest for name, *rest in ROW.findall(PAGE.read_text("utf-8"))}
    assert set(rows) == {*SERVERS, "llama.cpp", "Azure OpenAI"}
    for name, (typed, key, tried) in rows.items():
        endpoint, _ = vllm_server(typed)
        assert tried == ("real server" if name == "llama.cpp" else "fake server with its words")
        variables = {row.variable for row in KEYED_HOSTS if endpoint.host.endswith(row.host)}
        assert variables == set(re.findall(r"\w+_API_KEY", key)) - {"VLLM_API_KEY"}


def test_the_page_names_every_host_that_has_a_key_of_its_own():
    page = PAGE.read_text("utf-8")
    for row in KEYED_HOSTS:
        assert f"`{row.variable}`" in page
        assert row.host in page or row.host.startswith("dashscope-")
