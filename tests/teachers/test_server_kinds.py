import json
from typing import Any

import pytest
from support.http_servers import Answer, Request, WireServer, chat_completion, pairs_json
from support.server_kinds import KINDS, PAIRS, ServerKind, complain, error, without
from support.teacher_calls import outcome, outcomes, request_for, served

from dlm_lsp.errors import TeacherError
from dlm_lsp.synth.parse_reply import parse_reply
from dlm_lsp.teachers.protocol import GenerationOptions, Reply


def chats(server: WireServer) -> list[dict[str, Any]]:
    return [request.json for request in server.requests if request.method == "POST"]


def pairs_in(reply: Reply | TeacherError) -> list[tuple[str, str]]:
    assert isinstance(reply, Reply), reply
    return [(pair.question, pair.answer) for pair in parse_reply(reply.text).pairs]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_each_kind_of_server_gives_its_pairs_and_in_the_next_run_at_once(kind: ServerKind):
    async with WireServer(kind) as server:
        sampling = GenerationOptions(**kind.sampling)
        first = await outcome(served(server.url, sampling))
        assert pairs_in(first) == [(question, answer) for question, answer, _ in PAIRS]
        assert len(chats(server)) == kind.requests
        again = await outcome(served(server.url, sampling))
        assert pairs_in(again) == pairs_in(first)
        assert len(chats(server)) == kind.requests + 1


async def test_a_server_that_is_another_than_it_was_is_learned_anew():
    kinds = {kind.name: kind for kind in KINDS}
    async with WireServer(kinds["Mistral: names that it does not know"]) as server:
        await outcome(served(server.url))
        assert "max_tokens" in chats(server)[-1]
        refusal = error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        server.behave = ServerKind("new", (without("max_tokens", 400, refusal),))
        for _ in range(2):
            assert pairs_in(await outcome(served(server.url)))
            assert chats(server)[-1]["max_completion_tokens"] == 1024
        assert len(chats(server)) == 2 + 2 + 1


async def test_a_failure_that_names_what_is_refused_is_not_asked_again_by_the_client():
    [kind] = [kind for kind in KINDS if kind.name.startswith("llama.cpp: template")]
    async with WireServer(kind) as server:
        teacher = served(server.url, concurrency=3)
        await teacher.prepare()
        replies = await outcomes(teacher, [request_for(f"Prose {at}.") for at in range(3)])
        await teacher.aclose()
        assert all(pairs_in(reply) for reply in replies)
        assert len(chats(server)) <= 6


def test_the_table_has_the_servers_that_people_use():
    names = " ".join(kind.name for kind in KINDS)
    assert len(KINDS) >= 25
    for server in ("Ollama", "LM Studio", "llama.cpp", "vLLM", "SGLang", "TGI", "OpenRouter"):
        assert server in names


# What is no matter of the shape


@pytest.mark.parametrize(
    ("status", "body", "requests"),
    [
        # The client of the provider asks again four times where a server fails.
        (500, error("out of order"), 4),
        (502, "", 4),
        (503, "upstream connect error", 4),
        (404, error("The model `m` does not exist or you do not have access to it."), 1),
        (404, {"error": "model 'grammar-7b' not found, try pulling it first"}, 1),
        (400, error("This model's maximum context length is 400 tokens"), 1),
        (400, error("The prompt was filtered by the content management policy"), 1),
        (429, error("Rate limit reached: max_tokens at most 500"), 4),
        (402, error("fewer max_tokens, can only afford 300"), 1),
        # Once without the system role, once without a format, once without both.
        (500, "", 7),
        (400, "", 4),
    ],
)
async def test_another_failure_is_told_after_few_requests(status, body, requests):
    async def behave(request: Request) -> Answer:
        if request.method == "GET":
            return Answer({"data": [{"id": "m"}]})
        return complain(status, body)

    async with WireServer(behave) as server:
        teacher = served(server.url, timeout=20.0, concurrency=1)
        await teacher.prepare()
        try:
            [failed] = await outcomes(teacher, [request_for()])
        except TeacherError as rejected:
            failed = rejected
        await teacher.aclose()
        assert str(status) in str(failed)
        assert len(chats(server)) == requests
        formats = {json.dumps(sent.get("response_format")) for sent in chats(server)}
        assert len(formats) <= 2


async def test_a_failure_without_a_reason_changes_nothing_once_a_server_has_answered():
    replies = iter([Answer(chat_completion("fine")), complain(400, "")])

    async def behave(request: Request) -> Answer:
        return Answer({"data": [{"id": "m"}]}) if request.method == "GET" else next(replies)

    async with WireServer(behave) as server:
        teacher = served(server.url, concurrency=1)
        await teacher.prepare()
        fine, failed = await outcomes(teacher, [request_for(), request_for("Another.")])
        await teacher.aclose()
    assert isinstance(fine, Reply)
    assert isinstance(failed, TeacherError)


async def test_requests_at_once_share_what_one_of_them_found_without_a_reason():
    [kind] = [kind for kind in KINDS if kind.name.startswith("SGLang")]
    async with WireServer(kind) as server:
        teacher = served(server.url, concurrency=3)
        await teacher.prepare()
        replies = await outcomes(teacher, [request_for(f"Prose {at}.") for at in range(3)])
        await teacher.aclose()
        assert all(pairs_in(reply) for reply in replies)
        # Four tries each, one blind one, and the two that had waited for it.
        assert len(chats(server)) == 3 * 4 + 1 + 2


# Replies that are too short


def cut_at(tokens: int, *, unless: str = "nothing") -> ServerKind:
    """A server that cuts replies at so many tokens, unless a parameter is there."""

    def rule(sent: dict[str, Any]) -> Answer | None:
        if unless in sent:
            return None
        completion = chat_completion(pairs_json(*PAIRS)[:60], finish_reason="length")
        completion["usage"]["completion_tokens"] = tokens
        return Answer(completion)

    return ServerKind("cut", (rule,))


async def test_a_reply_that_both_limits_leave_short_is_kept_with_the_reason():
    async with WireServer(cut_at(100)) as server:
        teacher = served(server.url, concurrency=1)
        await teacher.prepare()
        first, second = await outcomes(teacher, [request_for(), request_for("Another.")])
        await teacher.aclose()
        assert ["max_tokens" in sent for sent in chats(server)] == [False, True, False]
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert "far below the limit of 1024 tokens" in first.note
    # What was asked in vain was paid for.
    assert (first.tokens_out, second.tokens_out) == (200, 100)


async def test_a_reply_that_ends_near_its_limit_is_not_asked_for_again():
    async with WireServer(cut_at(1000, unless="max_tokens")) as server:
        reply = await outcome(served(server.url))
        assert len(chats(server)) == 1
    assert isinstance(reply, Reply)
    assert reply.note == ""


async def test_requests_at_once_share_the_other_name_of_the_limit():
    async with WireServer(cut_at(100, unless="max_tokens")) as server:
        teacher = served(server.url, concurrency=3)
        await teacher.prepare()
        replies = await outcomes(teacher, [request_for(f"Prose {at}.") for at in range(3)])
        await teacher.aclose()
        assert all(len(pairs_in(reply)) == len(PAIRS) for reply in replies)
        assert len(chats(server)) == 6


async def test_a_lowered_limit_is_told_in_both_runs_and_with_a_cut_reply(caplog):
    [kind] = [kind for kind in KINDS if kind.name == "DashScope: a lower limit"]
    async with WireServer(kind) as server:
        for _ in range(2):
            caplog.clear()
            assert isinstance(await outcome(served(server.url)), Reply)
            assert chats(server)[-1]["max_completion_tokens"] == 512
            assert caplog.text.count("gives no more than 512 tokens a reply") == 1
        cut = chat_completion(pairs_json(*PAIRS)[:60], finish_reason="length")
        cut["usage"]["completion_tokens"] = 512

        async def behave(request: Request) -> Answer:
            return Answer({"data": [{"id": "m"}]}) if request.method == "GET" else Answer(cut)

        server.behave = behave
        reply = await outcome(served(server.url))
    assert isinstance(reply, Reply)
    assert reply.note == "the server gives no more than 512 tokens a reply"


# Prompts that are cut


def reads(prompt_tokens: int, cached: int = 0) -> ServerKind:
    """A server that says that it read so many tokens."""
    completion = chat_completion(pairs_json(*PAIRS))
    details = {"prompt_tokens_details": {"cached_tokens": cached}} if cached else {}
    completion["usage"] |= {"prompt_tokens": prompt_tokens, **details}
    return ServerKind("reads", (lambda sent: Answer(completion),))


LONG = "The ferry leaves the harbour of Holm at seven in the morning. " * 250


async def test_a_prompt_that_the_server_cut_is_a_failed_request():
    async with WireServer(reads(2048)) as server:
        failed = await outcome(served(server.url), request_for(LONG))
    assert isinstance(failed, TeacherError)
    assert "read 2048 tokens of a prompt that has more" in str(failed)
    assert "num_ctx" in str(failed)


@pytest.mark.parametrize("reports", [(4000, 0), (40, 0), (600, 3400), (0, 0)])
async def test_a_prompt_that_was_read_or_was_in_the_cache_is_none_that_was_cut(reports):
    async with WireServer(reads(*reports)) as server:
        assert isinstance(await outcome(served(server.url), request_for(LONG)), Reply)
