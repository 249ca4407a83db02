"""Finite weights: whether weights on disk are numbers."""

import pytest
import torch
from safetensors.torch import save_file

from dlm_lsp.errors import ModelError
from dlm_lsp.training.check_weights import check_finite_weights


def _write(folder, **tensors):
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


def test_numbers_pass(tmp_path):
    check_finite_weights(_write(tmp_path, a=torch.ones(2), b=torch.zeros(1, dtype=torch.bfloat16)))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused_by_name(tmp_path, bad):
    with pytest.raises(ModelError, match=r"\bb holds NaN or infinity; lower learning_rate"):
        check_finite_weights(_write(tmp_path, a=torch.ones(2), b=torch.tensor([1.0, bad])))


def test_a_torn_or_missing_file_is_refused(tmp_path):
    with pytest.raises(ModelError, match="not written whole"):
        check_finite_weights(tmp_path)
    file = _write(tmp_path, a=torch.ones(200)) / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(ModelError, match="not written whole"):
        check_finite_weights(tmp_path)


def test_an_adapter_on_no_layer_is_refused(tmp_path):
    with pytest.raises(ModelError, match="target_modules"):
        check_finite_weights(_write(tmp_path))
