"""Work that is finished: a thread that whoever is cancelled waits for, so that nothing goes on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar, TypeVarTuple

import anyio

from dlm_lsp.store.file_threads import run_in_file_thread

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")


async def finish_in_thread(function: Callable[[*_Args], _T], *args: *_Args) -> _T:
    """Return `function(*args)`, computed in a thread; a cancellation waits until that has ended.

    Also one by `asyncio.Task.cancel`, from which no scope shields.
    """
    work = asyncio.ensure_future(run_in_file_thread(function, *args))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        # In a cancelled scope each wait would be cancelled anew, in every turn of the loop.
        with anyio.CancelScope(shield=True):
            while not work.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({work})
        raise
