"""Error messages: of a request that failed, in one line that ends with what to do."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from types import ModuleType
from typing import Any

from dlm_lsp.teachers.reply_limit import REPLY_LIMIT, EncodedReplyError, OversizedReplyError

_LONGEST = 240
_DEEPEST = 8
_VERSION = re.compile(r"/v\d")
# Some begin with the status: `<400> InternalError...`.
_PAGE = re.compile(r"\s*<[!?a-zA-Z]")


class OutOfTimeError(Exception):
    """An attempt took too long.

    `refused` is the status after which the server let us wait; `crowded` tells whether there were
    others beside it.
    """

    def __init__(self, refused: int | None, *, crowded: bool = False) -> None:
        super().__init__("out of time")
        self.refused = refused
        self.crowded = crowded


def server_message(body: object) -> str:
    """Return what the server said in an error body, as one line; empty where it said nothing.

    A validation list (`detail` of FastAPI) gives the place and the message of each entry and not
    its input, which can be the whole prompt.
    """
    named: list[str] = []
    beside = ""
    for _ in range(_DEEPEST):
        # Gemini's compatible endpoint wraps an error in a list.
        if isinstance(body, list) and len(body) == 1 and "error" in _mapping(body[0]):
            body = body[0]
        if not isinstance(body, Mapping):
            break
        if isinstance(body.get("param"), str):
            named.append(body["param"])
        # What the provider behind OpenRouter said.
        raw = _mapping(body.get("metadata")).get("raw")
        beside = raw if isinstance(raw, str) else beside
        body = next((body[key] for key in ("error", "detail", "message") if body.get(key)), None)
    if body is None or isinstance(body, Mapping):
        return ""
    if isinstance(body, list):
        words = "; ".join(filter(None, map(_validation_words, body)))
    else:
        words = f"{body}: {beside}" if beside else str(body)
    # A proxy's error page has nothing to say that fits into a line.
    if _PAGE.match(words):
        return ""
    for name in reversed(named):
        if name not in words:
            words = f"{name}: {words}"
    return " ".join(words.split())


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def error_layers(body: object) -> Iterator[Mapping[str, Any]]:
    """Yield an error body and what it wraps: each provider puts its codes at another depth."""
    for _ in range(_DEEPEST):
        if isinstance(body, list) and len(body) == 1:
            body = body[0]
        if not isinstance(body, Mapping):
            return
        yield body
        body = next((body[key] for key in ("error", "detail", "message") if body.get(key)), None)


def error_codes(body: object) -> frozenset[str]:
    """Return the codes and types that an error body names, at any depth."""
    named = (layer.get(key) for layer in error_layers(body) for key in ("code", "type"))
    return frozenset(str(name) for name in named if name)


def _validation_words(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return ""
    place, message = entry.get("loc"), entry.get("msg")
    steps = place if isinstance(place, list) else [place]
    shown = ".".join(str(step) for step in steps if isinstance(step, str | int))
    return ": ".join(filter(None, (shown, message if isinstance(message, str) else "")))


def redact(words: str, secrets: Collection[str]) -> str:
    """Return the words, shortened, or nothing at all if a secret stands in them."""
    if any(secret in words for secret in secrets):
        return ""
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


def error_message(
    error: Exception,
    sdk: ModuleType,
    *,
    server: str,
    key: str,
    timeout: float,
    secrets: Collection[str],
    proxy: str = "",
    models: str = "",
    spent: bool = False,
) -> str:
    """Return the line for an error of a request by `sdk` (openai or anthropic, which are alike).

    `server` is the address as it may be shown, `key` the environment variable of its key, `proxy`
    that of the proxy on the way; `models` is what to say of a model that is not there, and `spent`
    says that the server wants more money.
    """
    cause = error.__cause__
    # Both HTTP clients that the SDKs have used call it so.
    connecting = type(cause).__name__ == "ConnectTimeout"
    if isinstance(error, OutOfTimeError) and error.refused:
        return f"{server} lets us wait too long ({error.refused}); run again later"
    timed_out = isinstance(error, sdk.APITimeoutError) and not connecting
    if timed_out or isinstance(error, OutOfTimeError):
        crowded = isinstance(error, OutOfTimeError) and error.crowded
        way_on = "allow more time or a lower concurrency" if crowded else "allow more time"
        return f"{server} gave no answer in {timeout:g} s; {way_on}"
    if isinstance(error, sdk.APIStatusError):
        return _status_line(
            error, server=server, key=key, secrets=secrets, models=models, spent=spent
        )
    if isinstance(error, sdk.APIConnectionError):
        words = "no connection in time" if connecting else server_message(cause)
        return _connection_line(redact(words, secrets), server=server, proxy=proxy)
    if isinstance(error, json.JSONDecodeError):
        return f"{server} sent a reply that is cut off or is not JSON; run the command again"
    outcome = f"failed ({type(error).__name__}); run the command again"
    if isinstance(error, OversizedReplyError):
        outcome = f"brought more than {REPLY_LIMIT // 2**20} MiB; check the address"
    if isinstance(error, EncodedReplyError):
        outcome = (
            "brought a reply in another compression than gzip, or a broken one; have the server, "
            "or the proxy before it, send gzip or none"
        )
    return f"the request to {server} {outcome}"


def _connection_line(words: str, *, server: str, proxy: str) -> str:
    detail = _detail(words)
    if "CERTIFICATE_VERIFY_FAILED" in words:
        return (
            f"the certificate of {server} is not trusted here{detail}; name the file with that of "
            "its authority in SSL_CERT_FILE"
        )
    if "[SSL" in words:
        return f"cannot speak TLS with {server}{detail}; check whether it is http:// there"
    if proxy:
        return (
            f"cannot reach {server} through the proxy that {proxy} names{detail}; correct or unset "
            "that, or name the host in NO_PROXY"
        )
    return f"cannot reach {server}{detail}; check that it is running and the address"


def _status_line(
    error: Any, *, server: str, key: str, secrets: Collection[str], models: str, spent: bool
) -> str:
    status: int = error.status_code
    detail = _detail(redact(server_message(error.body), secrets))
    match status:
        # Providers repeat parts of a refused key: no word of theirs here.
        case _ if spent:
            outcome = (
                f"has nothing left to spend ({status}){detail}; add to the account of {key}, or "
                "name another teacher"
            )
        case 401:
            outcome = f"refused the key (401); check {key}"
        case 403:
            outcome = f"does not allow this (403); check what the key in {key} may do"
        case 404:
            remedy = models or _check_both(server)
            outcome = f"does not know the model or the address (404){detail}; {remedy}"
        case 429:
            outcome = f"limits the rate or the budget (429){detail}; run again later"
        case _ if status < 400:
            outcome = f"redirects ({status}); name the address that it leads to"
        case _ if status >= 500:
            outcome = f"failed ({status}){detail}; run the command again"
        case _:
            outcome = f"refused the request ({status}){detail}; change what it names"
    return f"{server} {outcome}"


def _check_both(server: str) -> str:
    # A path is taken as it was given, and may lack what a bare host would have got.
    return "check both" if _VERSION.search(server) else "check both; it may have to end in /v1"


def _detail(words: str) -> str:
    return f": {words.rstrip('.')}" if words else ""
