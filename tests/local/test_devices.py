"""Which device a training runs on."""

import pytest
import torch

from dlm_lsp.document.untrainable import Machine
from dlm_lsp.local.devices import device, machine, precision
from dlm_lsp.local.error import LocalError


@pytest.fixture
def gpu(monkeypatch):
    def there(*, cuda: bool, mps: bool = False) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return there


def test_a_gpu_is_used_if_there(gpu):
    gpu(cuda=True)
    assert device("auto") == "cuda"
    gpu(cuda=False, mps=True)
    assert device("auto") == "mps"
    gpu(cuda=False)
    assert device("auto") == "cpu"


def test_the_processor_can_be_asked_for(gpu):
    gpu(cuda=True)
    assert device("cpu") == "cpu"


def test_a_device_that_is_not_there_is_refused(gpu):
    gpu(cuda=False)
    with pytest.raises(LocalError, match="--device cuda"):
        device("cuda")


def test_what_the_device_offers(gpu):
    gpu(cuda=True)
    assert machine("cuda").cuda
    assert machine("cpu") == Machine(cuda=False, bitsandbytes=machine("cuda").bitsandbytes)
    assert (precision("cuda"), precision("cpu")) == ("bf16", "fp32")
