"""Batch size: how many prompts a model goes on with at once, by what its device has free."""

from dlm_lsp.local.load import LoadedModel
from dlm_lsp.local.number_type import free_memory

_MOST = {"cuda": 64}
# On a processor 16 at once gave 1.5 to 1.8 times the tokens of a core-second that 8 gave, and 32
# twice; but nothing of a batch is seen or kept before all of it is written.
_MOST_ELSEWHERE = 16
MOST_AT_ONCE = max(_MOST_ELSEWHERE, *_MOST.values())
"""The most prompts of a batch on any device."""
_SHARE = 0.5
# Scores as they come, in float32, masked, and with the choice made.
_COPIES_OF_SCORES = 4
_FLOAT32_BYTES = 4


def batch_size(loaded: LoadedModel, tokens: int) -> int:
    """Return how many prompts of so many tokens, what is written included, go into a batch."""
    most = _MOST.get(loaded.device.type, _MOST_ELSEWHERE)
    needed = tokens * _cache_bytes(loaded)
    needed += _COPIES_OF_SCORES * _FLOAT32_BYTES * loaded.vocabulary
    fit = _SHARE * free_memory(loaded.device) / needed
    return most if fit >= most else max(1, int(fit))


def _cache_bytes(loaded: LoadedModel) -> int:
    """Return what the key/value cache of a model takes for a token, in bytes.

    Layers that look back over a window only take less, and count as the others.
    """
    config = loaded.model.config.get_text_config()
    heads = getattr(config, "num_attention_heads", None) or 1
    key_value_heads = getattr(config, "num_key_value_heads", None) or heads
    head_size = getattr(config, "head_dim", None) or config.hidden_size // heads
    number = loaded.model.get_output_embeddings().weight.element_size()
    return int(2 * config.num_hidden_layers * key_value_heads * head_size * number)
