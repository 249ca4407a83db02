"""Devices: what those that a training can run on can do."""

import os

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
    assert (choose_precision("cuda"), choose_precision("cpu")) == ("bf16", "fp32")


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
