"""Town pairs: prose about invented towns, the pairs about them, and a server that writes these."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

from support.http_servers import chat_completion, pairs_json
from werkzeug import Request, Response

DLM = Path(sys.executable).with_name("dlm")
"""The command as it is installed beside this interpreter."""
HEAD = "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: smollm2-135m\n---\n"


def town(number: int) -> str:
    return f"The town of Ville{number} has {number + 10} mills and a bridge from {number + 1500}."


def pairs_about(number: int) -> list[tuple[str, str, str]]:
    return [
        (
            f"How many mills does Ville{number} have?",
            f"Ville{number} has {number + 10} mills.",
            town(number),
        ),
        (f"When was the bridge of Ville{number} built?", f"In {number + 1500}.", town(number)),
    ]


class Town(Response):
    """A reply about the town that the prompt is about."""

    def __init__(self, prompt: str) -> None:
        number = int(re.search(r"Ville(\d+) has", prompt)[1])
        reply = chat_completion(pairs_json(*pairs_about(number)))
        super().__init__(json.dumps(reply), content_type="application/json")


def same_pair_twice(prompt: str) -> Response:
    """Return a reply with a pair about the first town, and the same in other words."""
    question, answer, evidence = pairs_about(1)[0]
    again = question.replace("How many", "Then how many")
    reply = chat_completion(pairs_json((question, answer, evidence), (again, answer, evidence)))
    return Response(json.dumps(reply), content_type="application/json")


class TeacherServer:
    """What the tests know of the server: its selector, what it was asked, and how it answers."""

    def __init__(self, httpserver) -> None:
        self.selector = f"vllm-server:{httpserver.url_for('').rstrip('/')}#towns"
        self.asked: list[str] = []
        self.answer: Callable[[str], Response] = Town
        models = {"object": "list", "data": [{"id": "towns", "object": "model"}]}
        httpserver.expect_request("/v1/models").respond_with_json(models)
        httpserver.expect_request("/v1/chat/completions").respond_with_handler(self._serve)

    def _serve(self, request: Request) -> Response:
        prompt = request.json["messages"][-1]["content"]
        self.asked.append(prompt)
        return self.answer(prompt)


def plain(teacher: TeacherServer) -> list[str]:
    """The flags for a run without a judge."""
    return ["--teacher", teacher.selector, "--filter", "dedup-only", "--per-section", "2"]
