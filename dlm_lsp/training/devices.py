"""Devices: what a training runs on, and what that can do."""

import importlib.util
from typing import Literal

from dlm_lsp.errors import ModelError
from dlm_lsp.local.number_type import has_native_bf16
from dlm_lsp.training.recipe import Precision
from dlm_lsp.training.unsupported import DeviceCapabilities

DeviceChoice = Literal["auto", "cpu", "cuda", "mps"]


def choose_device(choice: DeviceChoice) -> str:
    """Return the device that is meant; `auto` is a GPU where there is one.

    Raises:
        ModelError: it is not there.
    """
    import torch

    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if choice == "auto":
        return next((name for name, is_there in available.items() if is_there), "cpu")
    if choice != "cpu" and not available.get(choice):
        raise ModelError(f"there is no device {choice} here; take auto or cpu")
    return choice


def device_capabilities(device: str) -> DeviceCapabilities:
    """Return what a device offers beyond plain training."""
    has_bitsandbytes = importlib.util.find_spec("bitsandbytes") is not None
    return DeviceCapabilities(cuda=device == "cuda", bitsandbytes=has_bitsandbytes)


def choose_precision(device: str) -> Precision:
    """Return the number format that `precision: null` stands for: bf16 where it is native.

    A GPU that only imitates it, such as a T4, is faster in fp32, and so is a processor; fp16 is
    never taken unasked.
    """
    return "bf16" if device != "mps" and has_native_bf16(device) else "fp32"
