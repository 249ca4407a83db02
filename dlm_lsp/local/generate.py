"""Batched generation: what a model writes to many prompts, each under a grammar of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlm_lsp.local import chat_template
from dlm_lsp.local.batch_size import MOST_AT_ONCE, batch_size
from dlm_lsp.local.check_logits import LogitsCheck
from dlm_lsp.local.constrained_decoding import GREEDY, ConstrainedSampler, SamplingParams
from dlm_lsp.local.kv_cache import CachedPrefix, cache_prefix
from dlm_lsp.local.load import LoadedModel, load_model
from dlm_lsp.local.oom import halve_on_oom


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model reads and how it is to go on.

    Where `system` is given, it goes through the chat template of the adapter, or else of the model,
    with the `examples`, as turns of (asked, answered), and the text; `rendered` says that the text
    went through one already. `grammar` is Lark as llguidance reads it.
    """

    text: str
    system: str | None = None
    examples: tuple[tuple[str, str], ...] = ()
    grammar: str | None = None
    max_new_tokens: int = 512
    sampling: SamplingParams = GREEDY
    rendered: bool = False


@dataclass(frozen=True, slots=True)
class Generated:
    """What came of one prompt.

    `tokens_in` leaves out what prompts share; `ended` is False where the room ran out first.
    """

    text: str
    tokens_in: int
    tokens_out: int
    ended: bool


def generate_batch(
    model: str, adapter: Path | None, prompts: Sequence[Prompt], shared: str = ""
) -> list[Generated]:
    """Return what `model` writes to each prompt, in their order.

    Longest first, in batches that fit into memory, halved where it runs out all the same. `shared`
    is what each prompt begins with; it is read once, and is only for prompts without `system`.

    Raises:
        ModelError: the model cannot be loaded, a grammar is wrong, one prompt alone is too much
            for the memory, or what the model computes is not finite.
    """
    loaded = load_model(model)
    prefix_ids = list(loaded.tokenizer(shared).input_ids) if shared else []
    ids = [prompt_ids(loaded, adapter, prompt, begins=not shared) for prompt in prompts]
    longest = max((len(prefix_ids) + len(row) for row in ids), default=0)
    most_new = max((prompt.max_new_tokens for prompt in prompts), default=0)
    if loaded.sliding_window and longest + most_new > loaded.sliding_window:
        # Padding behind a shared beginning would push that beginning out of sight.
        prefix_ids, ids = [], [prefix_ids + row for row in ids]
    order = sorted(range(len(prompts)), key=lambda index: -len(ids[index]))
    generated: dict[int, Generated] = {}
    with loaded.speaking_as(adapter) as speaker:
        prefix = cache_prefix(loaded, speaker, prefix_ids)
        while order:
            size = batch_size(loaded, len(prefix_ids) + len(ids[order[0]]) + most_new)
            batch, order = order[:size], order[size:]
            results = halve_on_oom(
                lambda some: _batch(
                    LogitsCheck(loaded, adapter),
                    speaker,
                    prefix,
                    [prompts[i] for i in some],
                    [ids[i] for i in some],
                ),
                batch,
            )
            generated.update(zip(batch, results, strict=True))
    return [generated[index] for index in range(len(prompts))]


def generate_first(model: str, adapter: Path | None, prompts: Sequence[Prompt]) -> list[Generated]:
    """Return what `model` writes to the first of the prompts, as many as go into one batch.

    Raises:
        ModelError: as `generate_batch`.
    """
    loaded = load_model(model)
    some = prompts[:MOST_AT_ONCE]
    tokens = (len(prompt_ids(loaded, adapter, prompt)) + prompt.max_new_tokens for prompt in some)
    return generate_batch(model, adapter, some[: batch_size(loaded, max(tokens, default=1))])


def count_prompt_tokens(
    model: str, adapter: Path | None, prompts: Sequence[Prompt], shared: str = ""
) -> list[int]:
    """Return how many tokens `model` with `adapter` reads for each prompt, `shared` included.

    Raises:
        ModelError: the model cannot be loaded, or the template of the adapter cannot be read.
    """
    loaded = load_model(model)
    begin = len(loaded.tokenizer(shared).input_ids) if shared else 0
    return [
        begin + len(prompt_ids(loaded, adapter, prompt, begins=not shared)) for prompt in prompts
    ]


def prompt_ids(
    loaded: LoadedModel, adapter: Path | None, prompt: Prompt, *, begins: bool = True
) -> list[int]:
    """Return the tokens of a prompt; `begins` says that nothing stands before it."""
    text, tokenizer = prompt.text, loaded.tokenizer
    if prompt.system is not None:
        text = chat_template.render_prompt(
            tokenizer,
            chat_template.template_of(tokenizer, adapter),
            prompt.system,
            text,
            prompt.examples,
        )
    raw = begins and prompt.system is None and not prompt.rendered
    return list(tokenizer(text, add_special_tokens=raw).input_ids)


def _batch(
    check: LogitsCheck,
    speaker: Any,
    prefix: CachedPrefix,
    prompts: Sequence[Prompt],
    ids: Sequence[list[int]],
) -> list[Generated]:
    import torch
    from transformers import LogitsProcessorList

    loaded = check.loaded
    begin, longest = prefix.tokens, max(map(len, ids))
    width = len(begin) + longest
    pad = loaded.tokenizer.pad_token_id
    inputs = torch.tensor(
        [begin + [pad] * (longest - len(row)) + row for row in ids], device=loaded.device
    )
    mask = torch.ones_like(inputs)
    for row, tokens in enumerate(ids):
        mask[row, len(begin) : width - len(tokens)] = 0
    ends = sorted(loaded.ends)
    sampler = ConstrainedSampler(
        loaded.grammar_tokenizer,
        [prompt.grammar for prompt in prompts],
        [prompt.sampling for prompt in prompts],
        ends,
        width,
    )
    with torch.inference_mode():
        output = speaker.generate(
            input_ids=inputs,
            attention_mask=mask,
            past_key_values=prefix.for_rows(len(ids)),
            logits_processor=LogitsProcessorList([check, sampler]),
            do_sample=False,
            max_new_tokens=max(prompt.max_new_tokens for prompt in prompts),
            eos_token_id=ends,
            pad_token_id=pad,
        )
    return [
        _generated(loaded, row[width:].tolist(), prompt.max_new_tokens, len(tokens))
        for row, prompt, tokens in zip(output, prompts, ids, strict=True)
    ]


def _generated(loaded: LoadedModel, tokens: list[int], most: int, tokens_in: int) -> Generated:
    end = next((at for at, token in enumerate(tokens) if token in loaded.ends), None)
    ended = end is not None and end <= most
    text_tokens = tokens[: min(most, len(tokens) if end is None else end)]
    text = loaded.tokenizer.decode(text_tokens, skip_special_tokens=True)
    return Generated(text, tokens_in, len(text_tokens), ended)
