"""Batch providers: OpenAI and Anthropic as far as batches need them, over HTTP, with all they hold.

What becomes of each request of a batch is said by `outcome` when the test lets the batch end.
"""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_httpserver import HTTPServer
from support.http_servers import anthropic_message, chat_completion, pairs_json
from support.teacher_server import pairs_about
from support.verdict_server import answers_in, scored, verdicts
from werkzeug import Request, Response

KEY = "the-key-of-the-account"
Outcome = Callable[[str], str]
"""What becomes of the request with this prompt: answered, errored, expired, canceled or missing."""


def answered(_: str) -> str:
    return "answered"


@dataclass
class Batch:
    """A batch as its provider holds it; `requests` are bodies by custom id."""

    id: str
    requests: dict[str, dict[str, Any]]
    metadata: dict[str, str] = field(default_factory=dict)
    status: str = "in_progress"
    results: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    detail: str = ""

    @property
    def prompts(self) -> list[str]:
        return [prompt_of(body) for body in self.requests.values()]


def prompt_of(body: dict[str, Any]) -> str:
    return body["messages"][-1]["content"]


class BatchServer:
    """A provider with one account; `reply` says what its model writes to a prompt."""

    key_variable: str
    selector: str
    host_variable: str

    def __init__(self, httpserver: HTTPServer) -> None:
        self.url = httpserver.url_for("").rstrip("/")
        self.asked: list[str] = []
        self.batches: dict[str, Batch] = {}
        self.reply: Callable[[str], str] = write_pairs
        self.refuse_live: Callable[[dict[str, Any]], str] = lambda body: ""
        self.on_create: Callable[[], Response | None] = lambda: None
        self.listed = True
        self.page = 2
        self.offers_batches = True
        httpserver.expect_request(re.compile(".*")).respond_with_handler(self._serve)

    @property
    def env(self) -> dict[str, str]:
        return {self.key_variable: KEY, self.host_variable: self.base}

    @property
    def base(self) -> str:
        return self.url

    @property
    def last(self) -> Batch:
        return list(self.batches.values())[-1]

    def sent(self) -> list[str]:
        """Every prompt that went into a batch."""
        return [prompt for batch in self.batches.values() for prompt in batch.prompts]

    def _serve(self, request: Request) -> Response:
        sent_key = request.headers.get("x-api-key") or request.headers.get("authorization", "")
        if sent_key.removeprefix("Bearer ") not in self.keys:
            return error(401, f"Incorrect API key provided: {sent_key}")
        if not self.offers_batches and ("batches" in request.path or "files" in request.path):
            return error(404, "Not Found")
        try:
            return self.route(request)
        except KeyError as missing:
            return error(404, f"No such thing: {missing}")

    keys = frozenset((KEY,))

    def route(self, request: Request) -> Response:
        raise NotImplementedError

    def live(self, body: dict[str, Any], answer: Callable[[dict[str, Any]], Any]) -> Response:
        if words := self.refuse_live(body):
            return error(400, words)
        self.asked.append(prompt_of(body))
        return ok(answer(body))


class OpenAiServer(BatchServer):
    key_variable = "OPENAI_API_KEY"
    host_variable = "OPENAI_BASE_URL"
    selector = "openai:m"

    def __init__(self, httpserver: HTTPServer) -> None:
        super().__init__(httpserver)
        self.files: dict[str, bytes] = {}
        self.tells_likelihoods = True

    @property
    def base(self) -> str:
        return f"{self.url}/v1"

    def route(self, request: Request) -> Response:
        path = request.path.removeprefix("/v1")
        match request.method, path.strip("/").split("/"):
            case "GET", ["models", "m"]:
                return ok({"id": "m", "object": "model"})
            case "POST", ["chat", "completions"]:
                return self.live(request.json, self.complete)
            case "POST", ["files"]:
                assert request.form["purpose"] == "batch"
                return self._upload(request.files["file"].read())
            case "POST", ["batches"]:
                return self._create(request.json)
            case "GET", ["batches"]:
                return self._list(request.args.get("after"))
            case "GET", ["batches", batch_id]:
                return ok(self._shown(self.batches[batch_id]))
            case "GET", ["files", file_id, "content"]:
                return Response(self.files[file_id], content_type="application/octet-stream")
        raise KeyError(path)

    def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        prompt = prompt_of(body)
        if "logprobs" in body and self.tells_likelihoods:
            return scored({"Yes": 0.9, "No": 0.1})
        return chat_completion(self.reply(prompt))

    def finish(self, outcome: Outcome = answered, status: str = "completed") -> None:
        """Let the last batch end; what is expired or canceled stands in the file of errors."""
        batch = self.last
        done: list[dict[str, Any]] = []
        failed: list[dict[str, Any]] = []
        for custom_id, body in batch.requests.items():
            line = {"id": f"batch_req_{custom_id}", "custom_id": custom_id, "error": None}
            match outcome(prompt_of(body)):
                case "answered":
                    response = {"status_code": 200, "request_id": "r", "body": self.complete(body)}
                    done.append({**line, "response": response})
                case "errored":
                    words = {"error": {"message": "the prompt was flagged", "code": "x"}}
                    response = {"status_code": 400, "request_id": "r", "body": words}
                    failed.append({**line, "response": response})
                case "missing":
                    pass
                case kind:
                    words = f"This request was {kind} before it could be executed."
                    failed.append({**line, "error": {"code": f"batch_{kind}", "message": words}})
        for lines, name in ((done, "output"), (failed, "error")):
            random.Random(7).shuffle(lines)
            if lines:
                self.files[f"{batch.id}-{name}"] = jsonl(lines)
        batch.results, batch.errors, batch.status = done, failed, status

    def spoil_first_result(self, answer: Any) -> None:
        """Put something else in the place of the first answer."""
        first, *rest = self.last.results
        response = {**first["response"], "body": answer}
        self.files[f"{self.last.id}-output"] = jsonl([{**first, "response": response}, *rest])

    def fail(self, words: str) -> None:
        """Let the last batch fail at its validation."""
        self.last.status, self.last.detail = "failed", words

    def _upload(self, content: bytes) -> Response:
        file_id = f"file-{len(self.files)}"
        self.files[file_id] = content
        return ok({"id": file_id, "object": "file", "bytes": len(content), "purpose": "batch"})

    def _create(self, body: dict[str, Any]) -> Response:
        assert (body["endpoint"], body["completion_window"]) == ("/v1/chat/completions", "24h")
        lines = [json.loads(line) for line in self.files[body["input_file_id"]].splitlines()]
        assert {(line["method"], line["url"]) for line in lines} == {("POST", body["endpoint"])}
        batch_id = f"batch_{len(self.batches)}"
        refusal = self.on_create()
        if refusal is not None and refusal.status_code < 500:
            return refusal
        requests = {line["custom_id"]: line["body"] for line in lines}
        assert len(requests) == len(lines)
        self.batches[batch_id] = Batch(batch_id, requests, body["metadata"])
        return refusal or ok(self._shown(self.batches[batch_id]))

    def _list(self, after: str | None) -> Response:
        newest = list(reversed(self.batches.values())) if self.listed else []
        at = next((at + 1 for at, batch in enumerate(newest) if batch.id == after), 0)
        page = newest[at : at + self.page]
        return ok(
            {
                "object": "list",
                "data": [self._shown(batch) for batch in page],
                "has_more": at + self.page < len(newest),
            }
        )

    def _shown(self, batch: Batch) -> dict[str, Any]:
        created = int(batch.created.timestamp())
        output, errors = (
            name if (name := f"{batch.id}-{kind}") in self.files else None
            for kind in ("output", "error")
        )
        return {
            "id": batch.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "input_file_id": "file-0",
            "completion_window": "24h",
            "status": batch.status,
            "created_at": created,
            "expires_at": created + 24 * 3600,
            "metadata": batch.metadata,
            "output_file_id": output,
            "error_file_id": errors,
            "errors": {"object": "list", "data": [{"code": "x", "message": batch.detail}]}
            if batch.detail
            else None,
            "request_counts": {
                "total": len(batch.requests),
                "completed": len(batch.results),
                "failed": len(batch.errors),
            },
        }


class AnthropicServer(BatchServer):
    key_variable = "ANTHROPIC_API_KEY"
    host_variable = "ANTHROPIC_BASE_URL"
    selector = "anthropic:m"

    def route(self, request: Request) -> Response:
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["v1", "models", "m"]:
                return ok({"id": "m", "type": "model", "display_name": "m", "created_at": NOW})
            case "POST", ["v1", "messages"]:
                return self.live(request.json, self.complete)
            case "POST", ["v1", "messages", "batches"]:
                return self._create(request.json["requests"])
            case "GET", ["v1", "messages", "batches"]:
                return self._list(request.args.get("after_id"))
            case "GET", ["v1", "messages", "batches", batch_id]:
                return ok(self._shown(self.batches[batch_id]))
            case "GET", ["v1", "messages", "batches", batch_id, "results"]:
                return Response(jsonl(self.batches[batch_id].results), content_type="text/plain")
        raise KeyError(request.path)

    def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        return anthropic_message(self.reply(prompt_of(body)))

    def finish(self, outcome: Outcome = answered, status: str = "ended") -> None:
        """Let the last batch end."""
        batch = self.last
        lines = []
        for custom_id, body in batch.requests.items():
            result: dict[str, Any]
            match outcome(prompt_of(body)):
                case "answered":
                    result = {"type": "succeeded", "message": self.complete(body)}
                case "errored":
                    words = {"type": "invalid_request_error", "message": "the prompt was flagged"}
                    result = {"type": "errored", "error": {"type": "error", "error": words}}
                case "missing":
                    continue
                case kind:
                    result = {"type": kind}
            lines.append({"custom_id": custom_id, "result": result})
        random.Random(7).shuffle(lines)
        batch.results, batch.status = lines, status

    def spoil_first_result(self, answer: Any) -> None:
        """Put something else in the place of the first answer."""
        self.last.results[0]["result"]["message"] = answer

    def _create(self, lines: list[dict[str, Any]]) -> Response:
        refusal = self.on_create()
        if refusal is not None and refusal.status_code < 500:
            return refusal
        requests = {line["custom_id"]: line["params"] for line in lines}
        assert len(requests) == len(lines)
        assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", custom_id) for custom_id in requests)
        batch_id = f"msgbatch_{len(self.batches)}"
        self.batches[batch_id] = Batch(batch_id, requests)
        return refusal or ok(self._shown(self.batches[batch_id]))

    def _list(self, after: str | None) -> Response:
        newest = list(reversed(self.batches.values())) if self.listed else []
        at = next((at + 1 for at, batch in enumerate(newest) if batch.id == after), 0)
        page = newest[at : at + self.page]
        return ok(
            {
                "data": [self._shown(batch) for batch in page],
                "has_more": at + self.page < len(newest),
                "first_id": page[0].id if page else None,
                "last_id": page[-1].id if page else None,
            }
        )

    def _shown(self, batch: Batch) -> dict[str, Any]:
        ended = batch.status == "ended"
        kinds = [line["result"]["type"] for line in batch.results]
        counts = {
            kind: kinds.count(kind) for kind in ("succeeded", "errored", "expired", "canceled")
        }
        return {
            "id": batch.id,
            "type": "message_batch",
            "processing_status": batch.status,
            "request_counts": {**counts, "processing": len(batch.requests) - len(kinds)},
            "created_at": batch.created.isoformat(),
            "expires_at": (batch.created + timedelta(days=1)).isoformat(),
            "ended_at": NOW if ended else None,
            "archived_at": None,
            "cancel_initiated_at": None,
            # Elsewhere: the key must not go there.
            "results_url": "http://elsewhere.invalid/results" if ended else None,
        }


NOW = "2026-01-01T00:00:00Z"


def write_pairs(prompt: str) -> str:
    """What a model writes that is always right: pairs about the town, or a yes to each answer."""
    if answers := answers_in(prompt):
        return verdicts(*[True] * len(answers))
    return pairs_json(*pairs_about(town_in(prompt)))


def town_in(prompt: str) -> int:
    """The number of the town that a prompt is about."""
    return int(re.search(r"Ville(\d+) has", prompt)[1])


def jsonl(lines: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def ok(value: Any) -> Response:
    return Response(json.dumps(value), content_type="application/json")


def error(status: int, words: str) -> Response:
    body = {"type": "error", "error": {"type": "invalid_request_error", "message": words}}
    return Response(json.dumps(body), status=status, content_type="application/json")
