"""File threads: where files of the store are read and written while the event loop goes on.

They are few. The work consists of many small system calls, after each of which a thread waits for
its turn to run Python again: with dozens of them, handing over takes more time than the work.
"""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")

AT_ONCE = 4
"""How many there are in an event loop: more than one, for each may have to wait for the disk."""

_places: RunVar[anyio.CapacityLimiter] = RunVar("file_threads")


async def run_in_file_thread(function: Callable[[*_Args], _T], *args: *_Args) -> _T:
    """Return `function(*args)`, computed in a file thread; who is cancelled waits for it."""
    try:
        places = _places.get()
    except LookupError:
        places = anyio.CapacityLimiter(AT_ONCE)
        _places.set(places)
    return await anyio.to_thread.run_sync(function, *args, limiter=places)
