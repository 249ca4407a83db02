"""How to go on when a batch does not fit into memory."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def halving(work: Callable[[Sequence[int]], list[T]], items: Sequence[int]) -> list[T]:
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
    return halving(work, items[:middle]) + halving(work, items[middle:])
