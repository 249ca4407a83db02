"""Trainer: what each setting of a training does."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file

from dlm_lsp.document.schema import Training
from dlm_lsp.errors import ModelError
from dlm_lsp.local.load import LoadedModel, load_model
from dlm_lsp.training.recipe import BatchSizes, make_recipe
from dlm_lsp.training.rows import PairRow, TrainValidationSplit
from dlm_lsp.training.trainer import (
    HeldOutEvaluated,
    StepDone,
    TrainerJob,
    TrainingDone,
    TrainingPlanned,
    can_resume,
    disk_needed,
    drop_half_checkpoints,
    train_adapter,
)

PAIRS = tuple(
    PairRow(f"{n:016x}", f"How many wheels has mill {n}?", f"Mill {n} has {n} wheels.")
    for n in range(8)
)


def _job(
    folder: Path, model: str, held: int = 0, max_steps: int | None = None, **training
) -> TrainerJob:
    read = Training.model_validate({"num_epochs": 1, **training})
    target = folder / "target"
    target.mkdir(parents=True)
    return TrainerJob(
        model=model,
        recipe=make_recipe(read, None, prose_share=0.0, precision="fp32"),
        rows=TrainValidationSplit(PAIRS[held:], PAIRS[:held]),
        system=None,
        device="cpu",
        checkpoints=folder / "checkpoints",
        target=target,
        max_steps=max_steps,
    )


def _trained(folder: Path, model: str, **more) -> tuple[Path, list]:
    events = []
    job = _job(folder, model, **more)
    train_adapter(job, events.append)
    return job.target, events


def _weights(folder: Path) -> dict[str, list]:
    read = load_file(folder / "adapter_model.safetensors")
    return {name: tensor.tolist() for name, tensor in sorted(read.items())}


def test_it_tells_its_plan_each_step_what_was_held_out_and_the_end(tmp_path, llama):
    _, events = _trained(tmp_path, llama, held=2, micro_batch_size=2, grad_accum=1)
    assert isinstance(events[0], TrainingPlanned)
    assert [event.step for event in events if isinstance(event, StepDone)] == [1, 2, 3]
    assert [event.step for event in events if isinstance(event, HeldOutEvaluated)] == [3]
    done = events[-1]
    assert isinstance(done, TrainingDone)
    assert done.steps == len(done.losses) == 3
    tokens = [event.tokens for event in events if isinstance(event, StepDone)]
    assert tokens == sorted(tokens)
    assert tokens[-1] >= events[0].tokens


def test_what_was_held_out_is_measured_at_the_last_step_also_within_an_epoch(tmp_path, llama):
    _, events = _trained(tmp_path, llama, held=2, max_steps=1, micro_batch_size=1, grad_accum=1)
    assert [event.step for event in events if isinstance(event, HeldOutEvaluated)] == [1]


def test_training_lowers_the_loss(tmp_path, llama):
    _, events = _trained(tmp_path, llama, num_epochs=10, learning_rate=0.01, lora_dropout=0.0)
    done = events[-1]
    assert done.losses[-1][1] < 0.7 * done.losses[0][1]
    assert done.mean_loss == pytest.approx(sum(loss for _, loss in done.losses) / done.steps)


def test_only_of_what_was_written_whole_can_a_training_go_on(tmp_path):
    half = tmp_path / "checkpoint-2"
    half.mkdir()
    assert not can_resume(tmp_path)
    whole = tmp_path / "checkpoint-1"
    whole.mkdir()
    (whole / "whole").touch()
    assert can_resume(tmp_path)
    drop_half_checkpoints(tmp_path)
    assert list(tmp_path.iterdir()) == [whole]


def test_a_training_of_one_step_learns_something(tmp_path, llama):
    target, _ = _trained(tmp_path, llama, max_steps=1)
    grown = [value for name, value in _weights(target).items() if "lora_B" in name]
    assert any(any(map(any, matrix)) for matrix in grown)


def test_no_layers_at_all_are_refused(tmp_path, llama):
    with pytest.raises(ModelError, match=r"training\.target_modules"):
        train_adapter(_job(tmp_path, llama, target_modules=[]), [].append)


def test_the_adapter_names_its_base_and_not_the_folder_that_holds_it(tmp_path, llama):
    target, _ = _trained(tmp_path, f"hf:{llama}", max_steps=1)
    config = json.loads((target / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == llama


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_same_seed_gives_the_same_weights_in_float32(tmp_path, llama, precision):
    first, again = (
        load_file(
            _trained(tmp_path / folder, llama, max_steps=2, precision=precision)[0]
            / "adapter_model.safetensors"
        )
        for folder in ("first", "again")
    )
    assert {str(weight.dtype) for weight in first.values()} == {"torch.float32"}
    assert all(weight.equal(again[name]) for name, weight in first.items())


def test_another_seed_gives_other_weights(tmp_path, llama):
    first, _ = _trained(tmp_path / "first", llama, max_steps=1)
    other, _ = _trained(tmp_path / "other", llama, max_steps=1, seed=1)
    assert _weights(first) != _weights(other)


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("adapter", "dora", ("use_dora", True)),
        ("lora_r", 3, ("r", 3)),
        ("lora_alpha", 5, ("lora_alpha", 5)),
        ("lora_dropout", 0.25, ("lora_dropout", 0.25)),
        ("target_modules", ["q_proj"], ("target_modules", ["q_proj"])),
    ],
)
def test_keys_of_the_adapter_do_what_they_say(tmp_path, llama, key, value, written):
    target, _ = _trained(tmp_path, llama, max_steps=1, **{key: value})
    config = json.loads((target / "adapter_config.json").read_text())
    assert config[written[0]] == written[1]


def test_auto_puts_an_adapter_on_each_linear_layer_but_the_head(tmp_path, llama):
    target, _ = _trained(tmp_path, llama, max_steps=1)
    layers = {name.split(".")[-3] for name in _weights(target)}
    assert layers == {
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
    }  # fmt: skip


def test_each_curve_each_precision_and_each_batch_gives_other_weights(tmp_path, llama):
    flat = {"lr_scheduler": "constant", "warmup_ratio": 0.0}
    ways = (
        flat,
        {"lr_scheduler": "linear", "warmup_ratio": 0.0},
        {"lr_scheduler": "cosine", "warmup_ratio": 0.0},
        {"lr_scheduler": "constant", "warmup_ratio": 0.5},
        {"cpt": {"schedule": "dapt"}},
        {"precision": "bf16", **flat},
        {"micro_batch_size": 1, "grad_accum": 1, **flat},
    )
    all_weights = [
        _weights(_trained(tmp_path / str(number), llama, **way)[0])
        for number, way in enumerate(ways)
    ]
    assert all(
        weights != other for at, weights in enumerate(all_weights) for other in all_weights[:at]
    )


def test_the_length_of_rows_is_kept_and_what_it_costs_is_said(tmp_path, llama):
    _, events = _trained(tmp_path, llama, max_steps=1, sequence_len=64)
    assert events[0].longest <= 64
    job = _job(tmp_path / "none", llama, sequence_len=64)
    long = (PairRow("0" * 16, "wheels " * 100, "Two."),)
    with pytest.raises(ModelError, match=r"sequence_len"):
        train_adapter(
            TrainerJob(**{**_fields(job), "rows": TrainValidationSplit(long, ())}), events.append
        )


def _fields(job: TrainerJob) -> dict:
    return {name: getattr(job, name) for name in TrainerJob.__slots__}


def test_layers_that_are_not_there_are_refused_before_the_model_is_loaded(tmp_path, llama):
    job = _job(tmp_path, llama, target_modules=["no_such_layer"])
    events = []
    with pytest.raises(ModelError, match=r"training\.target_modules.*no_such_layer"):
        train_adapter(job, events.append)
    assert events == []


def test_without_a_target_the_plan_is_told_and_nothing_written(tmp_path, llama):
    job = _job(tmp_path, llama)
    events = []
    train_adapter(TrainerJob(**{**_fields(job), "target": None}), events.append)
    (plan,) = events
    assert (plan.rows, plan.held_out) == (8, 0)
    assert plan.trainable > 0
    assert plan.memory > 2**29
    assert not job.checkpoints.exists()


def test_a_chat_model_keeps_its_template_beside_the_adapter(tmp_path, chat_llama, llama):
    target, _ = _trained(tmp_path / "chat", chat_llama, max_steps=1)
    assert "<|" in (target / "chat_template.jinja").read_text()
    plain, _ = _trained(tmp_path / "plain", llama, max_steps=1)
    assert "Q: " in (plain / "chat_template.jinja").read_text()


@pytest.mark.parametrize("adapter", ["lora", "dora"])
def test_the_adapter_speaks_on_its_base_model(tmp_path, llama, adapter):
    target, _ = _trained(tmp_path, llama, max_steps=1, adapter=adapter)
    loaded: LoadedModel = load_model(llama)
    with loaded.speaking_as(target) as speaker:
        assert speaker is loaded.model


def test_a_sliding_window_is_no_obstacle(tmp_path, gemma):
    _trained(tmp_path, gemma, max_steps=1)


@pytest.mark.parametrize(
    ("steps", "resume", "optimizer", "adapters"),
    [
        (1, False, "adamw_torch", 4),
        (100, False, "adamw_torch", 9),
        (100, False, "paged_adamw_8bit", 4.5),
        (100, True, "adamw_torch", 3),
    ],
)
def test_the_room_for_a_training_is_that_of_its_checkpoints_and_its_adapter(
    tmp_path, llama, steps, resume, optimizer, adapters
):
    plan = TrainingPlanned(8, 0, 80, 10, 0, 0, BatchSizes(1, 1, steps), 1_000_000, 1)
    recipe = replace(_job(tmp_path, llama).recipe, optimizer=optimizer)
    assert disk_needed(plan, recipe, resume=resume) == adapters * 4_000_000
