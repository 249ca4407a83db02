"""Device choice: what local models run on, the processor or one of the GPUs."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar, TypeVarTuple

from dlm_lsp.errors import DeviceError

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")
_NEED_NO_LOOK = ("auto", "cpu")

_choice: ContextVar[str] = ContextVar("device_choice", default="auto")


def run_on_device(choice: str, function: Callable[[*_Args], _T], *args: *_Args) -> _T:
    """Return `function(*args)`, with every model that it asks for on the device that is meant.

    Raises:
        DeviceError: the device is not there; nothing was loaded.
    """
    if choice not in _NEED_NO_LOOK:
        find_device(choice)
    token = _choice.set(choice)
    try:
        return function(*args)
    finally:
        _choice.reset(token)


def current_device() -> str:
    """Return the device of the call under way, as PyTorch names it."""
    return find_device(_choice.get())


def find_device(choice: str) -> str:
    """Return the device that is meant, as PyTorch names it; `auto` is a GPU where there is one.

    Raises:
        DeviceError: it is not there, with those that are.
    """
    there = _devices_here()
    if choice == "auto":
        return next((name for name in ("cuda", "mps") if name in there), "cpu")
    if choice not in there:
        raise DeviceError(
            f"there is no device {choice} here{_why_no_cuda(choice)}; there is "
            f"{', '.join(there)}; take one of these, or auto"
        )
    return choice


def device_kind(device: str) -> str:
    """Return cpu, cuda or mps for a device with or without a number."""
    return device.partition(":")[0]


def _devices_here() -> list[str]:
    import torch

    devices = ["cpu"]
    if torch.cuda.is_available():
        devices += ["cuda", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        devices.append("mps")
    return devices


def _why_no_cuda(choice: str) -> str:
    import torch

    # ROCm answers to the same name.
    is_built_in = torch.backends.cuda.is_built()  # type: ignore[no-untyped-call]
    if device_kind(choice) == "cuda" and not is_built_in:
        return ", for PyTorch is installed without CUDA"
    return ""
