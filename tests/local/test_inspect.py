"""Model info: what a model is, told by its files as if it were loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from support.tiny_model import tiny_adapter, tiny_llama

from dlm_lsp.errors import ModelError
from dlm_lsp.local import load
from dlm_lsp.local.inspect import inspect_model
from dlm_lsp.local.load import context_window, load_model


def test_the_files_tell_what_the_loaded_model_is(llama, chat_llama, gemma):
    # A model in memory may carry the adapter of an earlier test.
    load.keep_models([])
    for model in (llama, chat_llama, gemma):
        info, loaded = inspect_model(model, None), load_model(model)
        assert (info.parameters, info.chat, info.window) == (
            loaded.model.num_parameters(),
            loaded.chat,
            context_window(loaded.model.config),
        )
        assert info.identity == loaded.weights.identity


def test_a_base_and_an_instruct_model_are_told_apart(llama, chat_llama):
    assert (inspect_model(llama, None).chat, inspect_model(llama, None).window) == (False, 2048)
    assert inspect_model(chat_llama, None).chat


@pytest.mark.parametrize(
    ("config", "window"),
    [
        ({"model_type": "llama", "max_position_embeddings": 512}, 512),
        ({"model_type": "gemma3", "text_config": {"max_position_embeddings": 512}}, 512),
        ({"model_type": "gpt2", "n_positions": 768}, 768),
        ({"model_type": "llama"}, 2048),
        ({"model_type": "mamba"}, 2048),
    ],
    ids=["named as most do", "in the part for text", "another name", "by default", "none at all"],
)
def test_a_window_is_found_however_a_configuration_tells_it(tmp_path, config, window):
    tiny_llama(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert inspect_model(str(tmp_path), None).window == window


def test_a_configuration_that_cannot_be_read_is_one_line(tmp_path):
    tiny_llama(tmp_path)
    (tmp_path / "config.json").write_text("[")
    with pytest.raises(ModelError, match=r"^cannot load .*safetensors$"):
        inspect_model(str(tmp_path), None)


def test_no_library_of_models_is_imported_to_look_at_one(llama):
    code = (
        "import sys; from dlm_lsp.local.inspect import inspect_model; "
        "inspect_model(sys.argv[1], None); "
        "print([name for name in ('torch', 'transformers', 'peft') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, llama], capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"


def test_an_adapter_adds_to_the_identity_and_to_nothing_else(llama, adapter):
    bare, adapted = inspect_model(llama, None), inspect_model(llama, adapter)
    assert adapted.identity.startswith(f"{bare.identity}+")
    assert (adapted.window, adapted.parameters) == (bare.window, bare.parameters)


def test_an_adapter_beside_its_model_is_no_matter_to_what_the_model_is(llama, tmp_path):
    tiny_adapter(tmp_path, Path(llama))
    assert inspect_model(llama, tmp_path).chat == inspect_model(llama, None).chat


def test_replies_in_the_cache_stay_good_whatever_a_model_computes_in(llama, monkeypatch):
    before = inspect_model(llama, None).identity
    in_float32 = load_model(llama).number_type
    # A model that is in memory stays as it is.
    load.keep_models([])
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    in_bfloat16 = load_model(llama).number_type
    load.keep_models([])
    assert (in_float32, in_bfloat16) == ("float32", "bfloat16")
    assert inspect_model(llama, None).identity == before


@pytest.mark.parametrize("missing", ["adapter_config.json", "adapter_model.safetensors"])
def test_a_folder_that_is_no_adapter_is_refused(llama, tmp_path, missing):
    for name in {"adapter_config.json", "adapter_model.safetensors"} - {missing}:
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelError, match=rf"{missing} is missing; train it again"):
        inspect_model(llama, tmp_path)


def test_a_model_that_is_not_there_is_refused_with_the_way_to_it(tmp_path):
    with pytest.raises(ModelError, match="there is no file or folder"):
        inspect_model(str(tmp_path / "nosuch"), None)


def test_weights_that_are_no_safetensors_are_refused_in_one_line(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    for content in (b"", b"\xff" * 20, b"\x02\0\0\0\0\0\0\0[]"):
        (tmp_path / "model.safetensors").write_bytes(content)
        with pytest.raises(ModelError, match="cannot read the weights in"):
            inspect_model(str(tmp_path), None)
