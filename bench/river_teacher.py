"""River teacher: documents about invented rivers, and an HTTP server that writes pairs about them.

Names and answers are so unlike each other that no rule takes two pairs for the same.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

MODEL = "rivers"
PAIRS_PER_SECTION = 3
HEAD = "---\ndlm_id: 01K7XWBENCHS10WSERV1N3V5Z7\nbase_model: smollm2-135m\n---\n"
_PAIRS = (
    ("How long is {}?", "As long as the road to"),
    ("Where does {} end?", "In the bay of"),
    ("Who has mapped {}?", "A captain whose name was"),
)


def river_document(sections: int) -> str:
    """Return a document with a sentence about a river in each section."""
    return HEAD + "\n::prose::\n".join(map(river_section, range(sections)))


def river_section(number: int) -> str:
    """Return a sentence about a river of its own."""
    return f"The river {_name(number)} is {number + 100} miles long."


class TeacherRequest(BaseHTTPRequestHandler):
    """A request; a subclass may answer otherwise than with a whole completion."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True

    def do_GET(self) -> None:
        """Name the one model."""
        self.send_json({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    def do_POST(self) -> None:
        """Answer a request."""
        self.answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def answer(self, request: dict[str, Any]) -> None:
        """Answer a request for a completion."""
        self.send_json(completion(reply_to(request)))

    def send_json(self, payload: object, status: int = 200) -> None:
        """Send a whole answer."""
        self.send_whole(json.dumps(payload).encode(), status)

    def send_whole(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Send a body with its length; an underscore in a header's name stands for a hyphen."""
        self.send_response(status)
        for name, value in {"content_type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def reply_to(request: dict[str, Any]) -> str:
    """Return three pairs about the river in the prompt.

    The reference asks for a plain list, we for an object by a schema.
    """
    prompt = request["messages"][-1]["content"]
    [(name, length)] = re.findall(r"The river (.+) is (\d+) miles long", prompt)
    pairs = [
        {"question": asked.format(name), "answer": f"{answer} {_name(-int(length) - at)}."}
        for at, (asked, answer) in enumerate(_PAIRS)
    ]
    by_schema = {"pairs": [pair | {"evidence": f"{length} miles long"} for pair in pairs]}
    return json.dumps(by_schema if "response_format" in request else pairs)


def completion(content: object) -> dict[str, Any]:
    """Return a whole chat completion."""
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": content},
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 30, "total_tokens": 130},
    }


@contextmanager
def teacher_server(handler: Callable[..., TeacherRequest]) -> Iterator[str]:
    """Serve; yield the address."""
    server = _Server(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _name(number: int) -> str:
    chance = random.Random(number)
    return " ".join("".join(chance.choices("aeioklmnrst", k=9)) for _ in range(3))


class _Server(ThreadingHTTPServer):
    # The default of five lets the kernel turn away the sixth of eight clients for a second.
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that was killed."""
