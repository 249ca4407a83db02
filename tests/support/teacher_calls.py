"""Teacher calls: a teacher behind a server of the tests, and its requests and replies."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from pytest_httpserver import HTTPServer

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.openai_chat import OpenAiTeacher, vllm_server_teacher
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest, Reply, Teacher

PROSE = "Oslo is the capital of Norway. The city lies at the head of the Oslofjord."
CHAT = "/v1/chat/completions"
FINE = Reply(text="fine", tokens_in=11, tokens_out=7)
NOW = {"retry-after-ms": "1"}


def served(url: str, sampling: GenerationOptions | None = None, **options: Any) -> OpenAiTeacher:
    """The model `m` behind a server of the tests."""
    options = {"concurrency": 4, "timeout": 5.0, **options}
    context = TeacherContext(f"{url}#m", sampling or GenerationOptions(), **options)
    return vllm_server_teacher(context)


def address(server: HTTPServer) -> str:
    """The URL of a server, without a path."""
    return server.url_for("").rstrip("/")


def posted(server: HTTPServer, path: str = CHAT) -> list[dict[str, Any]]:
    """What was posted to the route, in order."""
    return [json.loads(request.data) for request, _ in server.log if request.path == path]


def request_for(prose: str = PROSE, count: int = 1) -> PairRequest:
    return PairRequest(prose=prose, strategy="extraction", count=count)


async def outcomes(teacher: Teacher, requests: Sequence[PairRequest]) -> list[Reply | TeacherError]:
    """What became of each request, in their order."""
    outcome_of: dict[int, Reply | TeacherError] = {}
    async with aclosing(teacher.answer(requests)) as results:
        async for result in results:
            assert result.index not in outcome_of
            outcome_of[result.index] = result.outcome
    return [outcome_of[index] for index in range(len(requests))]


async def outcome(teacher: Teacher, request: PairRequest | None = None) -> Reply | TeacherError:
    """What became of one request, of a teacher that is prepared here and closed."""
    try:
        await teacher.prepare()
        return (await outcomes(teacher, [request or request_for()]))[0]
    finally:
        await teacher.aclose()
