"""Off the loop: work that could hold others up goes to a thread, what takes no time does not.

A thread costs more than it saves for a reply of some lines, and there may be thousands.
"""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio
import anyio.to_thread

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")

_SHORT = 4_000
"""Characters that are read, compared and weighed in some milliseconds."""


async def run_off_loop(
    function: Callable[[*_Args], _T], *args: *_Args, size: int, abandon: bool = False
) -> _T:
    """Return `function(*args)`, computed here where `size`, in characters, is small.

    Who is cancelled waits for it, unless he may `abandon` it.
    """
    if size <= _SHORT:
        return function(*args)
    return await anyio.to_thread.run_sync(function, *args, abandon_on_cancel=abandon)
