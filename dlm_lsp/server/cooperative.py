"""Cooperative work: long answers made beside the event loop, so that a keystroke is heard."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

_T = TypeVar("_T")

_SLICE = 0.005
"""Seconds of work after which it is looked up whether anybody still wants it."""


async def collect_in_slices(items: Iterable[_T]) -> list[_T]:
    """Return what `items` yields; others work meanwhile, and a cancelled request ends soon.

    Each slice runs in a thread, for one item alone may take longer than a slice.
    """
    collected: list[_T] = []
    iterator = iter(items)
    while await asyncio.to_thread(_take_slice, iterator, collected):
        pass
    return collected


def _take_slice(items: Iterator[_T], collected: list[_T]) -> bool:
    """Collect items for as long as a slice lasts, and tell whether there may be more."""
    until = time.perf_counter() + _SLICE
    for item in items:
        collected.append(item)
        if time.perf_counter() > until:
            return True
    return False
