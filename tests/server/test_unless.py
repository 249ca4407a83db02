"""Something is waited for until nobody wants it any more."""

import asyncio

import anyio
import pytest

from dlm_lsp.server.unless import unless


async def answer() -> int:
    return 1


async def test_what_is_done_is_returned():
    assert await unless(None, answer()) == 1
    assert await unless(anyio.Event(), answer()) == 1


async def test_what_nobody_wants_any_more_is_dropped():
    stop, dropped = anyio.Event(), asyncio.Event()

    async def forever() -> int:
        try:
            stop.set()
            await asyncio.Event().wait()
        finally:
            dropped.set()
        return 1

    assert await unless(stop, forever()) is None
    await dropped.wait()


async def test_what_goes_wrong_is_told():
    async def wrong() -> int:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await unless(anyio.Event(), wrong())
