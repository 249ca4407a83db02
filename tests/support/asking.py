"""How the tests put questions to a teacher."""

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
    return vllm_server_teacher(
        TeacherContext(f"{url}#m", sampling or GenerationOptions(), **options)
    )


def address(server: HTTPServer) -> str:
    """The URL of a server, without a path."""
    return server.url_for("").rstrip("/")


def posted(server: HTTPServer, path: str = CHAT) -> list[dict[str, Any]]:
    """What was posted to the route, in order."""
    return [json.loads(request.data) for request, _ in server.log if request.path == path]


def ask(prose: str = PROSE, count: int = 1) -> PairRequest:
    return PairRequest(prose=prose, strategy="extraction", count=count)


async def outcomes(teacher: Teacher, asks: Sequence[PairRequest]) -> list[Reply | TeacherError]:
    """What became of each ask, in the order of the asks."""
    found: dict[int, Reply | TeacherError] = {}
    async with aclosing(teacher.answer(asks)) as answered:
        async for result in answered:
            assert result.index not in found
            found[result.index] = result.outcome
    return [found[index] for index in range(len(asks))]


async def outcome(teacher: Teacher, request: PairRequest | None = None) -> Reply | TeacherError:
    """What became of one ask, of a teacher that is prepared here and closed."""
    try:
        await teacher.prepare()
        return (await outcomes(teacher, [request or ask()]))[0]
    finally:
        await teacher.aclose()
