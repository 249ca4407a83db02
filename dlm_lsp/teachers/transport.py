"""HTTP transport: the connection pool of an API teacher, the limit of an attempt, its errors.

A read timeout of the HTTP client would be tried again by the SDK, and a generation that took too
long may be billed each time. It would also begin anew with every byte of a slow reply. So each
attempt has a deadline of ours.
"""

import json
import math
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar
from urllib.parse import unquote

import anyio
import anyio.lowlevel

from dlm_lsp.errors import (
    CrowdedError,
    KeyRefusedError,
    LateError,
    MissingError,
    NotAskedError,
    RateError,
    RejectedError,
    SpentError,
    TeacherError,
    TooLongError,
    UnreachableError,
)
from dlm_lsp.teachers.context_refusal import context_refusal
from dlm_lsp.teachers.endpoint import Endpoint
from dlm_lsp.teachers.error_messages import OutOfTimeError, error_message
from dlm_lsp.teachers.pace import Pace, Turn
from dlm_lsp.teachers.proxy_choice import proxy_for, unusable_proxy
from dlm_lsp.teachers.rate_limit import is_spent, rate_limit
from dlm_lsp.teachers.reply_limit import REPLY_HEADERS, UnreadReplyError, read_reply
from dlm_lsp.teachers.trusted_certificates import trusted_certificates

_R = TypeVar("_R")
RequestHook = Callable[[Any], Awaitable[None]]

RETRIES = 3
"""How often the SDK sends a failed request again."""

_BY_STATUS = {401: KeyRefusedError, 403: RejectedError, 404: MissingError}
_LONGEST_WAIT = 3600.0
"""How many seconds a server may let us wait where somebody hears of it, and can stop the run."""
_LONGEST_UNTOLD = 20.0
_LONGEST_CONNECT = 10.0
# The SDK of OpenAI waits no longer where a server names a time; beyond it come its own pauses.
_LONGEST_PAUSE = 130.0


def _never(response: Any) -> bool:
    return False


def http_client(
    sdk: ModuleType,
    endpoint: Endpoint,
    *,
    timeout: float,
    pace: Pace,
    hooks: Sequence[RequestHook] = (),
    is_final: Callable[[Any], bool] = _never,
) -> Any:
    """Return the one connection pool; `hooks` are done to every request before it is sent.

    How often a request is tried is up to the SDK; when, is up to `pace`. An error for which
    `is_final` is true would come again, so the SDK does not ask again.

    An answer that is not to be read ends the work that asked for it: see `with_deadline`.
    """
    client_type: Any = sdk.DefaultAsyncHttpxClient

    # The SDK decides at run time what its client is.
    class LimitedClient(client_type):  # type: ignore[misc]
        async def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
            del stream
            if request.method != "POST":
                return await self._attempt(request, options)
            if pace.must_wait():
                suspend_deadline()
            async with pace.turn() as turn:
                if attempts := _attempts.get():
                    attempts.turn = turn
                if pace.end:
                    # The SDK counts its attempts there.
                    tried = request.headers.get("x-stainless-retry-count", "0") != "0"
                    await _give_up(pace.end if tried else NotAskedError(str(pace.end)))
                response = await self._attempt(request, options)
                await _heed(response, pace, turn, endpoint.url)
            return response

        async def _attempt(self, request: Any, options: dict[str, Any]) -> Any:
            response = await super().send(request, stream=True, **options)
            try:
                answer = await read_reply(response)
            except UnreadReplyError as error:
                await _give_up(error)
                raise
            if answer.is_error and is_final(answer):
                answer.headers["x-should-retry"] = "false"
            return answer

    proxy = proxy_for(endpoint)
    certificates = trusted_certificates(endpoint, proxy)
    try:
        return LimitedClient(
            # The prose goes to the server that the user named and to no other.
            follow_redirects=False,
            headers=REPLY_HEADERS,
            timeout=sdk_timeout(sdk, timeout),
            # One server needs one proxy at most: others that are set may well be unusable.
            trust_env=False,
            proxy=proxy.url if proxy else None,
            verify=certificates or True,
            event_hooks={
                "request": [begin_attempt, *_query_hooks(endpoint), *hooks],
                "response": [end_attempt],
            },
        )
    # The client says in many ways that it cannot do with a proxy.
    except Exception as error:
        if proxy is None:
            raise
        raise unusable_proxy(proxy, error) from None


async def _heed(response: Any, pace: Pace, turn: Turn, server: str) -> None:
    """Pass on to `pace` what an answer says of it, and tell the SDK whether to try again."""
    status: int = response.status_code
    body = _json(response.content) if status >= 400 else None
    limit = rate_limit(status, response.headers, body, now=time.time())
    if limit is None or context_refusal(body):
        pace.speed_up(turn, is_error=status >= 400)
        # However long it waits, the same will be said again.
        if is_spent(status, body) or (status >= 400 and context_refusal(body)):
            response.headers["x-should-retry"] = "false"
        return
    if limit.wait and limit.wait > (_LONGEST_WAIT if pace.on_wait else _LONGEST_UNTOLD):
        error = SpentError(
            f"{server} lets us wait {duration(limit.wait)} ({status}); run again then"
        )
        if pace.on_wait:
            pace.stop(error)
        await _give_up(error)
    pace.slow_down(turn, limit.wait)
    if response.headers.get("x-should-retry") != "false":
        lasting = pace.refusals_in_a_row > RETRIES
        response.headers["x-should-retry"] = "false" if lasting else "true"
    # The SDK would wait as well, each request for itself.
    response.headers["retry-after-ms"] = "1"


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def duration(seconds: float) -> str:
    """Return how long that is, in the two largest units."""
    whole = math.ceil(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def sdk_timeout(sdk: ModuleType, limit: float) -> Any:
    """Return the SDK's timeout: `limit` seconds for a reply, less for a mere connection.

    With less than the deadline of the whole, a failed connection shows as one and can be tried
    again: it costs nothing.
    """
    return sdk.Timeout(limit, connect=min(limit / 2, _LONGEST_CONNECT))


def _query_hooks(endpoint: Endpoint) -> list[RequestHook]:
    parts = endpoint.query.split("&")

    # The request's own URL, which the HTTP client logs, never holds the query.
    async def add_query(request: Any) -> None:
        path: bytes = request.url.raw_path
        # Azure's client sends the api-version of the address itself.
        added = [
            part for part in parts if unquote(part.partition("=")[0]) not in request.url.params
        ]
        if added:
            joined = path + (b"&" if b"?" in path else b"?") + "&".join(added).encode()
            request.extensions = {**request.extensions, "target": joined}

    return [add_query] if endpoint.query else []


async def with_teacher_errors(
    work: Callable[[], Awaitable[_R]],
    sdk: ModuleType,
    *,
    server: str,
    key: str,
    limit: float,
    secrets: Collection[str],
    proxy: str = "",
    models: str = "",
) -> _R:
    """Return what `work` returns; whatever goes wrong becomes a TeacherError.

    `limit` is how many seconds each request in it may take; for the others see `error_message`.

    Raises:
        TeacherError: UnreachableError or RejectedError where it is one.
    """
    try:
        return await with_deadline(work, limit)
    except TeacherError:
        raise
    # A server can send what makes the SDK's parser fail in any way at all.
    except Exception as error:
        line = error_message(
            error,
            sdk,
            server=server,
            key=key,
            timeout=limit,
            secrets=secrets,
            proxy=proxy,
            models=models,
            spent=isinstance(error, sdk.APIStatusError) and is_spent(error.status_code, error.body),
        )
        failure = _failure_of(error, sdk, line)
    raise failure


def _failure_of(error: Exception, sdk: ModuleType, line: str) -> TeacherError:
    if isinstance(error, OutOfTimeError) and not error.refused:
        return CrowdedError(line) if error.crowded else LateError(line)
    if isinstance(error, sdk.APIConnectionError | OutOfTimeError):
        return UnreachableError(line)
    if not isinstance(error, sdk.APIStatusError):
        return TeacherError(line)
    status, body = error.status_code, error.body
    if is_spent(status, body):
        return SpentError(line)
    too_long = None if status in _BY_STATUS else context_refusal(body)
    if too_long:
        return TooLongError(line, too_long.limit)
    return _BY_STATUS.get(status, RateError if status == 429 else TeacherError)(line)


@dataclass(slots=True)
class _Attempts:
    scope: anyio.CancelScope
    limit: float
    refused: int | None = None
    failure: Exception | None = None
    turn: Turn | None = None


_attempts: ContextVar[_Attempts | None] = ContextVar("_attempts", default=None)


async def with_deadline(work: Callable[[], Awaitable[_R]], limit: float) -> _R:
    """Return what `work` returns; each request in it may take `limit` seconds, body included.

    The HTTP client has to carry the hooks `begin_attempt` and `end_attempt`.

    Raises:
        OutOfTimeError: one took longer; it is cancelled and not sent again.
        UnreadReplyError: the answer to one is not to be read; it is not sent again.
    """
    with anyio.CancelScope(deadline=anyio.current_time() + limit) as scope:
        attempts = _Attempts(scope, limit)
        token = _attempts.set(attempts)
        try:
            return await work()
        finally:
            _attempts.reset(token)
    crowded = attempts.turn is not None and attempts.turn.is_crowded
    raise attempts.failure or OutOfTimeError(attempts.refused, crowded=crowded)


def suspend_deadline() -> None:
    """Stop the clock until the next request begins: waiting for one's turn is no work."""
    if attempts := _attempts.get():
        attempts.scope.deadline = math.inf


async def begin_attempt(_: Any) -> None:
    """Start the clock; to be called with every request."""
    if attempts := _attempts.get():
        attempts.refused = None
        attempts.scope.deadline = anyio.current_time() + attempts.limit


async def end_attempt(response: Any) -> None:
    """Let the SDK wait before it tries again; to be called with the head of every response."""
    attempts = _attempts.get()
    if attempts and response.status_code >= 400:
        attempts.refused = response.status_code
        attempts.scope.deadline = anyio.current_time() + _LONGEST_PAUSE


async def _give_up(failure: Exception) -> None:
    """End the work of `with_deadline` with this failure, which the SDK would take for passing."""
    if attempts := _attempts.get():
        attempts.failure = failure
        attempts.scope.cancel()
        await anyio.lowlevel.checkpoint()
