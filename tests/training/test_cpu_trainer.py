"""CPU trainer: it learns what TRL's trainer learns."""

from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st
from peft import LoraConfig
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    Gemma2Config,
    Gemma2ForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    set_seed,
)
from trl import SFTConfig, SFTTrainer

from dlm_lsp.training.cpu_trainer import by_length, cpu_trainer

SMALL = {
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
}
# Lengths of a question and its answer; prose has no question.
ROWS = ((9, 3), (0, 20), (2, 2), (5, 9), (0, 12), (7, 1), (3, 4))


def _rows(vocabulary: int) -> list[dict[str, list[int]]]:
    rows = []
    for at, (question, answer) in enumerate(ROWS):
        ids = [(7 * at + 3 * n) % (vocabulary - 3) + 3 for n in range(question + answer)]
        rows.append({"input_ids": ids, "labels": [-100] * question + ids[question:]})
    return rows


def _trained(trainer_class: Any, model: Any, folder: Path, base: str, **settings: Any) -> Any:
    set_seed(0)
    rows = _rows(model.config.vocab_size)
    trainer = trainer_class(
        model=model,
        args=SFTConfig(
            output_dir=str(folder),
            **{
                "per_device_train_batch_size": 2,
                "gradient_accumulation_steps": 2,
                "learning_rate": 0.01,
                **settings,
            },
            num_train_epochs=1,
            logging_steps=1,
            max_grad_norm=0.0,
            # Its first steps are no larger for a small gradient than for a large one.
            optim="sgd",
            gradient_checkpointing=False,
            use_cpu=True,
            bf16=False,
            report_to="none",
            save_strategy="no",
            max_length=None,
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_list(rows),
        eval_dataset=Dataset.from_list(rows[:3]),
        processing_class=AutoTokenizer.from_pretrained(base),
        peft_config=LoraConfig(task_type="CAUSAL_LM", r=4, target_modules="all-linear"),
    )
    trainer.train()
    return trainer


def _same(ours: Any, stock: Any) -> None:
    for key in ("loss", "grad_norm"):
        found, wanted = (
            [entry[key] for entry in trainer.state.log_history if key in entry]
            for trainer in (ours, stock)
        )
        assert len(found) == 2
        assert found == pytest.approx(wanted, rel=1e-3)
    assert ours.evaluate()["eval_loss"] == pytest.approx(stock.evaluate()["eval_loss"], rel=1e-3)
    weights = dict(stock.model.named_parameters())
    for name, weight in ours.model.named_parameters():
        torch.testing.assert_close(weight, weights[name], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("made_of", "batch"), [("llama", 1), ("gemma", 2), ("llama", 4)])
def test_losses_gradients_and_weights_are_those_of_trl(tmp_path, request, made_of, batch):
    base = request.getfixturevalue(made_of)
    sizes = {"per_device_train_batch_size": batch, "gradient_accumulation_steps": 4 // batch}
    ours, stock = (
        _trained(kind, AutoModelForCausalLM.from_pretrained(base), tmp_path, base, **sizes)
        for kind in (cpu_trainer(), SFTTrainer)
    )
    assert ours.plain_base is not None
    _same(ours, stock)


@pytest.mark.parametrize(
    ("architecture", "config"),
    [
        (Gemma2ForCausalLM, Gemma2Config(**SMALL, head_dim=8, vocab_size=60)),
        (
            MixtralForCausalLM,
            MixtralConfig(
                **SMALL,
                vocab_size=60,
                num_local_experts=2,
                output_router_logits=True,
                bos_token_id=1,
                eos_token_id=2,
            ),
        ),
    ],
)
def test_models_with_more_in_their_loss_than_the_head_are_left_to_trl(
    tmp_path, llama, architecture, config
):
    set_seed(1)
    weights = architecture(config).state_dict()
    trained = []
    for kind in (cpu_trainer(), SFTTrainer):
        model = architecture(config)
        model.load_state_dict(weights)
        trained.append(_trained(kind, model, tmp_path, llama))
    ours, stock = trained
    assert ours.plain_base is None
    _same(ours, stock)


@given(
    st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=4), min_size=1, max_size=4),
    st.integers(0, 3),
)
def test_rows_are_always_put_together_by_length_and_none_is_changed(lengths, padding):
    number = iter(range(1, 100))
    batches = []
    for batch in lengths:
        rows = [
            [100 * first + n for n in range(length)]
            for length, first in zip(batch, number, strict=False)
        ]
        longest = max(map(len, rows)) + padding
        padded = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        batches.append(
            {"input_ids": padded, "labels": -padded, "attention_mask": (padded > 0).long()}
        )
    found = list(by_length(batches))
    assert [len(batch) for batch in found] == [len(batch) for batch in lengths]
    rows = [row for batch in found for row in batch]
    sizes = [len(row["input_ids"]) for row in rows]
    assert sizes == sorted((length for batch in lengths for length in batch), reverse=True)
    assert all(row["labels"] == [-token for token in row["input_ids"]] for row in rows)
    assert sorted(row["input_ids"][0] for row in rows) == [
        100 * at for at in range(1, len(rows) + 1)
    ]
