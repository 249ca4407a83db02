"""Devices: what those that a training can run on can do."""

import importlib.util
import os
import sysconfig
from pathlib import Path

import pytest
import torch

from dlm_lsp.training.devices import choose_precision, device_capabilities, show_only
from dlm_lsp.training.unsupported import DeviceCapabilities


@pytest.fixture
def gpu(monkeypatch):
    def there(*, cuda: bool, mps: bool = False, native: bool = True) -> None:
        def has_bf16(*, including_emulation: bool = True) -> bool:
            return native or including_emulation

        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", has_bf16)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return there


def test_what_the_device_offers(gpu):
    gpu(cuda=True)
    assert device_capabilities("cuda").cuda
    assert device_capabilities("cuda:1").cuda
    assert device_capabilities("cpu") == DeviceCapabilities(
        cuda=False, bitsandbytes=device_capabilities("cuda").bitsandbytes
    )
    assert choose_precision("cuda") == "bf16"


@pytest.mark.parametrize(
    ("instructions", "precision"),
    [({"avx512_bf16": True}, "bf16"), ({"amx_bf16": True}, "bf16"), ({"avx512_f": True}, "fp32")],
)
def test_a_processor_trains_in_bf16_where_it_multiplies_in_it(monkeypatch, instructions, precision):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: instructions)
    assert choose_precision("cpu") == precision


def test_a_gpu_that_only_imitates_bf16_trains_in_fp32(gpu):
    gpu(cuda=True, native=False)
    assert choose_precision("cuda") == "fp32"


@pytest.mark.parametrize(
    ("visible", "device", "left"),
    [
        (None, "cuda:1", "1"),
        ("4,GPU-5f,6", "cuda:1", "GPU-5f"),
        ("4,5", "cuda", "4,5"),
        (None, "cpu", None),
        ("0", "mps", "0"),
    ],
)
def test_a_process_that_trains_on_one_gpu_sees_that_one_alone(monkeypatch, visible, device, left):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible or "")
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    show_only(device)
    assert os.environ.get("CUDA_VISIBLE_DEVICES") == left


@pytest.fixture
def triton(tmp_path, monkeypatch):
    """A Triton beside TRL, and a PATH with these programs alone."""
    (tmp_path / "site" / "triton").mkdir(parents=True)
    (tmp_path / "site" / "triton" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.delenv("CC", raising=False)

    def programs(*names: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / name).touch(mode=0o755)
        monkeypatch.setenv("PATH", str(folder))
        return folder

    monkeypatch.setattr(sysconfig, "get_path", lambda *_: str(tmp_path / "include"))
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "Python.h").touch()
    return programs


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_nothing_is_lacking_where_there_is_a_c_compiler(triton, compiler):
    triton(compiler)
    assert device_capabilities("cuda").lacking_to_compile == ""


def test_a_missing_c_compiler_is_told_of_a_gpu_alone(triton):
    triton("cc", "tcc")
    assert device_capabilities("cuda:1").lacking_to_compile.startswith("a C compiler: install gcc")
    assert device_capabilities("cpu").lacking_to_compile == ""
    assert device_capabilities("mps").lacking_to_compile == ""


def test_the_program_that_cc_names_is_taken_and_no_other(triton, monkeypatch):
    folder = triton("gcc", "own-cc")
    monkeypatch.setenv("CC", str(folder / "own-cc"))
    assert device_capabilities("cuda").lacking_to_compile == ""
    monkeypatch.setenv("CC", "nowhere-cc")
    lacking = device_capabilities("cuda").lacking_to_compile
    assert "CC names nowhere-cc, which is not there" in lacking


def test_missing_headers_of_python_are_told(triton, tmp_path):
    triton("gcc")
    (tmp_path / "include" / "Python.h").unlink()
    assert "Python.h: install python3-dev" in device_capabilities("cuda").lacking_to_compile


def test_without_triton_nothing_is_compiled(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    if importlib.util.find_spec("triton") is None:
        assert device_capabilities("cuda").lacking_to_compile == ""
