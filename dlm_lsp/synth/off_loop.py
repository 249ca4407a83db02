"""Off the loop: work that could hold others up goes to a thread, what takes no time does not.

A thread costs more than it saves for a reply of some lines, and there may be thousands.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar, TypeVarTuple

import anyio.from_thread
import anyio.to_thread

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")

_SHORT = 4_000
"""Characters that are read, compared and weighed in some milliseconds."""


async def run_off_loop(function: Callable[[*_Args], _T], *args: *_Args, size: int) -> _T:
    """Return `function(*args)`, computed here where `size`, in characters, is small.

    Who is cancelled waits for it, and what takes long is to `check_cancelled` now and then.
    """
    if size <= _SHORT:
        return function(*args)
    return await anyio.to_thread.run_sync(function, *args)


def check_cancelled() -> None:
    """End work off the loop if the task that waits for it was cancelled; on the loop go on."""
    # What is not in such a thread has no task to ask for.
    with suppress(RuntimeError):
        anyio.from_thread.check_cancelled()
