"""Cooperative work: long answers made in short slices, so that a keystroke is heard meanwhile."""

import asyncio
import time
from collections.abc import Iterable
from typing import TypeVar

_T = TypeVar("_T")

_SLICE = 0.005
"""Seconds without looking up."""


async def collect_in_slices(items: Iterable[_T]) -> list[_T]:
    """Return what `items` yields; others work in between, and a cancelled request ends there."""
    collected: list[_T] = []
    until = time.perf_counter() + _SLICE
    for item in items:
        collected.append(item)
        if time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + _SLICE
    return collected
