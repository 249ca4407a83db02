"""Prefix cache: a beginning that many rows share, read once."""

import copy
from dataclasses import dataclass
from typing import Any

from dlm_lsp.local.load import LoadedModel


@dataclass(frozen=True, slots=True)
class CachedPrefix:
    """The tokens that every row begins with and what the model remembers of them."""

    tokens: list[int]
    _cache: Any

    def for_rows(self, rows: int) -> Any:
        """Return a cache of its own for that many rows, None where there is no prefix."""
        if not self.tokens:
            return None
        cache = copy.deepcopy(self._cache)
        cache.batch_repeat_interleave(rows)
        return cache


def cache_prefix(loaded: LoadedModel, speaker: Any, tokens: list[int]) -> CachedPrefix:
    """Let the model read `tokens`."""
    import torch

    if not tokens:
        return CachedPrefix(tokens, None)
    ids = torch.tensor([tokens], device=loaded.device)
    with torch.inference_mode():
        output = speaker(input_ids=ids, use_cache=True, logits_to_keep=1)
    return CachedPrefix(tokens, output.past_key_values)
