"""Memory estimate: what a training takes, by the shape of its model and of its batches.

`bench/training_memory.py` holds it beside what trainings really took.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlm_lsp.training.recipe import Recipe

if TYPE_CHECKING:
    import torch

CHECKPOINTED = 1024
"""A training with longer rows keeps only what each layer reads, and computes the rest again."""

_LIBRARIES = 600 * 2**20
# Weight, gradient and the two averages of Adam, in float32; the averages of others have 8 bits.
_TRAINED, _TRAINED_8_BIT = 16, 10
# Four bits, and a scale in float32 for each 64 weights.
_QLORA = 4 / 8 + 4 / 64
# What allocators hold beside what is kept, measured on a processor.
_ALLOCATED = {"cpu": 1.45, "cuda": 1.2}
# On a processor, logits are computed for a few tokens at a time; with what they are turned into.
_LOGITS = 80 * 2**20
# On a GPU, TRL computes them in tiles of so many tokens by so many words.
_TILE_TOKENS, _TILE_WORDS = 4096, 32768


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What decides the memory of a model: its weights, and how wide and deep it is.

    `embeddings` counts the weights of its embeddings and its output head, `attention` and
    `key_value` are the widths of queries and of keys.
    """

    parameters: int
    embeddings: int
    layers: int
    hidden: int
    intermediate: int
    attention: int
    key_value: int
    vocabulary: int


def model_shape(model: "torch.nn.Module", config: Any) -> ModelShape:
    """Return the shape of a model, which may be on the device `meta`, with its text config."""
    embedding = (model.get_input_embeddings(), model.get_output_embeddings())  # type: ignore[operator]
    weights = {id(layer.weight): layer.weight for layer in embedding if layer is not None}
    heads = config.num_attention_heads
    head = getattr(config, "head_dim", None) or config.hidden_size // heads
    return ModelShape(
        parameters=sum(weight.numel() for weight in model.parameters()),
        embeddings=sum(weight.numel() for weight in weights.values()),
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        intermediate=getattr(config, "intermediate_size", None) or 4 * config.hidden_size,
        attention=heads * head,
        key_value=(getattr(config, "num_key_value_heads", None) or heads) * head,
        vocabulary=config.vocab_size,
    )


def activation_bytes(shape: ModelShape, recipe: Recipe, longest: int) -> int:
    """Return what is kept of each token until the gradients are computed, in bytes."""
    layer = _layer_bytes(shape, recipe)
    if recipe.adapter == "qlora" or longest > CHECKPOINTED:
        return shape.layers * shape.hidden * _size(recipe) + layer
    return (shape.layers + 1) * layer


def training_memory(
    shape: ModelShape,
    recipe: Recipe,
    *,
    file_size: int,
    trainable: int,
    rows: int,
    longest: int,
    device: str,
) -> int:
    """Return the most memory that a training takes at a time, in bytes.

    `file_size` are the bytes of the weights on disk, `trainable` the weights of the adapter; `rows`
    of at most `longest` tokens are learned at once.
    """
    weights = _weight_bytes(shape, recipe)
    trained = trainable * (_TRAINED_8_BIT if "8bit" in recipe.optimizer else _TRAINED)
    tokens = rows * longest
    tile = min(tokens, _TILE_TOKENS) * min(shape.vocabulary, _TILE_WORDS) * _size(recipe)
    loss = _LOGITS if device == "cpu" else tile
    activations = tokens * activation_bytes(shape, recipe, longest)
    learning = trained + activations * _ALLOCATED[device] + loss
    # While weights are read into the memory of the processor, so is their file.
    reading = file_size if device == "cpu" else 0
    return int(_LIBRARIES + weights + max(learning, reading))


def _layer_bytes(shape: ModelShape, recipe: Recipe) -> int:
    """Return what a layer with an adapter keeps of a token, in bytes.

    These are the sizes of what PyTorch saves for Gemma 3 (as `saved_tensors_hooks` show it), which
    keeps the most of those looked at: Llama's are smaller by a tenth.
    """
    hidden, wide = shape.hidden, shape.intermediate
    attention, key_value = shape.attention, shape.key_value
    if recipe.precision == "fp32":
        layer = 4 * (14 * hidden + 5 * wide + 5 * attention + 3 * key_value)
    else:
        layer = 44 * hidden + 12 * wide + 20 * attention + 6 * key_value
    if recipe.adapter == "dora":
        # What each linear layer gives, and the same as it is scaled.
        layer += _size(recipe) * (4 * hidden + 4 * wide + 2 * attention + 4 * key_value)
    return layer


def _weight_bytes(shape: ModelShape, recipe: Recipe) -> float:
    if recipe.adapter != "qlora":
        return shape.parameters * _size(recipe)
    # peft turns what is not in four bits, nearly all of it embeddings, into float32.
    return (shape.parameters - shape.embeddings) * _QLORA + shape.embeddings * 4


def _size(recipe: Recipe) -> int:
    return 4 if recipe.precision == "fp32" else 2
