"""Batched generation: what a model writes to many prompts, each under a grammar of its own."""

import json

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.memory_errors import MEMORY_ERRORS, room_for
from support.tiny_model import PROSE

from dlm_lsp.errors import ModelError
from dlm_lsp.local import generate as generate_module
from dlm_lsp.local.constrained_decoding import SamplingParams
from dlm_lsp.local.generate import (
    Prompt,
    count_prompt_tokens,
    generate_batch,
    generate_first,
)
from dlm_lsp.local.load import load_model

OPENINGS = ["The mill", "The first wheel was built in", "Why", "The second wheel drives a saw, so"]
PROMPTS = [Prompt(text, max_new_tokens=12) for text in OPENINGS]


@pytest.mark.parametrize("shared", ["", f"{PROSE}\n\n"])
@pytest.mark.parametrize("model", ["llama", "gemma"])
def test_a_batch_writes_what_each_prompt_alone_would_have(model, shared, request):
    folder = request.getfixturevalue(model)
    alone = [generate_batch(folder, None, [prompt], shared)[0] for prompt in PROMPTS]
    assert generate_batch(folder, None, PROMPTS, shared) == alone


def test_a_shared_beginning_writes_what_the_whole_text_would_have(llama):
    whole = [Prompt(f"{PROSE}\n\n{text}", max_new_tokens=12) for text in OPENINGS]
    behind_prefix = generate_batch(llama, None, PROMPTS, f"{PROSE}\n\n")
    assert [generated.text for generated in behind_prefix] == [
        generated.text for generated in generate_batch(llama, None, whole)
    ]


def test_more_prompts_than_a_batch_come_back_in_their_order(llama):
    many = [Prompt(f"{n} wheels" * (n % 3 + 1), max_new_tokens=3) for n in range(19)]
    assert generate_batch(llama, None, many) == [
        generate_batch(llama, None, [prompt])[0] for prompt in many
    ]


@pytest.mark.parametrize("error", MEMORY_ERRORS.values(), ids=MEMORY_ERRORS)
def test_a_batch_that_does_not_fit_is_halved_and_comes_back_the_same(llama, error):
    expected = generate_batch(llama, None, PROMPTS)
    with room_for(llama, 1, error) as batches:
        assert generate_batch(llama, None, PROMPTS) == expected
    assert batches[:3] == [4, 2, 1]


@pytest.mark.parametrize("kind", ["cuBLAS", "Python"])
def test_a_prompt_that_does_not_fit_alone_is_an_error(llama, kind):
    error = MEMORY_ERRORS[kind]
    with room_for(llama, 0, error), pytest.raises(type(error)):
        generate_batch(llama, None, PROMPTS)


def test_of_many_prompts_the_first_that_go_into_one_batch_are_answered(llama):
    many = [Prompt(f"{n} wheels", max_new_tokens=3) for n in range(19)]
    first = generate_first(llama, None, many)
    assert 1 <= len(first) < len(many)
    assert first == generate_batch(llama, None, many[: len(first)])
    assert generate_first(llama, None, []) == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    temperature=st.sampled_from([0.0, 0.7, 2.0]),
    seed=st.integers(0, 2**31),
    items=st.integers(1, 3),
)
def test_a_reply_under_a_schema_is_always_valid_json_of_that_schema(
    llama, temperature, seed, items
):
    schema = {
        "type": "array",
        "items": {"type": "string", "maxLength": 6},
        "minItems": items,
        "maxItems": items,
    }
    prompt = Prompt(
        "List:",
        grammar=f"start: %json {json.dumps(schema)}",
        max_new_tokens=150,
        sampling=SamplingParams(temperature, seed=seed),
    )
    generated = generate_batch(llama, None, [prompt])[0]
    # Blanks may stand between values, and a model of random weights may write them without end.
    assume(generated.ended)
    values = json.loads(generated.text)
    assert len(values) == items
    assert all(isinstance(value, str) and len(value) <= 6 for value in values)


def test_each_row_of_a_batch_follows_its_own_grammar(llama):
    prompts = [
        Prompt("Pick:", grammar='start: "red" | "blue"', max_new_tokens=8),
        Prompt("Count:", grammar="start: /[0-9]{4}/", max_new_tokens=8),
        Prompt("Quote:", max_new_tokens=8, grammar='start: %regex {"substring_words": "a saw"}'),
    ]
    colour, number, words = (generated.text for generated in generate_batch(llama, None, prompts))
    assert colour in ("red", "blue")
    assert number.isdigit()
    assert len(number) == 4
    assert words in "a saw"


def test_the_same_seed_draws_the_same_words_whatever_is_beside_it(llama):
    drawn = Prompt("The mill", max_new_tokens=12, sampling=SamplingParams(1.0, seed=7))
    beside = Prompt("The saw of the mill", max_new_tokens=12, sampling=SamplingParams(1.0, seed=8))
    assert (
        generate_batch(llama, None, [beside, drawn])[1] == generate_batch(llama, None, [drawn])[0]
    )


def test_another_seed_draws_other_words(llama):
    first, second = (
        generate_batch(
            llama,
            None,
            [Prompt("The mill", max_new_tokens=12, sampling=SamplingParams(1.0, seed=seed))],
        )
        for seed in (1, 2)
    )
    assert first[0].text != second[0].text


def test_a_tiny_top_p_leaves_only_the_likeliest_word(llama):
    plain = Prompt("The mill", max_new_tokens=12)
    narrow = Prompt("The mill", max_new_tokens=12, sampling=SamplingParams(1.0, top_p=1e-6, seed=3))
    assert generate_batch(llama, None, [narrow]) == generate_batch(llama, None, [plain])


def test_rows_that_begin_with_tokens_of_different_rank_begin_differently(llama):
    grammar = 'start: "a" | "b" | "c"'
    prompts = [
        Prompt("x", grammar=grammar, max_new_tokens=3, sampling=SamplingParams(first=rank))
        for rank in range(5)
    ]
    letters = [generated.text for generated in generate_batch(llama, None, prompts)]
    assert sorted(letters[:3]) == ["a", "b", "c"]
    assert letters[3:] == [letters[2]] * 2


def test_what_reaches_the_limit_of_tokens_says_so(llama):
    prompt = Prompt("x", grammar='start: "a long word"', max_new_tokens=2)
    generated = generate_batch(llama, None, [prompt])[0]
    assert (generated.tokens_out, generated.ended) == (2, False)


def test_a_batch_that_does_not_fit_is_halved(llama, monkeypatch):
    together = generate_batch(llama, None, PROMPTS)
    batch = generate_module._batch
    sizes = []

    def small(loaded, speaker, prefix, prompts, ids):
        sizes.append(len(prompts))
        if len(prompts) > 1:
            raise torch.OutOfMemoryError
        return batch(loaded, speaker, prefix, prompts, ids)

    monkeypatch.setattr(generate_module, "_batch", small)
    assert generate_batch(llama, None, PROMPTS) == together
    assert sizes == [4, 2, 1, 1, 2, 1, 1]


def test_system_and_user_text_go_through_the_chat_template(chat_llama):
    prompt = Prompt("Hello", system="Be brief.", max_new_tokens=4)
    generated = "<|system|>\nBe brief.</s>\n<|user|>\nHello</s>\n<|assistant|>\n"
    raw = Prompt(generated, max_new_tokens=4)
    assert generate_batch(chat_llama, None, [prompt]) == generate_batch(chat_llama, None, [raw])


def test_an_adapter_changes_what_is_written_and_only_while_it_is_asked_for(llama, adapter):
    before = generate_batch(llama, None, PROMPTS)
    assert generate_batch(llama, adapter, PROMPTS) != before
    assert generate_batch(llama, None, PROMPTS) == before


def test_with_an_adapter_the_output_head_is_not_copied_for_each_row_of_a_batch(llama, adapter):
    with torch.profiler.profile(record_shapes=True) as profile:
        generate_batch(llama, adapter, PROMPTS)
    vocabulary, hidden = load_model(llama).model.get_output_embeddings().weight.shape
    products = [event.input_shapes for event in profile.events() if event.name == "aten::bmm"]
    assert [len(PROMPTS), hidden, vocabulary] not in [shapes[1] for shapes in products]


def test_a_wrong_grammar_is_an_error_that_says_so(llama):
    with pytest.raises(ModelError, match="grammar"):
        generate_batch(llama, None, [Prompt("x", grammar="start: nowhere")])


def test_no_prompts_give_nothing(llama):
    assert generate_batch(llama, None, []) == []


def test_counted_tokens_are_those_that_are_read(llama):
    read = [generated.tokens_in for generated in generate_batch(llama, None, PROMPTS)]
    assert count_prompt_tokens(llama, None, PROMPTS) == read
