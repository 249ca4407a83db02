"""Out of memory: how to go on when a batch does not fit."""

from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def halve_on_oom(work: Callable[[Sequence[int]], list[_T]], items: Sequence[int]) -> list[_T]:
    """Return `work(items)`, in two halves where memory runs out, and so on down to one item."""
    import torch

    try:
        return work(items)
    except (torch.OutOfMemoryError, MemoryError):
        if len(items) == 1:
            raise
    except RuntimeError as error:
        # What the allocator of the processor raises has no type of its own.
        if len(items) == 1 or "allocate memory" not in str(error):
            raise
    middle = len(items) // 2
    return halve_on_oom(work, items[:middle]) + halve_on_oom(work, items[middle:])
