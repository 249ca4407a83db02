"""Training recipe: what the frontmatter says of one adapter, with every `auto` decided."""

import math
from dataclasses import dataclass
from typing import Literal

from dlm_lsp.document.schema import AdapterKind, Training

_UPDATE = 8
_UPDATES_AN_EPOCH = 4
# What a GPU keeps of the tokens of one batch until the gradients are computed, in bytes.
_ACTIVATIONS = 6 * 2**30
# Tokens of one batch on a processor, which is no faster with more; in fp32 they take more memory.
_TOKENS = {"fp32": 320, "bf16": 640, "fp16": 640}
_MOST_ROWS = {"cpu": 4, "cuda": 16}
_PROSE_PREVAILS = 0.7

Device = Literal["cpu", "cuda", "mps"]
Precision = Literal["fp32", "bf16", "fp16"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of one adapter that do not depend on its rows."""

    adapter: AdapterKind
    lora_r: int
    lora_alpha: int
    lora_dropout: float
    target_modules: tuple[str, ...] | None
    """The layers that get an adapter; None for every linear layer but the output head."""
    learning_rate: float
    sequence_len: int
    num_epochs: int
    optimizer: str
    lr_scheduler: str
    warmup_ratio: float
    precision: Precision
    seed: int
    micro_batch_size: int | None
    grad_accum: int | None


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """Rows at once, batches before an update, updates in all."""

    micro_batch_size: int
    grad_accum: int
    steps: int


def make_recipe(
    training: Training,
    adapter: str | None,
    *,
    prose_share: float,
    precision: Precision,
    seed: int | None = None,
) -> Recipe:
    """Return how the adapter of this name is trained (None: that of the document).

    `prose_share` is the share of prose among its rows, `precision` what `null` stands for, `seed`
    goes before that of the document.
    """
    block = training if adapter is None else (training.adapters or {})[adapter]
    modules = block.target_modules
    schedule, warmup = _schedule(training, prose_share)
    return Recipe(
        adapter=block.adapter,
        lora_r=block.lora_r,
        lora_alpha=block.lora_alpha,
        lora_dropout=block.lora_dropout,
        target_modules=None if modules == "auto" else tuple(modules),
        learning_rate=block.learning_rate,
        sequence_len=training.sequence_len,
        num_epochs=training.num_epochs,
        optimizer=training.optimizer,
        lr_scheduler=schedule,
        warmup_ratio=warmup,
        precision=training.precision or precision,
        seed=training.seed if seed is None else seed,
        micro_batch_size=_count(training.micro_batch_size),
        grad_accum=_count(training.grad_accum),
    )


def batch_sizes(
    recipe: Recipe,
    rows: int,
    *,
    longest: int,
    token_bytes: int,
    device: str,
    max_steps: int | None,
) -> BatchSizes:
    """Return the batches for so many rows, the longest of so many tokens.

    `auto` for `micro_batch_size` is the most rows, up to 4, that have no more than 640 tokens
    (320 in fp32); on a GPU up to 16, of which no more than 6 GiB have to be kept, `token_bytes` of
    each token. It looks at the data and the model, never at free memory, so that the same data give
    the same weights. `auto` for `grad_accum` makes an update of 8 rows. Both take fewer rows where
    an epoch would have less than 4 updates.
    """
    kind = "cpu" if device == "cpu" else "cuda"
    largest = rows // _UPDATES_AN_EPOCH
    update = max(1, min(_UPDATE, largest))
    micro = recipe.micro_batch_size
    if micro is None:
        longest = max(1, longest)
        fit = (
            _TOKENS[recipe.precision] // longest
            if kind == "cpu"
            else _ACTIVATIONS // (longest * token_bytes)
        )
        room = largest // recipe.grad_accum if recipe.grad_accum else update
        micro = 2 ** int(math.log2(max(1, min(_MOST_ROWS[kind], room, fit))))
    accum = recipe.grad_accum or max(1, update // micro)
    steps = recipe.num_epochs * math.ceil(math.ceil(rows / micro) / accum)
    return BatchSizes(micro, accum, steps if max_steps is None else min(steps, max_steps))


def _schedule(training: Training, prose_share: float) -> tuple[str, float]:
    """Return the curve of the learning rate and its warm-up.

    `dapt` warms up for a fifth of the steps and falls to a tenth of the peak, not to nothing.
    `auto` takes it where more than 70 % of the rows are prose and the document itself names
    neither curve nor warm-up.
    """
    named = {"lr_scheduler", "warmup_ratio"} & training.model_fields_set
    prevails = prose_share > _PROSE_PREVAILS and not named
    schedule = training.cpt.schedule
    if schedule == "dapt" or (schedule == "auto" and prevails):
        return "dapt", 0.2
    return training.lr_scheduler, training.warmup_ratio


def _count(value: int | Literal["auto"]) -> int | None:
    return None if value == "auto" else value
