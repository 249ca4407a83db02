"""Devices: what a training runs on."""

import pytest
import torch

from dlm_lsp.errors import ModelError
from dlm_lsp.training.devices import choose_device, choose_precision, device_capabilities
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


def test_a_gpu_is_used_if_there(gpu):
    gpu(cuda=True)
    assert choose_device("auto") == "cuda"
    gpu(cuda=False, mps=True)
    assert choose_device("auto") == "mps"
    gpu(cuda=False)
    assert choose_device("auto") == "cpu"


def test_the_processor_can_be_asked_for(gpu):
    gpu(cuda=True)
    assert choose_device("cpu") == "cpu"


def test_a_device_that_is_not_there_is_refused(gpu):
    gpu(cuda=False)
    with pytest.raises(ModelError, match="no device cuda here"):
        choose_device("cuda")


def test_what_the_device_offers(gpu):
    gpu(cuda=True)
    assert device_capabilities("cuda").cuda
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


def test_a_device_that_nobody_knows_is_refused():
    with pytest.raises(ModelError, match=r"there is no device .* here"):
        choose_device("gpu9")
