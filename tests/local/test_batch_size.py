"""Batch size: as many prompts at once as there is memory for, and at least one."""

from types import SimpleNamespace

import psutil
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlm_lsp.local.batch_size import MOST_AT_ONCE, _cache_bytes, batch_size
from dlm_lsp.local.load import load_model


@pytest.mark.parametrize("model", ["llama", "gemma"])
def test_the_cache_of_a_model_takes_no_more_than_is_reckoned(model, request):
    loaded = load_model(request.getfixturevalue(model))
    rows, tokens = 3, 12
    with torch.inference_mode():
        cache = loaded.model(torch.full((rows, tokens), 5), use_cache=True).past_key_values
    taken = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert taken == rows * tokens * _cache_bytes(loaded)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(free=st.integers(0, 2**40), tokens=st.integers(1, 10**6))
def test_a_batch_always_fits_into_half_of_what_is_free_or_is_one_prompt(
    llama, monkeypatch, free, tokens
):
    loaded = load_model(llama)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    size = batch_size(loaded, tokens)
    assert 1 <= size <= MOST_AT_ONCE
    assert size == 1 or size * tokens * _cache_bytes(loaded) <= free / 2
    assert batch_size(loaded, tokens + 1) <= size


def test_a_short_prompt_on_a_processor_with_room_is_one_of_sixteen(llama):
    assert batch_size(load_model(llama), 10) == 16
