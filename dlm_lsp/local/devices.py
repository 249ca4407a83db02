"""Which device a training runs on, and what that device can do."""

import importlib.util
from typing import Literal

from dlm_lsp.document.untrainable import Machine
from dlm_lsp.local.error import LocalError
from dlm_lsp.local.recipe import Precision

Wish = Literal["auto", "cpu", "cuda", "mps"]


def device(wish: Wish) -> str:
    """Return the device that is meant; `auto` is a GPU where there is one.

    Raises:
        LocalError: it is not there.
    """
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wish == "auto":
        return next((name for name, usable in there.items() if usable), "cpu")
    if not there.get(wish, True):
        raise LocalError(f"--device {wish}: there is no such device here; take auto or cpu")
    return wish


def machine(chosen: str) -> Machine:
    """Return what a device offers beyond plain training."""
    found = importlib.util.find_spec("bitsandbytes") is not None
    return Machine(cuda=chosen == "cuda", bitsandbytes=found)


def precision(chosen: str) -> Precision:
    """Return the number format that `precision: null` stands for: bf16 where a GPU has it."""
    import torch

    return "bf16" if chosen == "cuda" and torch.cuda.is_bf16_supported() else "fp32"
