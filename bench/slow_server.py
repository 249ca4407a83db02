"""Slow server benchmark: 50 sections against a server that answers each request in 0.2 s."""

import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

from bench.figure import Figure
from bench.reference import reference_python

SECTIONS = 50
DELAY = 0.2
DEFAULT = 8
CONCURRENCIES = (DEFAULT, 32)
MODEL = "slow"


def measure() -> list[Figure]:
    """Run `dlm synth instructions` of both packages, from the shell to the staged plan."""
    with _server() as url:
        reference = _seconds(reference_python().with_name("dlm"), url)
        figures = []
        for concurrency in CONCURRENCIES:
            arguments = [] if concurrency == DEFAULT else ["--concurrency", str(concurrency)]
            runs = [_seconds(Path(sys.executable).with_name("dlm"), url, arguments) for _ in "abc"]
            ours = statistics.median(runs)
            what = f"{SECTIONS} sections, a server that answers in {DELAY} s, {concurrency} at once"
            asked = "at most 1/8"
            figures.append(Figure(what, "s", ours, reference, asked, met=ours * 8 <= reference))
    return figures


def _seconds(dlm: Path, url: str, arguments: Sequence[str] = ()) -> float:
    """Return the wall time of one run on a fresh document and store.

    Raises:
        SystemExit: the run failed, or did not find the three pairs of every section.
    """
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "fifty.dlm"
        document.write_text(_document(), encoding="utf-8")
        command = [str(dlm), "synth", "instructions", str(document), "--filter", "dedup-only"]
        command += ["--teacher", f"vllm-server:{url}", *arguments]
        environment = os.environ | {"DLM_HOME": str(Path(folder) / "home")}
        start = time.perf_counter()
        done = subprocess.run(
            command,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - start
        pairs = next(Path(folder).rglob("pending.json"), None)
        if done.returncode or pairs is None:
            raise SystemExit(f"{' '.join(command)} failed: {done.stdout}{done.stderr}")
        found = len(json.loads(pairs.read_text(encoding="utf-8"))["sections"])
        if found != SECTIONS * len(_PAIRS):
            raise SystemExit(f"{' '.join(command)} staged only {found} pairs")
        return seconds


def _document() -> str:
    head = "---\ndlm_id: 01K7XWBENCHS10WSERV1N3V5Z7\nbase_model: smollm2-135m\n---\n"
    return head + "\n::prose::\n".join(
        f"The river {_name(n)} is {n + 100} miles long." for n in range(SECTIONS)
    )


def _name(number: int) -> str:
    """Return a name so unlike the others that no rule takes two pairs for the same."""
    chance = random.Random(number)
    return " ".join("".join(chance.choices("aeioklmnrst", k=9)) for _ in range(3))


# What is said about each river, so unlike that no rule takes two for the same.
_PAIRS = (
    ("How long is {}?", "As long as the road to"),
    ("Where does {} end?", "In the bay of"),
    ("Who has mapped {}?", "A captain whose name was"),
)


class _Slow(BaseHTTPRequestHandler):
    """Names one model, and gives three pairs about the river in the prompt, after a while."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True

    def do_GET(self) -> None:
        self._send({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        time.sleep(DELAY)
        prompt = request["messages"][-1]["content"]
        [(name, length)] = re.findall(r"The river (.+) is (\d+) miles long", prompt)
        pairs = [
            {"question": asked.format(name), "answer": f"{answer} {_name(-int(length) - at)}."}
            for at, (asked, answer) in enumerate(_PAIRS)
        ]
        # The reference asks for a plain list, we for an object by a schema.
        by_schema = {"pairs": [pair | {"evidence": f"{length} miles long"} for pair in pairs]}
        reply = json.dumps(by_schema if "response_format" in request else pairs)
        self._send(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 0,
                "model": MODEL,
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": reply},
                    }
                ],
                "usage": {"prompt_tokens": 100, "completion_tokens": 30, "total_tokens": 130},
            }
        )

    def _send(self, payload: dict[str, Any]) -> None:
        body = json.dumps(payload).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    # The default of five lets the kernel turn away the sixth of eight clients for a second.
    request_queue_size = 128


@contextmanager
def _server() -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), _Slow)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    print(*measure(), sep="\n")
