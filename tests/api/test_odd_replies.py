"""Replies as servers are reported to send them, over HTTP with the real SDK."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from support.http_servers import chat_completion, pairs_json
from support.teacher_server import pairs_about
from werkzeug import Response

from dlm_lsp import SynthOptions, synthesize

PAIRS = pairs_json(*pairs_about(0))
QUESTIONS = [question for question, _, _ in pairs_about(0)]
DRAFT = '{"question": "Draft?", "answer": "No."}'
OPTIONS = SynthOptions(filter="dedup-only", per_section=2)


def json_response(body: Any) -> Response:
    return Response(json.dumps(body), content_type="application/json")


def in_choice(**changes: Any) -> dict[str, Any]:
    """A completion whose choice has other keys."""
    body = chat_completion(None)
    body["choices"][0] |= changes
    return body


GOOD = {
    "reasoning_content, content null": chat_completion(None, reasoning_content=PAIRS),
    "reasoning, content empty": chat_completion("", reasoning=PAIRS),
    "reasoning beside the content": chat_completion(PAIRS, reasoning_content=DRAFT),
    "thoughts": chat_completion(f"<think>\n{DRAFT}\n</think>\n{PAIRS}"),
    "thoughts without a beginning": chat_completion(f"{DRAFT}\n</think>\n{PAIRS}"),
    "harmony": chat_completion(
        f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>"
        + PAIRS
    ),
    "parts": chat_completion(
        [{"type": "thinking", "thinking": DRAFT}, {"type": "text", "text": PAIRS}]
    ),
    "JSON in a string": chat_completion(json.dumps(PAIRS)),
}
# Near the limit, so that nothing but the model has ended it.
SPENT = {"prompt_tokens": 11, "completion_tokens": 1024, "total_tokens": 1035}
FAILED = {
    "error with status 200": ({"error": {"code": 502, "message": "no provider"}}, "no provider"),
    "error in the choice": (in_choice(error={"code": 502, "message": "it broke"}), "it broke"),
    "finish reason error": (
        chat_completion('{"pairs": [', finish_reason="error"),
        "finish_reason error",
    ),
    "no choices": ({"choices": []}, "sent no chat completion"),
    "empty": (chat_completion(""), "was empty; try another model"),
    "null": (chat_completion(None), "was empty; try another model"),
    "thoughts alone": (chat_completion(f"<think>{DRAFT}</think>"), "but for its thoughts"),
    "thoughts beside nothing": (chat_completion(None, reasoning="Hm."), "but for its thoughts"),
    "cut": (
        {**chat_completion('{"pairs": [{"question": "Wh', finish_reason="length"), "usage": SPENT},
        "broke off at its token limit before anything in it was complete; raise max_new_tokens",
    ),
    "cut in a thought": (
        {**chat_completion(f"<think>{DRAFT}", finish_reason="length"), "usage": SPENT},
        "broke off at its token limit",
    ),
    "cut thoughts beside nothing": (
        {**chat_completion(None, reasoning=DRAFT, finish_reason="length"), "usage": SPENT},
        "broke off at its token limit",
    ),
}


def replies_on_disk(home) -> int:
    database = next(home.rglob("store.sqlite"), None)
    if database is None:
        return 0
    with sqlite3.connect(database) as connection:
        return connection.execute("SELECT COUNT(*) FROM replies").fetchone()[0]


def one_after_another(*bodies: Any) -> Callable[[str], Response]:
    """An answer that is the next of `bodies` each time, and the last from then on."""
    left = list(bodies)
    return lambda _: json_response(left.pop(0) if len(left) > 1 else left[0])


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD)
def test_a_reply_is_read_wherever_the_server_puts_it(teacher, notes, body):
    teacher.answer = lambda _: json_response(body)
    report = synthesize(notes, teacher=teacher.selector, options=OPTIONS).report
    assert [candidate.pair.question for candidate in report.accepted] == QUESTIONS
    assert report.refused == ()


@pytest.mark.parametrize(("body", "words"), FAILED.values(), ids=FAILED)
def test_a_reply_that_is_none_is_asked_for_twice_told_and_not_kept(
    teacher, notes, home, body, words
):
    teacher.answer = lambda _: json_response(body)
    report = synthesize(notes, teacher=teacher.selector, options=OPTIONS).report
    [skip] = report.skipped
    assert skip.reason == "request_failed"
    assert words in skip.detail
    assert len(teacher.asked) == report.usage.requests == 2
    assert replies_on_disk(home) == 0


@pytest.mark.parametrize("body", [body for body, _ in FAILED.values()], ids=FAILED)
def test_a_second_attempt_that_succeeds_is_all_that_is_seen(teacher, notes, home, body):
    teacher.answer = one_after_another(body, chat_completion(PAIRS))
    report = synthesize(notes, teacher=teacher.selector, options=OPTIONS).report
    assert [candidate.pair.question for candidate in report.accepted] == QUESTIONS
    assert report.skipped == ()
    assert len(teacher.asked) == 2
    assert replies_on_disk(home) == 1
