"""Cancellation: work is waited for until it is done, or until nobody wants it any more."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import anyio

_T = TypeVar("_T")


async def run_unless_stopped(
    stop: "anyio.Event | None", work: Coroutine[Any, Any, _T]
) -> _T | None:
    """Return what `work` comes to; None, with `work` cancelled, where `stop` is set before.

    Raises:
        Exception: whatever `work` raises.
    """
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait()) if stop else None
    try:
        waited_for = {working, stopping} if stopping else {working}
        await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        if stopping:
            stopping.cancel()
