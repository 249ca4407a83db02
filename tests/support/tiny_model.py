"""Tiny models: small random ones, made on the spot; right in form, and in nothing else."""

import math
import random
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    PreTrainedTokenizerFast,
)

PROSE = (
    "The mill of Ashford has two wheels. The first wheel was built in 1790. "
    "The second wheel drives a saw because the river is high in spring."
)
CHAT_TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>\n{{ m['content'] }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)


def tiny_llama(folder: Path, *, chat: bool = False, width: int = 48) -> Path:
    """Save a Llama with random weights into `folder`; with `chat` it has a chat template.

    `width` is that of its middle layers: each unit takes 768 bytes.
    """
    tokenizer = _tokenizer()
    if chat:
        tokenizer.chat_template = CHAT_TEMPLATE
    config = LlamaConfig(
        hidden_size=32,
        intermediate_size=width,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        initializer_range=0.4,
        **_ids(tokenizer),
    )
    return _save(LlamaForCausalLM, config, tokenizer, folder)


def tiny_gemma(folder: Path) -> Path:
    """Save a Gemma with random weights into `folder`: its attention slides over 16 tokens."""
    tokenizer = _tokenizer()
    config = Gemma3TextConfig(
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        sliding_window=16,
        layer_types=["sliding_attention", "sliding_attention", "full_attention"],
        max_position_embeddings=2048,
        initializer_range=0.4,
        **_ids(tokenizer),
    )
    return _save(Gemma3ForCausalLM, config, tokenizer, folder)


def tiny_mixtral(folder: Path) -> Path:
    """Save a mixture of experts with random weights into `folder`: its file has them one by one."""
    tokenizer = _tokenizer()
    config = MixtralConfig(
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        num_local_experts=2,
        **_ids(tokenizer),
    )
    return _save(MixtralForCausalLM, config, tokenizer, folder)


def overflowing_llama(folder: Path) -> Path:
    """Save a Llama in float16 whose numbers pass 65,504 while it computes into `folder`."""
    model = AutoModelForCausalLM.from_pretrained(tiny_llama(folder))
    for layer in model.model.layers:
        layer.mlp.up_proj.weight.data *= 1000
        layer.mlp.down_proj.weight.data *= 1000
    model.half().save_pretrained(folder)
    return folder


def spoiled_llama(folder: Path, *, number: float = math.nan, chat: bool = False) -> Path:
    """Save a Llama of which one weight is `number`, which is none, into `folder`."""
    model = AutoModelForCausalLM.from_pretrained(tiny_llama(folder, chat=chat))
    model.model.layers[0].mlp.down_proj.weight.data[0, 0] = number
    model.save_pretrained(folder)
    return folder


def tiny_adapter(folder: Path, base: Path) -> Path:
    """Save an adapter with random weights for the model in `base` into `folder`."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    config = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    model.save_pretrained(folder)
    return folder


def _save(kind: type, config: object, tokenizer: PreTrainedTokenizerFast, folder: Path) -> Path:
    torch.manual_seed(0)
    kind(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _ids(tokenizer: PreTrainedTokenizerFast) -> dict[str, int]:
    return {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def _tokenizer() -> PreTrainedTokenizerFast:
    """Train a byte-level tokenizer of 400 tokens on random walks through the prose."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<pad>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_walks(), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    )


def _walks() -> Iterator[str]:
    words = PROSE.split()
    draw = random.Random(0)
    for _ in range(200):
        yield " ".join(draw.choices(words, k=12))
