"""Devices: what those that a training can run on can do."""

import importlib.util
import os

from dlm_lsp.local.device import device_kind
from dlm_lsp.local.number_type import has_native_bf16
from dlm_lsp.training.recipe import Precision
from dlm_lsp.training.unsupported import DeviceCapabilities

_VISIBLE = "CUDA_VISIBLE_DEVICES"


def device_capabilities(device: str) -> DeviceCapabilities:
    """Return what a device offers beyond plain training."""
    has_bitsandbytes = importlib.util.find_spec("bitsandbytes") is not None
    return DeviceCapabilities(cuda=device_kind(device) == "cuda", bitsandbytes=has_bitsandbytes)


def choose_precision(device: str) -> Precision:
    """Return the number format that `precision: null` stands for: bf16 where a GPU has it.

    A GPU that only imitates it, such as a T4, is faster in fp32; fp16 is never taken unasked.
    """
    return "bf16" if device_kind(device) == "cuda" and has_native_bf16(device) else "fp32"


def show_only(device: str) -> None:
    """Hide every GPU but the one with a number that `device` names from this process.

    A trainer takes the first GPU that it sees. It has to be called before CUDA is first used.
    """
    _, _, number = device.partition(":")
    if number:
        visible = os.environ.get(_VISIBLE, "").split(",")
        os.environ[_VISIBLE] = visible[int(number)] if visible != [""] else number
