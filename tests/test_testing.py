"""Contract test: our teachers keep it, and an error names the promise that another breaks."""

import asyncio
import json
import sys

import pytest
from pytest_httpserver import HTTPServer
from support.http_servers import anthropic_message, chat_completion
from support.scripted_teacher import ScriptedTeacher
from support.teacher_calls import CHAT, NOW, address
from support.tiny_model import tiny_adapter, tiny_llama
from werkzeug import Request, Response

from dlm_lsp.teachers.protocol import GenerationOptions, TeacherLimits, TeacherResult
from dlm_lsp.teachers.registry import TEACHER_KINDS, find_kind, select
from dlm_lsp.testing import (
    ContractError,
    PairRequest,
    TeacherContext,
    check_kind,
    check_missing_package,
    check_teacher,
)

PAIR = '{"pairs": [{"question": "Q?", "answer": "A.", "evidence": "A."}]}'
VILLES = [
    PairRequest(f"The town of Ville{n} has {n + 10} mills.", "extraction", 1) for n in range(2)
]


@pytest.mark.parametrize("kind", TEACHER_KINDS, ids=lambda kind: kind.name)
def test_our_rows_are_in_order(kind):
    check_kind(kind)


def fails(request: Request) -> bool:
    return b"out of order" in request.data


@pytest.fixture
def chat_server(httpserver: HTTPServer) -> HTTPServer:
    """A server of the model `m` with the routes of OpenAI's API and of Anthropic's."""
    refusal = Response("no", 400, headers=NOW)

    def complete(request: Request) -> Response:
        return refusal if fails(request) else json_response(chat_completion(PAIR))

    def message(request: Request) -> Response:
        return refusal if fails(request) else json_response(anthropic_message(PAIR))

    card = {"id": "m", "type": "model", "display_name": "M", "max_input_tokens": 200_000}
    httpserver.expect_request("/v1/models").respond_with_json({"data": [{"id": "m"}]})
    httpserver.expect_request("/v1/models/m").respond_with_json(card)
    httpserver.expect_request(CHAT).respond_with_handler(complete)
    httpserver.expect_request("/v1/messages").respond_with_handler(message)
    return httpserver


def json_response(body: object) -> Response:
    return Response(json.dumps(body), content_type="application/json")


@pytest.mark.parametrize(
    ("selector", "key", "base_url", "path"),
    [
        ("vllm-server:{url}", "VLLM_API_KEY", None, ""),
        ("openai:m", "OPENAI_API_KEY", "OPENAI_BASE_URL", "/v1"),
        ("anthropic:m", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", ""),
    ],
    ids=["vllm-server", "openai", "anthropic"],
)
async def test_a_teacher_behind_a_server_keeps_the_contract(
    chat_server, monkeypatch, selector, key, base_url, path
):
    url = address(chat_server)
    monkeypatch.setenv(key, "the-key")
    if base_url:
        monkeypatch.setenv(base_url, url + path)
    await check_teacher(
        lambda: select(selector.format(url=url), GenerationOptions(), concurrency=2, timeout=5),
        secrets=["the-key"],
        unanswerable=PairRequest("This is out of order.", "extraction", 1),
        needs_pairs=True,
    )


@pytest.mark.parametrize("chat", [False, True], ids=["base", "instruct"])
async def test_a_teacher_on_this_machine_keeps_the_contract(tmp_path, chat):
    model = tiny_llama(tmp_path, chat=chat)
    sampling = GenerationOptions(max_new_tokens=8)
    await check_teacher(lambda: select(f"hf:{model}", sampling, concurrency=1, timeout=60))


async def test_the_adapter_of_a_document_keeps_the_contract(tmp_path):
    base = tiny_llama(tmp_path / "base", chat=True)
    adapter = tiny_adapter(tmp_path / "adapter", base)
    sampling = GenerationOptions(max_new_tokens=8)
    await check_teacher(
        lambda: select(
            "self", sampling, concurrency=1, timeout=60, adapter=adapter, base_model=str(base)
        )
    )


@pytest.mark.parametrize("name", ["openai", "anthropic", "vllm-server"])
async def test_a_missing_client_is_told(monkeypatch, name):
    kind = find_kind(name)
    assert kind is not None
    monkeypatch.setitem(sys.modules, kind.import_name, None)
    target = "http://127.0.0.1:9" if name == "vllm-server" else "m"
    await check_missing_package(
        kind, TeacherContext(target, GenerationOptions(), concurrency=1, timeout=1)
    )


class Quoted(ScriptedTeacher):
    """Has a name that no marker holds."""

    def __init__(self):
        super().__init__()
        self.name = 'my "teacher"'


class Forgetful(ScriptedTeacher):
    """Answers no request but the first."""

    async def answer(self, requests):
        async for result in super().answer(requests[:1]):
            yield result


class Repetitive(ScriptedTeacher):
    """Answers each request twice."""

    async def answer(self, requests):
        async for result in super().answer(requests):
            yield result
            yield TeacherResult(result.index, result.outcome)


class Blind(ScriptedTeacher):
    """Has one fingerprint for all requests."""

    def fingerprint(self, request):
        return "the same"


class Lingering(ScriptedTeacher):
    """Leaves a task behind."""

    async def answer(self, requests):
        self.task = asyncio.create_task(asyncio.sleep(5))
        async for result in super().answer(requests):
            yield result


class Useless(ScriptedTeacher):
    """Writes nothing at all."""

    limits = TeacherLimits(dict.fromkeys(("extraction", "expansion"), "it is tired"))


class Unreasonable(ScriptedTeacher):
    """Refuses a strategy and does not say why."""

    limits = TeacherLimits({"expansion": ""})


class Moody(ScriptedTeacher):
    """Has other limits each time it is prepared."""

    limits = TeacherLimits()

    async def prepare(self):
        self.limits = TeacherLimits(warning=f"{self.limits.warning}!")


@pytest.mark.parametrize(
    ("teacher", "broken"),
    [
        (Useless, "refuses every strategy"),
        (Unreasonable, "without a reason"),
        (Moody, "preparing again changes"),
        (Quoted, "does not fit into a marker"),
        (Forgetful, r"2 requests have answers for \[0\]"),
        (Repetitive, "answered twice"),
        (Blind, "have one fingerprint"),
        (Lingering, "still run after"),
    ],
)
async def test_a_broken_promise_is_named(teacher, broken):
    with pytest.raises(ContractError, match=broken):
        await check_teacher(teacher, requests=VILLES)


class OfOneStrategy(ScriptedTeacher):
    """Writes no expansion, and answers with an error where it is asked for one."""

    limits = TeacherLimits({"expansion": "it has no imagination"}, "it is small")

    async def answer(self, requests):
        async for result in super().answer(requests):
            assert requests[result.index].strategy == "extraction"
            yield result


async def test_a_teacher_is_not_asked_for_what_it_says_that_it_does_not_write():
    beyond = PairRequest(VILLES[0].prose, "expansion", 1)
    await check_teacher(OfOneStrategy, requests=[*VILLES, beyond], needs_pairs=True)
    with pytest.raises(ContractError, match="two different requests by what"):
        await check_teacher(OfOneStrategy, requests=[VILLES[0], beyond])


async def test_a_scripted_teacher_keeps_the_contract():
    await check_teacher(ScriptedTeacher, requests=VILLES, needs_pairs=True)
