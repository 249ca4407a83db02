"""Out of memory: how it is recognised, and how to go on when a batch does not fit."""

import errno
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

_T = TypeVar("_T")

_SIGNS = (
    # CUDA, ROCm and MPS, by the allocator of PyTorch, the driver or the runtime.
    "out of memory",
    "invalid buffer size",
    # The processor, on Linux and on Windows, and what reads weights from disk.
    "allocate memory",
    "not enough memory",
    "bad_alloc",
    "bad allocation",
    # Libraries that ask the GPU for memory of their own; most often they have no other reason.
    "cublas_status_alloc_failed",
    "cublas_status_not_initialized",
    "cudnn_status_alloc_failed",
    "cudnn_status_not_initialized",
    "allocation_failed",
)
"""What the messages of errors hold that are of no type of their own, in lower case."""

WAYS_OUT = "close other programs, take a smaller model, or run it on another device"
"""What helps where a local model finds too little memory."""


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error, or one that it came of, is that memory has run out."""
    # By its name, for PyTorch may be what could not be imported.
    return any(
        isinstance(each, MemoryError)
        or type(each).__name__ == "OutOfMemoryError"
        or (isinstance(each, OSError) and each.errno == errno.ENOMEM)
        or (isinstance(each, Exception) and says_out_of_memory(str(each)))
        for each in _chain(error)
    )


def says_out_of_memory(message: str) -> bool:
    """Tell whether a message of PyTorch or of a library under it is that memory has run out."""
    words = message.lower()
    return any(sign in words for sign in _SIGNS)


def halve_on_oom(work: Callable[[Sequence[int]], list[_T]], items: Sequence[int]) -> list[_T]:
    """Return `work(items)`, in two halves where memory runs out, and so on down to one item."""
    try:
        return work(items)
    except Exception as error:
        if len(items) == 1 or not is_out_of_memory(error):
            raise
    # Only now, for as long as the error is held, so is what was computed.
    _give_back_memory()
    middle = len(items) // 2
    return halve_on_oom(work, items[:middle]) + halve_on_oom(work, items[middle:])


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it came of."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__


def _give_back_memory() -> None:
    """Let go of what PyTorch keeps for later, for libraries beside it find none of it."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
