"""Devices: what those that a training can run on can do."""

import importlib.util
import os
import shutil
import sysconfig
from pathlib import Path

from dlm_lsp.local.device import device_kind
from dlm_lsp.local.number_type import has_native_bf16
from dlm_lsp.training.recipe import Precision
from dlm_lsp.training.unsupported import DeviceCapabilities

_VISIBLE = "CUDA_VISIBLE_DEVICES"


def device_capabilities(device: str) -> DeviceCapabilities:
    """Return what a device offers beyond plain training."""
    cuda = device_kind(device) == "cuda"
    has_bitsandbytes = importlib.util.find_spec("bitsandbytes") is not None
    lacking = _lacking_to_compile() if cuda and _compiles_loss() else ""
    return DeviceCapabilities(cuda, has_bitsandbytes, lacking)


def _compiles_loss() -> bool:
    """Return whether TRL has Triton compile its loss on a GPU: where there is Triton, it does.

    Earlier releases of TRL, which lack that module, do not.
    """
    trl = importlib.util.find_spec("trl")
    has_kernel = trl is not None and any(
        (Path(folder) / "kernels" / "chunked_logprob.py").is_file()
        for folder in trl.submodule_search_locations or ()
    )
    return has_kernel and importlib.util.find_spec("triton") is not None


def _lacking_to_compile() -> str:
    """Return what Triton needs and does not find, empty where it finds all.

    It takes the program that CC names, whatever that is, else gcc, else clang, and the headers of
    Python where `sysconfig` has them: `triton/runtime/build.py`.
    """
    compiler = os.environ.get("CC")
    if not any(map(shutil.which, ["gcc", "clang"] if compiler is None else [compiler])):
        named = "" if compiler is None else f" (CC names {compiler}, which is not there)"
        return f"a C compiler{named}: install gcc or clang, or let CC name one"
    # Debian puts them where its own scheme, under /usr/local, does not look.
    scheme = sysconfig.get_default_scheme().replace("posix_local", "posix_prefix")
    if not (Path(sysconfig.get_path("include", scheme)) / "Python.h").is_file():
        return "the headers of Python, Python.h: install python3-dev, or what holds them here"
    return ""


def choose_precision(device: str) -> Precision:
    """Return the number format that `precision: null` stands for: bf16 where it is native.

    A GPU that only imitates it, such as a T4, is faster in fp32, and so is a processor; fp16 is
    never taken unasked.
    """
    return "bf16" if device_kind(device) != "mps" and has_native_bf16(device) else "fp32"


def show_only(device: str) -> None:
    """Hide every GPU but the one with a number that `device` names from this process.

    A trainer takes the first GPU that it sees. It has to be called before CUDA is first used.
    """
    _, _, number = device.partition(":")
    if number:
        visible = os.environ.get(_VISIBLE, "").split(",")
        os.environ[_VISIBLE] = visible[int(number)] if visible != [""] else number
