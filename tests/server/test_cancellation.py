"""Cancellation: something is waited for until nobody wants it any more."""

import asyncio

import anyio
import pytest

from dlm_lsp.server.cancellation import run_unless_stopped


async def answer() -> int:
    return 1


async def test_what_is_done_is_returned():
    assert await run_unless_stopped(None, answer()) == 1
    assert await run_unless_stopped(anyio.Event(), answer()) == 1


async def test_what_nobody_wants_any_more_is_dropped():
    stop, dropped = anyio.Event(), asyncio.Event()

    async def forever() -> int:
        try:
            stop.set()
            await asyncio.Event().wait()
        finally:
            dropped.set()
        return 1

    assert await run_unless_stopped(stop, forever()) is None
    await dropped.wait()


async def test_what_goes_wrong_is_told():
    async def wrong() -> int:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await run_unless_stopped(anyio.Event(), wrong())
