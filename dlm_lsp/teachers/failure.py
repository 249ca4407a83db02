"""What went wrong with a request, in one line that ends with what to do."""

import json
from collections.abc import Collection, Mapping
from types import ModuleType
from typing import Any

_LONGEST = 240


def server_words(body: object) -> str:
    """Return what the server said in an error body, as one line; empty where it said nothing.

    A validation list (`detail` of FastAPI) gives the place and the message of each entry and not
    its input, which can be the whole prompt.
    """
    if isinstance(body, Mapping):
        for key in ("error", "detail", "message"):
            if body.get(key):
                words = server_words(body[key])
                break
        else:
            return ""
        named = body.get("param")
        if isinstance(named, str) and named not in words:
            words = f"{named}: {words}"
        return words
    if isinstance(body, list):
        return "; ".join(filter(None, map(_validation_words, body)))
    text = "" if body is None else str(body)
    # A proxy's error page has nothing to say that fits into a line.
    return "" if text.lstrip().startswith("<") else " ".join(text.split())


def _validation_words(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return ""
    place = ".".join(str(step) for step in entry.get("loc") or ())
    return f"{place}: {entry.get('msg', '')}"


def without_secrets(words: str, secrets: Collection[str]) -> str:
    """Return the words, shortened, or nothing at all if a secret stands in them."""
    if any(secret in words for secret in secrets):
        return ""
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


def failure_line(
    error: Exception,
    sdk: ModuleType,
    *,
    server: str,
    key: str,
    timeout: float,
    secrets: Collection[str],
) -> str:
    """Return the line for an error of `sdk` (openai or anthropic, whose errors are alike).

    `server` is the address as it may be shown, `key` the environment variable of its key.
    """
    cause = error.__cause__
    # Both HTTP clients that the SDKs have used call it so.
    connecting = type(cause).__name__ == "ConnectTimeout"
    if isinstance(error, sdk.APITimeoutError) and not connecting:
        return f"{server} gave no answer in {timeout:g} s; allow more time or a lower --concurrency"
    if isinstance(error, sdk.APIStatusError):
        return _status_line(error, server=server, key=key, secrets=secrets)
    if isinstance(error, sdk.APIConnectionError):
        words = "no connection in time" if connecting else server_words(cause)
        said = _said(without_secrets(words, secrets))
        return f"cannot reach {server}{said}; check that it is running and the address"
    if isinstance(error, json.JSONDecodeError):
        return f"{server} sent a reply that is cut off or is not JSON; run the command again"
    return f"the request to {server} failed ({type(error).__name__}); run the command again"


def _status_line(error: Any, *, server: str, key: str, secrets: Collection[str]) -> str:
    status: int = error.status_code
    said = _said(without_secrets(server_words(error.body), secrets))
    match status:
        # Providers repeat parts of a refused key: no word of theirs here.
        case 401:
            told = f"refused the key (401); check {key}"
        case 403:
            told = f"does not allow this (403); check what the key in {key} may do"
        case 404:
            told = f"does not know the model or the address (404){said}; check both"
        case 429:
            told = f"limits the rate or the budget (429){said}; run again later"
        case _ if status < 400:
            told = f"redirects ({status}); name the address that it leads to"
        case _ if status >= 500:
            told = f"failed ({status}){said}; run the command again"
        case _:
            told = f"refused the request ({status}){said}; change what it names"
    return f"{server} {told}"


def _said(words: str) -> str:
    return f": {words.rstrip('.')}" if words else ""
