"""Device choice: what local models run on."""

import pytest
import torch

from dlm_lsp.errors import DeviceError
from dlm_lsp.local.device import current_device, device_kind, find_device, run_on_device
from dlm_lsp.local.load import load_model


@pytest.fixture
def gpu(monkeypatch):
    """What PyTorch is to say of the GPUs of this machine."""

    def there(*, cuda: int = 0, mps: bool = False, built: bool = True) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: built)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return there


def test_a_gpu_is_used_if_there(gpu):
    gpu(cuda=2)
    assert find_device("auto") == "cuda"
    gpu(mps=True)
    assert find_device("auto") == "mps"
    gpu()
    assert find_device("auto") == "cpu"


@pytest.mark.parametrize("choice", ["cpu", "cuda", "cuda:0", "cuda:1"])
def test_what_is_there_can_be_asked_for(gpu, choice):
    gpu(cuda=2)
    assert find_device(choice) == choice


@pytest.mark.parametrize("choice", ["cuda:2", "mps", "gpu9"])
def test_what_is_not_there_is_refused_in_one_line_with_what_is(gpu, choice):
    gpu(cuda=2)
    with pytest.raises(DeviceError) as refused:
        find_device(choice)
    assert str(refused.value) == (
        f"there is no device {choice} here; there is cpu, cuda, cuda:0, cuda:1; "
        "take one of these, or auto"
    )


def test_a_pytorch_without_cuda_is_named_as_the_reason(gpu):
    gpu(built=False)
    with pytest.raises(DeviceError, match=r"for PyTorch is installed without CUDA; there is cpu;"):
        find_device("cuda")


def test_a_call_has_its_device_and_the_next_one_its_own(gpu):
    gpu(cuda=2)
    assert run_on_device("cuda:1", current_device) == "cuda:1"
    assert run_on_device("cpu", current_device) == "cpu"
    assert current_device() == "cuda"


def test_a_model_is_in_memory_once_for_each_device(llama):
    here = run_on_device("cpu", load_model, llama)
    assert here.device.type == "cpu"
    assert run_on_device("cpu", load_model, llama) is here


def test_nothing_is_begun_on_a_device_that_is_not_there(gpu):
    gpu()
    begun = []
    with pytest.raises(DeviceError):
        run_on_device("mps", begun.append, 1)
    assert begun == []


def test_a_number_does_not_change_the_kind():
    assert [device_kind(device) for device in ("cpu", "cuda", "cuda:12", "mps")] == [
        "cpu",
        "cuda",
        "cuda",
        "mps",
    ]
