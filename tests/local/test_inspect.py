"""Model info: what a model is, before it is put to work."""

import pytest
import torch

from dlm_lsp.errors import ModelError
from dlm_lsp.local import load
from dlm_lsp.local.inspect import inspect_model


def test_a_base_and_an_instruct_model_are_told_apart(llama, chat_llama):
    assert (inspect_model(llama, None).chat, inspect_model(llama, None).window) == (False, 2048)
    assert inspect_model(chat_llama, None).chat


def test_an_adapter_adds_to_the_identity(llama, adapter):
    bare, adapted = inspect_model(llama, None), inspect_model(llama, adapter)
    assert adapted.identity.startswith(f"{bare.identity}+")


def test_replies_in_the_cache_stay_good_whatever_a_model_computes_in(llama, adapter, monkeypatch):
    in_float32 = inspect_model(llama, adapter)
    # A model that is in memory stays as it is.
    load._loaded.cache_clear()
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    in_bfloat16 = inspect_model(llama, adapter)
    load._loaded.cache_clear()
    assert (in_float32.number_type, in_bfloat16.number_type) == ("float32", "bfloat16")
    assert in_float32.identity == in_bfloat16.identity


@pytest.mark.parametrize("missing", ["adapter_config.json", "adapter_model.safetensors"])
def test_a_folder_that_is_no_adapter_is_refused(llama, tmp_path, missing):
    for name in {"adapter_config.json", "adapter_model.safetensors"} - {missing}:
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelError, match=rf"{missing} is missing; train it again"):
        inspect_model(llama, tmp_path)
