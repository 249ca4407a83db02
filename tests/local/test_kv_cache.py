"""Prefix cache: a beginning that many rows share, read once."""

import pytest
import torch
from support.tiny_model import PROSE

from dlm_lsp.local.kv_cache import cache_prefix
from dlm_lsp.local.load import load_model


def test_behind_a_prefix_a_row_is_read_as_behind_the_whole_text(llama):
    loaded = load_model(llama)
    begin, end = loaded.tokenizer(PROSE).input_ids, loaded.tokenizer(" So it is.").input_ids
    with loaded.speaking_as(None) as model, torch.inference_mode():
        prefix = cache_prefix(loaded, model, begin)
        whole = model(torch.tensor([begin + end])).logits[0, -1]
        rows = model(torch.tensor([end, end]), past_key_values=prefix.for_rows(2)).logits
    assert torch.allclose(rows[0, -1], whole, atol=1e-4)
    assert torch.allclose(rows[1, -1], whole, atol=1e-4)


def test_each_batch_has_a_memory_of_its_own(llama):
    loaded = load_model(llama)
    with loaded.speaking_as(None) as model, torch.inference_mode():
        prefix = cache_prefix(loaded, model, [5, 6, 7])
        first = prefix.for_rows(1)
        model(torch.tensor([[8, 9]]), past_key_values=first)
    assert (first.get_seq_length(), prefix.for_rows(3).get_seq_length()) == (5, 3)


@pytest.mark.parametrize("rows", [1, 4])
def test_no_prefix_is_no_memory(llama, rows):
    assert cache_prefix(load_model(llama), load_model(llama).model, []).for_rows(rows) is None
