"""Training speed: the trainer beside TRL's as it comes, its loss, its memory, its weights.

`python -m bench.training_speed` takes about ten minutes. Each training is a process of one
thread, and speed is counted from the end of the first update to the end of the last.
"""

import hashlib
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.judge_auroc import MODEL
from bench.run import table
from dlm_lsp.document import parse
from dlm_lsp.document.schema import Training
from dlm_lsp.local.chat_template import template_of
from dlm_lsp.local.load import read_model, read_tokenizer
from dlm_lsp.local.weights import resolve_weights
from dlm_lsp.training.callbacks import loss_callback
from dlm_lsp.training.devices import choose_precision
from dlm_lsp.training.encode_rows import EncodedRow, encode_rows
from dlm_lsp.training.recipe import make_recipe
from dlm_lsp.training.rows import PairRow, TrainingRow, TrainValidationSplit, training_rows
from dlm_lsp.training.trainer import StepDone, TrainerJob, train_adapter

FOLDER = Path(__file__).with_name("downstream")
DOCUMENTS = ("ellerwen_hives", "millrace_operations")
SEEDS = (1, 2, 3)
UPDATES = 6
HELD_OUT = 5
"""One row in so many is not learned."""
ROWS_BEFORE, BATCHES_BEFORE = 2, 4
"""What `auto` stood for with these rows while all logits were computed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One training: tokens per second of a processor and of a clock, and what came of it."""

    seed: int
    per_core_second: float
    per_second: float
    peak_memory: int
    held_out_loss: float
    weights: str


def measure() -> list[Figure]:
    """Train from each seed both ways by turns, and from the first seed once more."""
    ours, stock = [], []
    for seed in SEEDS:
        ours.append(_alone(_ours, seed))
        stock.append(_alone(_stock, seed))
    again = _alone(_ours, SEEDS[0])
    return list(_figures(ours, stock, again))


def _figures(
    ours: Sequence[Measured], stock: Sequence[Measured], again: Measured
) -> Iterator[Figure]:
    beside = "beside: TRL's trainer as it comes, float32"
    for unit in ("core second", "second"):
        rates = [
            statistics.median(getattr(each, f"per_{unit.replace(' ', '_')}") for each in way)
            for way in (ours, stock)
        ]
        yield Figure(
            f"training, tokens per {unit} ({beside})",
            "/s",
            rates[0],
            rates[1],
            asked="at least 3 times",
            met=rates[0] >= 3 * rates[1],
        )
    memory = [max(each.peak_memory for each in way) / 2**20 for way in (ours, stock)]
    yield Figure(
        "training, peak memory (beside: the same)",
        "MiB",
        memory[0],
        memory[1],
        asked="no more",
        met=memory[0] <= memory[1],
    )
    losses, before = ([each.held_out_loss for each in way] for way in (ours, stock))
    mean, mean_before = statistics.mean(losses), statistics.mean(before)
    spread = max(before) - min(before)
    yield Figure(
        f"training, held-out loss, mean of {len(SEEDS)} seeds (beside: the same)",
        "",
        mean,
        mean_before,
        asked=f"within the spread of the seeds, {spread:.2g}",
        met=abs(mean - mean_before) <= spread,
    )
    yield Figure(
        "training, the same seed twice: the same weights",
        "",
        float(again.weights == ours[0].weights),
        None,
        asked="1",
        met=again.weights == ours[0].weights,
    )


def _alone(train: Callable[[int], Measured], seed: int) -> Measured:
    """Train in a process of its own, for its memory to be told from that of others."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_single_thread) as process:
        measured = process.submit(train, seed).result()
    print(train.__name__, measured, file=sys.stderr, flush=True)
    return measured


def _single_thread() -> None:
    os.environ |= {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "HF_HUB_OFFLINE": "1"}
    os.environ["TOKENIZERS_PARALLELISM"] = "false"


def _split() -> TrainValidationSplit:
    rows: list[TrainingRow] = []
    for document in DOCUMENTS:
        rows += training_rows(parse((FOLDER / f"{document}.dlm").read_text("utf-8")).sections)
        pairs = json.loads((FOLDER / f"{document}.filtered.json").read_text("utf-8"))["pairs"]
        rows += [
            PairRow(f"{at:016x}", pair["question"], pair["answer"]) for at, pair in enumerate(pairs)
        ]
    held = tuple(rows[::HELD_OUT])
    return TrainValidationSplit(tuple(row for row in rows if row not in held), held)


def _job(seed: int, scratch: Path) -> TrainerJob:
    training = Training.model_validate({"learning_rate": 1e-3, "num_epochs": UPDATES})
    return TrainerJob(
        model=MODEL,
        recipe=make_recipe(
            training, None, prose_share=0.0, precision=choose_precision("cpu"), seed=seed
        ),
        rows=TrainValidationSplit(_split().train, ()),
        system=None,
        device="cpu",
        checkpoints=scratch / "checkpoints",
        target=scratch / "adapter",
        max_steps=UPDATES,
    )


class _Clock:
    """When updates ended, and how many tokens had been read by then."""

    def __init__(self) -> None:
        self.ends: list[tuple[float, float, int]] = []

    def update_ended(self, tokens: int) -> None:
        self.ends.append((time.process_time(), time.perf_counter(), tokens))

    def measured(self, seed: int, adapter: Path) -> Measured:
        """Return what was measured; the peak of memory is that of the training alone."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        (core, clock, tokens), (core_end, clock_end, tokens_end) = self.ends[0], self.ends[-1]
        return Measured(
            seed=seed,
            per_core_second=(tokens_end - tokens) / (core_end - core),
            per_second=(tokens_end - tokens) / (clock_end - clock),
            peak_memory=peak,
            held_out_loss=_held_out_loss(adapter),
            weights=hashlib.sha256(
                (adapter / "adapter_model.safetensors").read_bytes()
            ).hexdigest(),
        )


def _ours(seed: int) -> Measured:
    clock = _Clock()

    def tell(event: object) -> None:
        if isinstance(event, StepDone):
            clock.update_ended(event.tokens)

    with tempfile.TemporaryDirectory() as scratch, redirect_stdout(sys.stderr):
        job = _job(seed, Path(scratch))
        train_adapter(job, tell)
        assert job.target
        return clock.measured(seed, job.target)


def _stock(seed: int) -> Measured:
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import set_seed
    from trl import SFTConfig, SFTTrainer

    set_seed(seed)
    clock = _Clock()
    with tempfile.TemporaryDirectory() as scratch, redirect_stdout(sys.stderr):
        job = _job(seed, Path(scratch))
        assert job.target
        recipe = job.recipe
        tokenizer, rows = _encoded(job.rows.train)
        model = read_model(MODEL, resolve_weights(MODEL), torch.float32)
        model.config.use_cache = False
        trainer = SFTTrainer(
            model=model,
            args=SFTConfig(
                output_dir=scratch,
                per_device_train_batch_size=ROWS_BEFORE,
                gradient_accumulation_steps=BATCHES_BEFORE,
                gradient_checkpointing=False,
                max_steps=UPDATES,
                learning_rate=recipe.learning_rate,
                warmup_steps=1,
                lr_scheduler_type=recipe.lr_scheduler,
                optim=recipe.optimizer,
                bf16=False,
                seed=seed,
                use_cpu=True,
                max_length=None,
                save_strategy="no",
                logging_steps=1,
                include_num_input_tokens_seen="non_padding",
                report_to="none",
                disable_tqdm=True,
            ),
            train_dataset=Dataset.from_list(
                [{"input_ids": row.input_ids, "labels": row.labels} for row in rows]
            ),
            processing_class=tokenizer,
            peft_config=LoraConfig(
                task_type="CAUSAL_LM",
                r=recipe.lora_r,
                lora_alpha=recipe.lora_alpha,
                lora_dropout=recipe.lora_dropout,
                target_modules="all-linear",
            ),
            callbacks=[
                loss_callback(
                    lambda _step, _loss, tokens, _rate: clock.update_ended(tokens),
                    lambda _step, _loss: None,
                )
            ],
        )
        trainer.train()
        trainer.model.save_pretrained(job.target)
        return clock.measured(seed, job.target)


def _encoded(rows: Sequence[TrainingRow]) -> tuple[Any, tuple[EncodedRow, ...]]:
    tokenizer = read_tokenizer(MODEL, resolve_weights(MODEL), padding="right")
    tokenizer.chat_template = template_of(tokenizer)
    return tokenizer, encode_rows(tokenizer, tokenizer.chat_template, None, rows, 2048).rows


def _held_out_loss(adapter: Path) -> float:
    """Return the loss of the rows that were not learned, in float32, in nats per token."""
    import torch
    from peft import PeftModel

    base = read_model(MODEL, resolve_weights(MODEL), torch.float32)
    model = PeftModel.from_pretrained(base, adapter).eval()
    loss = learned = 0.0
    for row in _encoded(_split().validation)[1]:
        first = next(at for at, label in enumerate(row.labels) if at and label >= 0)
        ids = torch.tensor([row.input_ids])
        with torch.inference_mode():
            logits = model(input_ids=ids, logits_to_keep=len(row.labels) - first + 1).logits
        loss += float(torch.nn.functional.cross_entropy(logits[0, :-1], ids[0, first:])) * (
            len(row.labels) - first
        )
        learned += len(row.labels) - first
    return loss / learned


if __name__ == "__main__":
    print(table(measure()), end="")
