"""Response parsing: text and token counts, whatever a server put into a reply."""

import json
from collections.abc import Mapping
from typing import Any

_REASONING = ("reasoning_content", "reasoning")
# Of the parts of a content, those that are said and not thought.
_SAID = (None, "text", "output_text")


def decoded_answer(answer: object) -> object:
    """Return the body of an answer from JSON, also where the server does not call it that."""
    if not isinstance(answer, str):
        return answer
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return answer


def member(value: object, name: str) -> Any:
    """Return what an object of JSON has at `name`, None where it has nothing or is none."""
    return value.get(name) if isinstance(value, Mapping) else None


def message_text(content: object) -> str | None:
    """Return a message's text: the content, or the texts of its parts; None if it is neither."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        return None
    texts = (member(part, "text") for part in content if member(part, "type") in _SAID)
    return "".join(text for text in texts if isinstance(text, str))


def message_reasoning(message: object) -> str:
    """Return what stands beside an empty content: servers put replies there that they misread."""
    texts = (message_text(member(message, name)) for name in _REASONING)
    return next((text for text in texts if text and text.strip()), "")


def completion_error(completion: object, choice: object) -> object:
    """Return the error that came as a completion (status 200) or in its choice, None for none."""
    for carrier in (completion, choice):
        if error := member(carrier, "error"):
            return error
    ended = member(choice, "finish_reason") == "error"
    return {"message": "the provider broke off (finish_reason error)"} if ended else None


def token_count(value: object) -> int | None:
    """Return a number of tokens, None for what is none."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None
