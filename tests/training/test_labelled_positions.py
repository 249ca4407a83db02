"""Labelled positions: the same loss and gradient as from all logits, in less memory."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    AutoModelForCausalLM,
    CohereConfig,
    CohereForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
)

from dlm_lsp.training import labelled_positions
from dlm_lsp.training.labelled_positions import has_plain_head, summed_loss

SMALL = {
    "vocab_size": 50,
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 8,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}


def _tensors(rows: int, words: int, seed: int, spread: float) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    hidden = torch.randn(rows, 8, generator=generator, dtype=torch.float64) * spread
    head = torch.randn(words, 8, generator=generator, dtype=torch.float64)
    labels = torch.randint(words, (rows,), generator=generator)
    return hidden, head, labels


def _both(
    hidden: torch.Tensor, head: torch.Tensor, labels: torch.Tensor, number_type: torch.dtype
) -> tuple[tuple[torch.Tensor, torch.Tensor], ...]:
    """Loss and gradient from all logits in float64, and ours."""
    exact = hidden.clone().requires_grad_()
    all_logits = torch.nn.functional.cross_entropy(exact @ head.t(), labels, reduction="sum")
    ours = hidden.to(number_type).requires_grad_()
    loss = summed_loss(ours, head.to(number_type), labels)
    for each in (all_logits, loss):
        (each / 3).backward()
    return (all_logits.detach(), exact.grad), (loss.detach(), ours.grad)


@given(
    rows=st.integers(0, 40),
    words=st.integers(2, 300),
    seed=st.integers(0, 2**32),
    spread=st.sampled_from([0.0, 1.0, 30.0]),
    logits=st.sampled_from([1, 4_000, 10**6]),
    cached=st.sampled_from([1, 700, 10**6]),
)
@settings(deadline=None)
def test_loss_and_gradient_are_always_those_from_all_logits(
    rows, words, seed, spread, logits, cached
):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labelled_positions, "_LOGITS", logits)
        patch.setattr(labelled_positions, "_CACHED", cached)
        exact, ours = _both(*_tensors(rows, words, seed, spread), torch.float32)
    for wanted, found in zip(exact, ours, strict=True):
        torch.testing.assert_close(found.double(), wanted, rtol=1e-4, atol=1e-4)


def test_in_bfloat16_they_are_close():
    (loss, gradient), (our_loss, our_gradient) = _both(*_tensors(64, 300, 1, 1.0), torch.bfloat16)
    assert float(our_loss) == pytest.approx(float(loss), rel=0.01)
    assert torch.cosine_similarity(our_gradient.double().flatten(), gradient.flatten(), 0) > 0.999


def test_without_a_gradient_to_compute_the_loss_is_the_same():
    hidden, head, labels = (tensor.float() for tensor in _tensors(9, 30, 1, 1.0))
    labels = labels.long()
    wanted = summed_loss(hidden.requires_grad_(), head, labels)
    with torch.no_grad():
        assert torch.equal(summed_loss(hidden, head, labels), wanted)


@pytest.mark.parametrize("made_of", ["llama", "gemma"])
def test_a_head_that_multiplies_and_no_more_is_plain(request, made_of):
    assert has_plain_head(AutoModelForCausalLM.from_pretrained(request.getfixturevalue(made_of)))


def test_a_head_whose_logits_are_bounded_or_scaled_or_that_has_a_bias_is_not():
    biased = Gemma2ForCausalLM(Gemma2Config(final_logit_softcapping=None, **SMALL))
    assert has_plain_head(biased)
    biased.lm_head.bias = torch.nn.Parameter(torch.zeros(50))
    assert not has_plain_head(biased)
    assert not has_plain_head(Gemma2ForCausalLM(Gemma2Config(**SMALL)))
    assert not has_plain_head(CohereForCausalLM(CohereConfig(**SMALL, logit_scale=0.25)))


def test_trying_out_a_head_leaves_the_model_as_it_was(llama):
    model = AutoModelForCausalLM.from_pretrained(llama)
    tokens = torch.tensor([[3, 4, 5]])
    before = model(input_ids=tokens).logits
    has_plain_head(model)
    assert torch.equal(model(input_ids=tokens).logits, before)
