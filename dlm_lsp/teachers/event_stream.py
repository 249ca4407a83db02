"""Event stream: the chat completion that the events of a streamed reply add up to.

The format is that of server-sent events, one JSON object in each `data` line
(https://html.spec.whatwg.org/multipage/server-sent-events.html), ended by `[DONE]`.
"""

import json
from collections.abc import Iterator
from typing import Any

from dlm_lsp.teachers.response_parsing import message_text

_DONE = "[DONE]"
_TEXTS = ("content", "reasoning_content", "reasoning", "refusal")


def completion_of_events(body: str) -> dict[str, Any] | None:
    """Return the completion as it would have come in one piece, or the error that came instead.

    None for what is no stream of chat completions, or breaks off before its end.
    """
    texts: dict[str, str] = {}
    choice: dict[str, Any] = {"index": 0, "finish_reason": None}
    whole: dict[str, Any] = {"object": "chat.completion"}
    has_ended = has_choice = False
    for event in _events(body):
        if event is None:
            has_ended = True
            continue
        if event.get("error"):
            return {"error": event["error"]}
        if event.get("usage"):
            whole["usage"] = event["usage"]
        part = _first_choice(event)
        if part is None:
            continue
        has_choice = True
        choice |= {name: part[name] for name in ("finish_reason", "error") if part.get(name)}
        # A whole message at the end repeats what came before it.
        delta = part.get("delta") or (None if texts else part.get("message"))
        if not isinstance(delta, dict):
            continue
        for name in _TEXTS:
            if text := message_text(delta.get(name)):
                texts[name] = texts.get(name, "") + text
    if not has_choice or not (has_ended or choice["finish_reason"] or "error" in choice):
        return None
    choice["message"] = {"role": "assistant", "content": None, **texts}
    return {**whole, "choices": [choice]}


def _events(body: str) -> Iterator[dict[str, Any] | None]:
    """Yield the objects of a stream, and None for its end."""
    # Not splitlines: the texts hold other line ends that JSON does not escape.
    for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        field, _, value = line.partition(":")
        if field.strip("\ufeff") != "data":
            continue
        if value.strip() == _DONE:
            yield None
            continue
        try:
            event = json.loads(value)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield event


def _first_choice(event: dict[str, Any]) -> dict[str, Any] | None:
    choices = event.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("index") in (0, None):
            return choice
    return None
