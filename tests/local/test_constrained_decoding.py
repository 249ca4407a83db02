"""Constrained decoding: which token may come next in each row of a batch, and which one it is."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlm_lsp.errors import ModelError
from dlm_lsp.local.constrained_decoding import (
    GREEDY,
    ConstrainedSampler,
    SamplingParams,
    _drawn_on_device,
)
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


WAYS = ["_choose_by_row", "_choose_on_device"]
LETTERS = ["a", "b", "the", "mill", "x"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 2**31),
    rows=st.lists(
        st.tuples(
            st.none() | st.lists(st.sampled_from(LETTERS), min_size=1, unique=True),
            st.builds(
                SamplingParams,
                st.sampled_from([0.0, 0.7, 2.0]),
                st.sampled_from([None, 1e-6, 0.5, 1.0]),
                st.integers(0, 99),
                st.integers(0, 3),
            ),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_by_row_and_on_a_device_each_row_always_takes_what_it_takes_alone(llama, seed, rows):
    loaded = load_model(llama)
    grammars = [
        None if words is None else "start: " + " | ".join(f'"{word}"' for word in words)
        for words, _ in rows
    ]
    samplings = [sampling for _, sampling in rows]
    random = torch.Generator().manual_seed(seed)
    scores = torch.randn(len(rows), loaded.vocabulary, generator=random)

    def choose(some, way):
        sampler = ConstrainedSampler(
            loaded.grammar_tokenizer,
            [grammars[row] for row in some],
            [samplings[row] for row in some],
            [2],
            start=1,
        )
        return getattr(sampler, way)(scores[some], begins=True).tolist()

    every = list(range(len(rows)))
    by_row, on_device = (choose(every, way) for way in WAYS)
    for row, (words, sampling) in enumerate(rows):
        for together, way in ((by_row, WAYS[0]), (on_device, WAYS[1])):
            assert choose([row], way) == together[row : row + 1]
            taken = loaded.tokenizer.decode([together[row]])
            assert words is None or any(word.startswith(taken) for word in words)
        if sampling.first or not sampling.temperature:
            assert by_row[row] == on_device[row]


def test_on_a_device_a_row_ends_behind_its_grammar(llama):
    letter = load_model(llama).tokenizer("a").input_ids[0]
    choose = sampler(llama, 'start: "a"', None)
    choose(torch.tensor([[5], [5]]), torch.zeros(2, SIZE))
    choose._follow([letter, letter])
    scores = torch.zeros(2, SIZE)
    scores[1, 7] = 1.0
    assert choose._choose_on_device(scores, begins=False).tolist() == [2, 7]


@pytest.mark.parametrize(("temperature", "top_p"), [(0.5, None), (2.0, None), (1.0, 0.5)])
def test_on_a_device_what_is_drawn_follows_temperature_and_top_p(temperature, top_p):
    scores = torch.full((SIZE,), -100.0)
    scores[3], scores[5] = 2.0, 1.0
    drawn = [
        int(_drawn_on_device(scores, SamplingParams(temperature, top_p), random))
        for seed in range(300)
        for random in [torch.Generator().manual_seed(seed)]
    ]
    expected = torch.softmax(torch.tensor([2.0, 1.0]) / temperature, 0)[0] if not top_p else 1.0
    assert set(drawn) <= {3, 5}
    assert drawn.count(3) / 300 == pytest.approx(float(expected), abs=0.1)


def test_on_a_device_what_a_model_is_forbidden_to_write_has_no_rank(llama):
    scores = torch.full((1, SIZE), float("-inf"))
    scores[0, :2] = torch.tensor([1.0, 2.0])
    choose = sampler(llama, None, sampling=SamplingParams(first=7))
    assert choose._choose_on_device(scores, begins=True).tolist() == [0]


def test_a_grammar_that_cannot_be_followed_is_an_error(llama):
    with pytest.raises(ModelError, match="cannot follow the grammar"):
        sampler(llama, "start: (")
