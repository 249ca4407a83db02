"""Memory errors: what is raised where memory runs out, in the words of those that raise it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from dlm_lsp.local.load import load_model

MEMORY_ERRORS: dict[str, Exception] = {
    "allocator of CUDA": torch.OutOfMemoryError(
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 14.58 GiB"
    ),
    "CUDA runtime": RuntimeError(
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"
    ),
    "CUDA driver": RuntimeError("CUDA driver error: out of memory"),
    "ROCm": RuntimeError("HIP out of memory. Tried to allocate 20.00 MiB"),
    "cuBLAS": RuntimeError(
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"
    ),
    "cuBLAS, not begun": RuntimeError(
        "CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"
    ),
    "cuDNN": RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    "cuDNN, not begun": RuntimeError("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"),
    "cuDNN 9": RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
    "MPS": RuntimeError(
        "MPS backend out of memory (MPS allocated: 17.19 GB, other allocations: 1.04 GB, max "
        "allowed: 18.13 GB). Tried to allocate 256.00 MB on private pool."
    ),
    "MPS, one tensor": RuntimeError("Invalid buffer size: 19.41 GB"),
    "processor": RuntimeError(
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: "
        "you tried to allocate 8589934592 bytes. Error code 12 (Cannot allocate memory)"
    ),
    "processor, on Windows": RuntimeError(
        "[enforce fail at alloc_cpu.cpp:80] data. DefaultCPUAllocator: not enough memory: you "
        "tried to allocate 8589934592 bytes."
    ),
    "C++": RuntimeError("std::bad_alloc"),
    "Python": MemoryError(),
    "system": OSError(errno.ENOMEM, "Cannot allocate memory"),
}
"""An error of each kind, by where it comes from."""


@contextmanager
def room_for(model: str, rows: int, error: Exception) -> Iterator[list[int]]:
    """Have the layers of a model raise `error` where they are to read more rows than that at once.

    It gives how many rows they were to read each time.
    """
    batches: list[int] = []

    def look(_: Any, given: tuple[torch.Tensor, ...]) -> None:
        batches.append(len(given[0]))
        if len(given[0]) > rows:
            raise error

    embeddings = load_model(model).model.get_input_embeddings()
    hook = embeddings.register_forward_pre_hook(look)
    try:
        yield batches
    finally:
        hook.remove()
