"""Number type: in which floating-point numbers a model computes on a device."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import torch

NumberType = Literal["float32", "bfloat16"]
# Instructions that multiply matrices of bfloat16, by the names of `torch.cpu.get_capabilities`.
_PROCESSOR_BF16 = ("avx512_bf16", "amx_bf16")
# Weights in float32 take twice the 2 bytes that most files hold, and computing needs some beside.
_FLOAT32_OVER_FILE = 2.5


def choose_number_type(*, native_bf16: bool, float32_fits: bool) -> NumberType:
    """Return bfloat16 where a device computes in it or has no room for float32, else float32.

    Never float16, also where the file holds it: it ends at 65,504, which the hidden states of
    Gemma 3 pass, and every likelihood is then NaN.
    """
    return "bfloat16" if native_bf16 or not float32_fits else "float32"


def device_number_type(device: "torch.device", weights_size: int) -> NumberType:
    """Return what a model whose files take `weights_size` bytes computes in on a device."""
    return choose_number_type(
        native_bf16=has_native_bf16(str(device)),
        float32_fits=_FLOAT32_OVER_FILE * weights_size < free_memory(device),
    )


def has_native_bf16(device: str) -> bool:
    """Return whether a device computes in bfloat16 and does not only imitate it."""
    import torch

    kind, _, number = device.partition(":")
    if kind == "cuda":
        with torch.cuda.device(int(number)) if number else nullcontext():
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if kind == "mps":
        # What PyTorch itself asks before it lets autocast take bfloat16 there.
        return torch.backends.mps.is_macos_or_newer(14, 0)
    # PyTorch tells since 2.10; without oneDNN it multiplies bfloat16 more slowly than float32.
    capabilities: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    has_onednn = bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]
    return has_onednn and processor_has_bf16(capabilities)


def processor_has_bf16(capabilities: Mapping[str, Any]) -> bool:
    """Return whether a processor with these capabilities, as PyTorch names them, has bfloat16."""
    return any(capabilities.get(name) for name in _PROCESSOR_BF16)


def free_memory(device: "torch.device") -> float:
    """Return the bytes that a device has free."""
    if device.type == "cuda":
        import torch

        return torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        # Before macOS 14 there is no bfloat16 to fall back on.
        return float("inf")
    import psutil

    return float(psutil.virtual_memory().available)
