"""Replies: a teacher's server that fails in every way, and writes what nobody asked for."""

import gzip
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from bench.chaos.campaign import BrokenPromiseError, Scenario
from bench.chaos.json_change import change_part
from bench.chaos.workshop import Workshop, check_reverted, plain_run
from bench.river_teacher import TeacherRequest, completion, reply_to, teacher_server

SECTIONS = 5
MEMORY = 1 << 30
"""Bytes of memory that a run may take."""
STATUSES = (400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529)
HOSTILE = (
    "\r", "\r\n", "\n", "\u2028", "\x00", "\x1b[2J", "\ud83d", "::instruction::", "\n::prose::\n",
    "\n### Q\n", "\n### A\n", "<!-- dlm-auto-synth: -->", "-->", "---\n", "```", "\u202e", "\u200b",
    "{{{{", "<think>", "</think>", "[[[[", '"', "\\", "Q: ", "A: ", "\ufeff", "1. ",
)  # fmt: skip


class _Faulty(TeacherRequest):
    rng = random.Random()
    met: ClassVar[list[str]] = []

    def answer(self, request: dict[str, Any]) -> None:
        fault = self.rng.choice(FAULTS)
        self.met.append(fault.__name__.strip("_"))
        try:
            fault(self, request)
        except OSError:
            self.close_connection = True


def _none(handler: _Faulty, request: dict[str, Any]) -> None:
    handler.send_json(completion(reply_to(request)))


def _status(handler: _Faulty, request: dict[str, Any]) -> None:
    status = handler.rng.choice(STATUSES)
    body = json.dumps({"error": {"message": "no", "type": "x"}}).encode()
    handler.send_whole(body, status, retry_after=handler.rng.choice(["0", "0.1", "x", "-1"]))


def _page(handler: _Faulty, request: dict[str, Any]) -> None:
    handler.send_whole(b"<html>Login</html>", content_type="text/html")


def _bytes(handler: _Faulty, request: dict[str, Any]) -> None:
    handler.send_whole(handler.rng.randbytes(handler.rng.randrange(200)))


def _shape(handler: _Faulty, request: dict[str, Any]) -> None:
    handler.send_json(change_part(completion(reply_to(request)), handler.rng))


def _words(handler: _Faulty, request: dict[str, Any]) -> None:
    text = list(reply_to(request))
    for _ in range(handler.rng.randint(1, 6)):
        text.insert(handler.rng.randrange(len(text)), handler.rng.choice(HOSTILE))
    handler.send_json(completion("".join(text)))


def _pairs(handler: _Faulty, request: dict[str, Any]) -> None:
    reply = json.loads(reply_to(request))
    for pair in reply["pairs"] if isinstance(reply, dict) else reply:
        for key in pair:
            pair[key] += "".join(handler.rng.choices(HOSTILE, k=2)) * handler.rng.randrange(3)
    handler.send_json(completion(json.dumps(reply)))


def _cut(handler: _Faulty, request: dict[str, Any]) -> None:
    body = json.dumps(completion(reply_to(request))).encode()
    handler.send_response(200)
    handler.send_header("content-length", str(len(body) + 1))
    handler.end_headers()
    handler.wfile.write(body[: handler.rng.randrange(len(body))])
    handler.close_connection = True


def _reset(handler: _Faulty, request: dict[str, Any]) -> None:
    handler.close_connection = True


def _silence(handler: _Faulty, request: dict[str, Any]) -> None:
    time.sleep(3)
    handler.close_connection = True


def _endless(handler: _Faulty, request: dict[str, Any]) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.end_headers()
    blanks = b" " * (1 << 20)
    for _ in range(1 << 11):
        handler.wfile.write(blanks)
    handler.close_connection = True


def _bomb(handler: _Faulty, request: dict[str, Any]) -> None:
    handler.send_whole(BOMB, content_encoding="gzip")


def _deep(handler: _Faulty, request: dict[str, Any]) -> None:
    handler.send_json(completion("[" * 50_000 + '{"' * handler.rng.randrange(50_000)))


FAULTS: tuple[Callable[[Any, dict[str, Any]], None], ...] = (
    *(_none, _status, _page, _bytes, _shape, _words, _pairs, _words, _pairs),
    *(_cut, _reset, _silence, _endless, _bomb, _deep),
)
BOMB = gzip.compress(b" " * (1 << 30), 1)


def play(rng: random.Random, folder: Path) -> tuple[str, ...]:
    """Run against the faulty server, in little memory, and revert what came of it."""
    workshop = Workshop(folder, SECTIONS)
    _Faulty.rng, _Faulty.met = rng, []

    with teacher_server(_Faulty) as url:
        flags = (*plain_run(url), "--timeout", "2", "--fresh")
        out = workshop.run("instructions", *flags, codes=(0, 1, 3), limit=f"--data={MEMORY}")
    if "MemoryError" in out:
        raise BrokenPromiseError(f"a reply took a gigabyte: {out}")
    check_reverted(workshop)
    return tuple(_Faulty.met)


SCENARIO = Scenario(
    "replies",
    "the run ends in bounded time and memory and without a defect,"
    " and reverting it gives back the bytes",
    play,
)
