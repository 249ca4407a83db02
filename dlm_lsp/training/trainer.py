"""Trainer: TRL's SFTTrainer with a peft config, in a process of its own."""

import hashlib
import importlib.metadata
import json
import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlm_lsp import __version__
from dlm_lsp.document.base_models import public_name
from dlm_lsp.errors import ModelError
from dlm_lsp.install_hint import DISTRIBUTION
from dlm_lsp.local.chat_template import template_of
from dlm_lsp.local.device import device_kind
from dlm_lsp.local.load import read_model, read_tokenizer
from dlm_lsp.local.weights import ModelWeights, resolve_weights
from dlm_lsp.training.callbacks import WHOLE, loss_callback
from dlm_lsp.training.check_weights import check_finite_weights
from dlm_lsp.training.cpu_trainer import cpu_trainer
from dlm_lsp.training.devices import show_only
from dlm_lsp.training.encode_rows import EncodedRow, EncodedRows, encode_rows
from dlm_lsp.training.memory_estimate import (
    CHECKPOINTED,
    activation_bytes,
    model_shape,
    training_memory,
)
from dlm_lsp.training.recipe import BatchSizes, Recipe, batch_sizes
from dlm_lsp.training.rows import TrainValidationSplit
from dlm_lsp.training.sources import OutsideSource

PINNED = ("torch", "transformers", "peft", "trl", "accelerate")
_CHECKPOINTS = 10
_KEPT = 2


@dataclass(frozen=True, slots=True)
class TrainerJob:
    """One adapter to be trained.

    The adapter is written into the folder `target`; without one nothing is trained, and only what
    a training would take is told.
    """

    model: str
    recipe: Recipe
    rows: TrainValidationSplit
    system: str | None
    device: str
    checkpoints: Path
    target: Path | None = None
    max_steps: int | None = None
    resume: bool = False


@dataclass(frozen=True, slots=True)
class TrainingPlanned:
    """What a training will take. `tokens` counts one epoch, `memory` is a rough guess in bytes."""

    rows: int
    held_out: int
    tokens: int
    longest: int
    cut: int
    left_out: int
    batches: BatchSizes
    trainable: int
    memory: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """An update was made at a learning rate; `tokens` counts those read so far."""

    step: int
    steps: int
    loss: float
    tokens: int
    learning_rate: float


@dataclass(frozen=True, slots=True)
class HeldOutEvaluated:
    """The loss over the held-out rows was measured."""

    step: int
    loss: float


@dataclass(frozen=True, slots=True)
class TrainingDone:
    """The adapter stands in its folder, whole and finite.

    `losses` and `held_out_losses` are (step, loss) from the first step on, also where a training
    was resumed, and `mean_loss` is the mean of all of them.
    """

    steps: int
    resumed_from: int
    losses: tuple[tuple[int, float], ...]
    held_out_losses: tuple[tuple[int, float], ...]
    mean_loss: float
    revision: str | None
    versions: tuple[tuple[str, str], ...]


TrainingEvent = OutsideSource | TrainingPlanned | StepDone | HeldOutEvaluated | TrainingDone


def train_adapter(job: TrainerJob, tell: Callable[[TrainingEvent], None]) -> None:
    """Train the adapter and tell how far it is.

    Raises:
        ModelError: the model cannot be had, there is nothing to train on, the loss went astray, or
            there is nothing to resume.
    """
    show_only(job.device)
    weights = resolve_weights(job.model)
    tokenizer = read_tokenizer(job.model, weights, padding="right")
    tokenizer.chat_template = template_of(tokenizer)
    train, validation = (
        encode_rows(tokenizer, tokenizer.chat_template, job.system, rows, job.recipe.sequence_len)
        for rows in (job.rows.train, job.rows.validation)
    )
    if not train.rows:
        raise ModelError(
            "no row fits into training.sequence_len: raise it, or write shorter questions"
        )
    plan = _planned(job, weights, train, validation)
    if job.target is None:
        tell(plan)
        return
    checkpoint = _checkpoint(job, weights, plan.batches)
    tell(plan)
    rows = train.rows, validation.rows
    _fit(job, weights, tokenizer, rows, batches=plan.batches, checkpoint=checkpoint, tell=tell)


def _planned(
    job: TrainerJob, weights: ModelWeights, train: EncodedRows, validation: EncodedRows
) -> TrainingPlanned:
    import torch
    from peft import get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(weights.folder, local_files_only=True)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
        text = config.get_text_config()
        shape = model_shape(model, text)
        try:
            adapted = get_peft_model(model, _lora(job.recipe))
        except ValueError as error:
            reason = str(error).splitlines()[0]
            raise ModelError(f"training.target_modules: {reason}; name layers it has") from error
    trainable = sum(p.numel() for p in adapted.parameters() if p.requires_grad)
    longest = max(train.longest, validation.longest)
    batches = batch_sizes(
        job.recipe,
        len(train.rows),
        longest=longest,
        token_bytes=activation_bytes(shape, job.recipe, longest),
        device=job.device,
        max_steps=job.max_steps,
    )
    memory = training_memory(
        shape,
        job.recipe,
        file_size=weights.size,
        trainable=trainable,
        rows=batches.micro_batch_size,
        longest=longest,
        device="cpu" if job.device == "cpu" else "cuda",
    )
    return TrainingPlanned(
        rows=len(train.rows),
        held_out=len(validation.rows),
        tokens=train.tokens,
        longest=longest,
        cut=train.cut + validation.cut,
        left_out=train.left_out + validation.left_out,
        batches=batches,
        trainable=trainable,
        memory=memory,
    )


def _fit(
    job: TrainerJob,
    weights: ModelWeights,
    tokenizer: Any,
    rows: tuple[Sequence[EncodedRow], Sequence[EncodedRow]],
    *,
    batches: BatchSizes,
    checkpoint: Path | None,
    tell: Callable[[TrainingEvent], None],
) -> None:
    from transformers import set_seed
    from trl import SFTTrainer

    trainer_class = SFTTrainer if job.device.startswith("cuda") else cpu_trainer()
    set_seed(job.recipe.seed)
    model = _model(job, weights)
    train, validation = map(_dataset, rows)
    trainer = trainer_class(
        model=model,
        args=_settings(job, batches, rows),
        train_dataset=train,
        eval_dataset=validation if rows[1] else None,
        processing_class=tokenizer,
        peft_config=_lora(job.recipe),
        callbacks=[
            loss_callback(
                lambda step, *values: tell(StepDone(step, batches.steps, *values)),
                lambda step, loss: tell(HeldOutEvaluated(step, loss)),
                scaled=job.recipe.precision == "fp16",
            )
        ],
    )
    # Its files would go into every checkpoint, which takes longer than a step of a small model.
    trainer.processing_class = None
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if rows[1] and not any(
        "eval_loss" in entry and entry["step"] == trainer.state.global_step
        for entry in trainer.state.log_history
    ):
        trainer.evaluate()
    assert job.target is not None
    trainer.model.save_pretrained(job.target)
    _name_base(job.target / "adapter_config.json", job.model)
    tokenizer.save_pretrained(job.target)
    check_finite_weights(job.target)
    tell(_done(trainer.state, weights, checkpoint))


def _done(state: Any, weights: ModelWeights, checkpoint: Path | None) -> TrainingDone:
    losses = tuple((e["step"], e["loss"]) for e in state.log_history if "loss" in e)
    held = tuple((e["step"], e["eval_loss"]) for e in state.log_history if "eval_loss" in e)
    _, _, revision = weights.identity.partition("@")
    return TrainingDone(
        steps=state.global_step,
        resumed_from=_step_of(checkpoint) if checkpoint else 0,
        losses=losses,
        held_out_losses=held,
        mean_loss=sum(loss for _, loss in losses) / len(losses),
        revision=revision or None,
        versions=(
            (DISTRIBUTION, __version__),
            *((name, importlib.metadata.version(name)) for name in PINNED),
        ),
    )


def can_resume(checkpoints: Path) -> bool:
    """Tell whether there is a whole checkpoint to go on from."""
    return any(checkpoints.glob(f"checkpoint-*/{WHOLE}"))


def drop_half_checkpoints(checkpoints: Path) -> None:
    """Remove what was not written whole, of which no training can go on."""
    for checkpoint in checkpoints.glob("checkpoint-*"):
        if not (checkpoint / WHOLE).is_file():
            shutil.rmtree(checkpoint, ignore_errors=True)


def disk_needed(plan: TrainingPlanned, recipe: Recipe, *, resume: bool) -> int:
    """Return how many bytes a training takes on the disk of the store at least."""
    adapter = 4 * plan.trainable
    checkpoint = adapter + (adapter // 2 if "8bit" in recipe.optimizer else 2 * adapter)
    saves = min(plan.batches.steps, _CHECKPOINTS)
    # The oldest goes once the next is there; those of a resumed training are on the disk already.
    at_most, beside_adapter = (1, 0) if resume else (min(saves, _KEPT + 1), min(saves, _KEPT))
    return max(at_most * checkpoint, beside_adapter * checkpoint + adapter)


def _step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def _checkpoint(job: TrainerJob, weights: ModelWeights, batches: BatchSizes) -> Path | None:
    """Return the checkpoint to go on from; without one, clear the way for a training anew.

    Behind its last step a trainer would make one more, so that step is made again.
    """
    checkpoints = {
        _step_of(path): path
        for path in job.checkpoints.glob("checkpoint-*")
        if (path / WHOLE).is_file()
    }
    steps = [step for step in checkpoints if step < batches.steps]
    # Objects of this kind write themselves out in full.
    fingerprint = hashlib.sha256(
        repr((weights.identity, job.recipe, job.rows, job.system, batches, job.device)).encode(
            "utf-8", "surrogatepass"
        )
    ).hexdigest()
    note = job.checkpoints / "training"
    if job.resume:
        if not note.is_file() or note.read_text() != fingerprint:
            raise ModelError(
                "the document, its settings, the model or the options are not those of the "
                "interrupted training; train without resume"
            )
        if steps:
            return checkpoints[max(steps)]
    shutil.rmtree(job.checkpoints, ignore_errors=True)
    job.checkpoints.mkdir(parents=True)
    note.write_text(fingerprint)
    return None


def _model(job: TrainerJob, weights: ModelWeights) -> Any:
    import torch

    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[
        job.recipe.precision
    ]
    quantization: dict[str, Any] = {}
    if job.recipe.adapter == "qlora":
        from transformers import BitsAndBytesConfig

        quantization["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype
        )
    model = read_model(job.model, weights, dtype, **quantization)
    # Old keys and values are of no use to training.
    model.config.use_cache = False
    if job.recipe.adapter == "qlora":
        from peft import prepare_model_for_kbit_training

        model = prepare_model_for_kbit_training(model)
    return model


def _lora(recipe: Recipe) -> Any:
    from peft import LoraConfig

    return LoraConfig(
        task_type="CAUSAL_LM",
        r=recipe.lora_r,
        lora_alpha=recipe.lora_alpha,
        lora_dropout=recipe.lora_dropout,
        target_modules="all-linear"
        if recipe.target_modules is None
        else list(recipe.target_modules),
        use_dora=recipe.adapter == "dora",
    )


def _settings(
    job: TrainerJob, batches: BatchSizes, rows: tuple[Sequence[EncodedRow], Sequence[EncodedRow]]
) -> Any:
    from trl import SFTConfig

    recipe = job.recipe
    # In the first step of a warm-up nothing is learned, so a single step has none.
    warmup = min(math.ceil(recipe.warmup_ratio * batches.steps), batches.steps - 1)
    curve: dict[str, Any] = {"lr_scheduler_type": recipe.lr_scheduler}
    if recipe.lr_scheduler == "dapt":
        curve = {
            "lr_scheduler_type": "cosine_with_min_lr",
            "lr_scheduler_kwargs": {"min_lr_rate": 0.1},
        }
    elif recipe.lr_scheduler == "constant" and warmup:
        curve = {"lr_scheduler_type": "constant_with_warmup"}
    longest = max(len(row.input_ids) for share in rows for row in share)
    settings = SFTConfig(
        output_dir=str(job.checkpoints),
        per_device_train_batch_size=batches.micro_batch_size,
        per_device_eval_batch_size=batches.micro_batch_size,
        gradient_accumulation_steps=batches.grad_accum,
        gradient_checkpointing=longest > CHECKPOINTED,
        max_steps=batches.steps,
        learning_rate=recipe.learning_rate,
        warmup_steps=warmup,
        optim=recipe.optimizer,
        bf16=recipe.precision == "bf16",
        fp16=recipe.precision == "fp16",
        seed=recipe.seed,
        use_cpu=job.device == "cpu",
        dataloader_pin_memory=device_kind(job.device) == "cuda",
        # The rows are cut to their length already.
        max_length=None,
        eval_strategy="epoch" if rows[1] else "no",
        save_strategy="steps",
        save_steps=max(1, batches.steps // _CHECKPOINTS),
        save_total_limit=_KEPT,
        logging_steps=1,
        # A loss that is no number has to be seen, not to be smoothed over.
        logging_nan_inf_filter=False,
        include_num_input_tokens_seen="non_padding",
        report_to="none",
        disable_tqdm=True,
        **curve,
    )
    # Otherwise each GPU would add its rows to every update.
    settings._n_gpu = min(settings.n_gpu, 1)
    return settings


def _dataset(rows: Sequence[EncodedRow]) -> Any:
    from datasets import Dataset

    return Dataset.from_dict(
        {
            "input_ids": [row.input_ids for row in rows],
            "labels": [row.labels for row in rows],
        }
    )


def _name_base(config: Path, model: str) -> None:
    """Write the public name of the base model into the adapter's config.

    With that name peft would ask the hub about the model while it saves.
    """
    content = json.loads(config.read_text(encoding="utf-8"))
    content["base_model_name_or_path"] = public_name(model)
    config.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
