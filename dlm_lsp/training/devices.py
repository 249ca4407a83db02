"""Devices: what a training runs on, and what that can do."""

import importlib.util
from typing import Literal

from dlm_lsp.errors import ModelError
from dlm_lsp.training.recipe import Precision
from dlm_lsp.training.unsupported import DeviceCapabilities

DeviceChoice = Literal["auto", "cpu", "cuda", "mps"]


def choose_device(wish: DeviceChoice) -> str:
    """Return the device that is meant; `auto` is a GPU where there is one.

    Raises:
        ModelError: it is not there.
    """
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wish == "auto":
        return next((name for name, usable in there.items() if usable), "cpu")
    if not there.get(wish, True):
        raise ModelError(f"--device {wish}: there is no such device here; take auto or cpu")
    return wish


def device_capabilities(chosen: str) -> DeviceCapabilities:
    """Return what a device offers beyond plain training."""
    found = importlib.util.find_spec("bitsandbytes") is not None
    return DeviceCapabilities(cuda=chosen == "cuda", bitsandbytes=found)


def choose_precision(chosen: str) -> Precision:
    """Return the number format that `precision: null` stands for: bf16 where a GPU has it."""
    import torch

    return "bf16" if chosen == "cuda" and torch.cuda.is_bf16_supported() else "fp32"
