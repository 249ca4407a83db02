"""Constrained decoding: which token may come next in each row of a batch, and which one it is."""

import pytest
import torch

from dlm_lsp.errors import ModelError
from dlm_lsp.local.constrained_decoding import GREEDY, ConstrainedSampler, SamplingParams
from dlm_lsp.local.load import load_model

SIZE = 346


def sampler(model, *grammars, sampling=GREEDY):
    tokenizer = load_model(model).grammar_tokenizer
    return ConstrainedSampler(tokenizer, grammars, [sampling] * len(grammars), [2], start=1)


def test_exactly_one_token_is_left_to_each_row(llama):
    scores = torch.randn(2, SIZE)
    scores_left = sampler(llama, None, 'start: "a"+')(torch.tensor([[5], [5]]), scores)
    assert scores_left.isfinite().sum(dim=1).tolist() == [1, 1]
    assert scores_left[0].argmax() == scores[0].argmax()


def test_a_token_that_the_grammar_forbids_is_never_taken(llama):
    letter = load_model(llama).tokenizer("a").input_ids[0]
    scores = torch.zeros(1, SIZE)
    scores[0, letter] = -50.0
    scores_left = sampler(llama, 'start: "a"')(torch.tensor([[5]]), scores)
    assert scores_left[0].argmax() == letter


def test_behind_the_end_of_its_grammar_a_row_ends(llama):
    letter = load_model(llama).tokenizer("a").input_ids[0]
    choose = sampler(llama, 'start: "a"')
    choose(torch.tensor([[5]]), torch.zeros(1, SIZE))
    scores_left = choose(torch.tensor([[5, letter]]), torch.zeros(1, SIZE))
    assert scores_left[0].argmax() == 2


@pytest.mark.parametrize("temperature", [0.1, 1.0, 5.0])
def test_what_is_drawn_follows_the_temperature(llama, temperature):
    scores = torch.full((1, SIZE), -100.0)
    scores[0, :2] = torch.tensor([2.0, 0.0])
    drawn = [
        int(
            sampler(llama, None, sampling=SamplingParams(temperature, seed=seed))(
                torch.tensor([[5]]), scores
            )
            .argmax()
            .item()
        )
        for seed in range(300)
    ]
    share = drawn.count(0) / len(drawn)
    expected = float(torch.softmax(torch.tensor([2.0, 0.0]) / temperature, 0)[0])
    assert share == pytest.approx(expected, abs=0.1)


def test_a_grammar_that_cannot_be_followed_is_an_error(llama):
    with pytest.raises(ModelError, match="cannot follow the grammar"):
        sampler(llama, "start: (")
