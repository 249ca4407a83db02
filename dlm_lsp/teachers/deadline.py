"""How long one attempt at a request may take, whatever the SDK does between attempts.

A read timeout of the HTTP client would be tried again by the SDK, and a generation that took too
long may be billed each time. It would also begin anew with every byte of a slow reply.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio

_R = TypeVar("_R")

# The SDK of OpenAI waits no longer where a server names a time; beyond it come its own pauses.
_LONGEST_PAUSE = 130.0


@dataclass(slots=True)
class _Attempts:
    scope: anyio.CancelScope
    limit: float
    refused: int | None = None


_attempts: ContextVar[_Attempts | None] = ContextVar("_attempts", default=None)


class OutOfTimeError(Exception):
    """An attempt took too long; `refused` is the status after which the server let us wait."""

    def __init__(self, refused: int | None) -> None:
        super().__init__("out of time")
        self.refused = refused


async def with_deadline(work: Callable[[], Awaitable[_R]], limit: float) -> _R:
    """Return what `work` returns; each request in it may take `limit` seconds, body included.

    The HTTP client has to carry the hooks `begin` and `end`.

    Raises:
        OutOfTimeError: one took longer; it is cancelled and not sent again.
    """
    with anyio.CancelScope(deadline=anyio.current_time() + limit) as scope:
        attempts = _Attempts(scope, limit)
        token = _attempts.set(attempts)
        try:
            return await work()
        finally:
            _attempts.reset(token)
    raise OutOfTimeError(attempts.refused)


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
