"""Memory estimate: what a training takes."""

from dataclasses import replace

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
)

from dlm_lsp.document.schema import Training
from dlm_lsp.training.memory_estimate import (
    ModelShape,
    activation_bytes,
    model_shape,
    training_memory,
)
from dlm_lsp.training.recipe import Recipe, make_recipe

GIBIBYTE = 2**30
# Of gemma-3-270m.
SHAPE = ModelShape(
    parameters=268_098_176,
    embeddings=167_772_160,
    layers=18,
    hidden=640,
    intermediate=2048,
    attention=1024,
    key_value=256,
    vocabulary=262_144,
)
WIDTHS = {
    "vocab_size": 50,
    "hidden_size": 256,
    "intermediate_size": 1024,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 64,
}
MODELS = {
    "llama": (LlamaForCausalLM, LlamaConfig),
    "gemma": (Gemma3ForCausalLM, Gemma3TextConfig),
}


def _recipe(**training) -> Recipe:
    return make_recipe(Training(**training), None, prose_share=0, precision="fp32")


def _memory(recipe: Recipe, shape=SHAPE, rows=1, longest=256, device="cpu", file_size=0) -> int:
    sizes = {"file_size": file_size, "trainable": 2_000_000, "rows": rows, "longest": longest}
    return training_memory(shape, recipe, device=device, **sizes)


def _network(kind: str, layers: int) -> torch.nn.Module:
    network, config = MODELS[kind]
    return network(config(num_hidden_layers=layers, **WIDTHS))


def _saved(kind: str, adapter: str, precision: str, layers: int, tokens: int) -> int:
    """Return the bytes that PyTorch saves for the gradients of a model with an adapter."""
    half = precision == "bf16"
    network = _network(kind, layers).to(torch.bfloat16 if half else torch.float32)
    lora = LoraConfig(
        r=8, lora_dropout=0.05, target_modules="all-linear", use_dora=adapter == "dora"
    )
    adapted = get_peft_model(network, lora).train()
    weights = {weight.untyped_storage().data_ptr() for weight in adapted.parameters()}
    # Those saved have to live on, or others would take their addresses.
    saved = {}

    def save(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            saved[storage.data_ptr()] = tensor
        return tensor

    ids = torch.zeros((1, tokens), dtype=torch.long)
    with (
        torch.autocast("cpu", torch.bfloat16, enabled=half),
        torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor),
    ):
        adapted.get_base_model().model(input_ids=ids, use_cache=False)
    return sum(tensor.untyped_storage().nbytes() for tensor in saved.values())


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("adapter", ["lora", "dora"])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_what_a_layer_keeps_of_a_token_is_what_pytorch_saves(kind, adapter, precision):
    def of_two_layers(tokens: int) -> int:
        return _saved(kind, adapter, precision, 3, tokens) - _saved(
            kind, adapter, precision, 1, tokens
        )

    saved = (of_two_layers(192) - of_two_layers(64)) / 2 / 128
    network = _network(kind, 1)
    shape = model_shape(network, network.config)
    recipe = _recipe(adapter=adapter, precision=precision)
    # One layer more than there are is under way.
    estimated = activation_bytes(shape, recipe, 64) / 2
    assert 0.95 <= estimated / saved <= 1.3


def test_the_shape_is_that_of_the_model(llama):
    network = AutoModelForCausalLM.from_pretrained(llama)
    shape = model_shape(network, network.config)
    vocabulary = network.config.vocab_size
    assert shape == ModelShape(
        parameters=network.num_parameters(),
        embeddings=2 * vocabulary * 32,
        layers=2,
        hidden=32,
        intermediate=48,
        attention=32,
        key_value=16,
        vocabulary=vocabulary,
    )


def test_embeddings_that_are_also_the_head_count_once(gemma):
    network = AutoModelForCausalLM.from_pretrained(gemma)
    shape = model_shape(network, network.config)
    assert shape.embeddings == network.config.vocab_size * 32


def test_more_tokens_at_once_take_more_wherever_they_are():
    recipe = _recipe()
    few, long, many = _memory(recipe), _memory(recipe, longest=1024), _memory(recipe, rows=4)
    assert long == many > few + GIBIBYTE


def test_beyond_a_length_only_what_each_layer_reads_is_kept():
    recipe = _recipe()
    assert _memory(recipe, longest=1025) < _memory(recipe, longest=1024) - GIBIBYTE


def test_qlora_keeps_embeddings_in_float32_and_the_rest_in_four_bits():
    lora, qlora = _recipe(precision="bf16"), _recipe(adapter="qlora", precision="bf16")
    without = replace(SHAPE, embeddings=0)
    assert _memory(qlora) - _memory(qlora, without) == pytest.approx(
        SHAPE.embeddings * (4 - 0.5625), rel=1e-6
    )
    assert _memory(lora, rows=0) - _memory(qlora, without, rows=0) == pytest.approx(
        SHAPE.parameters * (2 - 0.5625), rel=1e-6
    )


def test_what_an_optimizer_averages_takes_less_in_8_bits():
    wide, narrow = _recipe(), _recipe(optimizer="adamw_bnb_8bit")
    assert _memory(wide) - _memory(narrow) == 6 * 2_000_000


def test_no_vocabulary_is_so_large_that_its_logits_matter():
    huge = replace(SHAPE, vocabulary=100 * SHAPE.vocabulary)
    for device in ("cpu", "cuda"):
        assert _memory(_recipe(), huge, device=device) == _memory(_recipe(), device=device)


def test_the_file_of_the_weights_is_in_memory_while_it_is_read_on_a_processor():
    recipe = _recipe()
    assert _memory(recipe, rows=0, file_size=GIBIBYTE) > _memory(recipe, rows=0) + GIBIBYTE / 2
    assert _memory(recipe, rows=8, file_size=GIBIBYTE) == _memory(recipe, rows=8)
    on_gpu = _memory(recipe, rows=0, device="cuda")
    assert _memory(recipe, rows=0, file_size=GIBIBYTE, device="cuda") == on_gpu
