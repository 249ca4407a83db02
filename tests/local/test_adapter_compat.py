"""Adapter compatibility: whether an adapter was made for a model."""

import json
import shutil
from pathlib import Path

import pytest
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

from dlm_lsp.errors import ModelError
from dlm_lsp.local.adapter_compat import WEIGHTS, check_adapter_fits


@pytest.fixture(scope="module")
def model(llama):
    return AutoModelForCausalLM.from_pretrained(llama)


@pytest.fixture
def own(adapter: Path, tmp_path: Path) -> Path:
    """A copy of the adapter that may be spoilt."""
    return Path(shutil.copytree(adapter, tmp_path / "own"))


def _aim(adapter: Path, *layers: str) -> None:
    file = adapter / "adapter_config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps(config | {"target_modules": layers}))


def _other(llama: str, **changed: int) -> LlamaForCausalLM:
    return LlamaForCausalLM(LlamaConfig.from_pretrained(llama, **changed))


def test_an_adapter_fits_its_own_base_model_and_leaves_it_as_it_was(model, adapter):
    before = [name for name, _ in model.named_modules()]
    check_adapter_fits(model, adapter)
    assert [name for name, _ in model.named_modules()] == before


def test_a_model_with_more_layers_is_another_one(llama, own):
    _aim(own, "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    with pytest.raises(ModelError, match=r"7 of its layers are without weights.*train it again"):
        check_adapter_fits(_other(llama, num_hidden_layers=3), own)


def test_a_model_with_more_layers_is_another_one_also_where_each_layer_is_named(llama, adapter):
    with pytest.raises(ModelError, match=r"7 of its layers are without weights.*layers\.2"):
        check_adapter_fits(_other(llama, num_hidden_layers=3), adapter)


def test_an_adapter_for_some_layers_only_fits(llama, model, tmp_path):
    layers = ["model.layers.0.self_attn.q_proj", "model.layers.1.mlp.up_proj"]
    base = AutoModelForCausalLM.from_pretrained(llama)
    get_peft_model(base, LoraConfig(r=4, target_modules=layers)).save_pretrained(tmp_path)
    check_adapter_fits(model, tmp_path)


def test_a_model_with_less_layers_is_another_one(llama, adapter):
    with pytest.raises(ModelError, match=r"7 of its layers are not in the model"):
        check_adapter_fits(_other(llama, num_hidden_layers=1), adapter)


def test_a_model_of_another_width_is_another_one_and_the_right_one_is_named(llama, adapter):
    with pytest.raises(ModelError, match=r"of another size, such as .*proj.*") as raised:
        check_adapter_fits(_other(llama, hidden_size=64), adapter)
    assert f"trained on, {llama}" in str(raised.value)


def test_a_model_without_the_layers_that_it_names_is_another_one(model, own):
    _aim(own, "c_attn")
    with pytest.raises(ModelError, match=r"does not fit this base model \(.*c_attn"):
        check_adapter_fits(model, own)


def test_embeddings_beside_its_weights_are_no_obstacle(model, own):
    weights = load_file(own / WEIGHTS)
    weights["base_model.model.model.embed_tokens.weight"] = model.get_input_embeddings().weight
    save_file(weights, own / WEIGHTS)
    check_adapter_fits(model, own)


def test_weights_that_are_cut_short_are_named_with_their_path(model, own):
    file = own / WEIGHTS
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ModelError, match=rf"cannot read {file} .*; train the adapter again"):
        check_adapter_fits(model, own)


def test_settings_that_are_no_json_are_named_with_their_path(model, own):
    (own / "adapter_config.json").write_text("{")
    with pytest.raises(ModelError, match=r"cannot read .*adapter_config\.json"):
        check_adapter_fits(model, own)


def test_weights_in_another_format_than_safetensors_are_not_read(model, own):
    (own / WEIGHTS).rename(own / "adapter_model.bin")
    with pytest.raises(ModelError, match=r"adapter_model\.safetensors is missing"):
        check_adapter_fits(model, own)
