"""Training plan: what is to be trained on a document, adapter by adapter."""

import pytest
from support import trainable_documents as trainable

from dlm_lsp.errors import ModelError, OptionError
from dlm_lsp.training.plan import TrainRequest, plan_training

CPU = TrainRequest(device="cpu")


def test_one_of_the_adapters_can_be_asked_for(tmp_path, llama):
    body = trainable.pair(1) + trainable.pair(2, "#tone")
    mills = trainable.training_input(tmp_path, llama, "  adapters: {facts: {}, tone: {}}\n", body)
    (task,) = plan_training(mills, TrainRequest(device="cpu", adapter="tone")).tasks
    assert task.adapter == "tone"
    with pytest.raises(ModelError, match="it has facts, tone"):
        plan_training(mills, TrainRequest(device="cpu", adapter="none"))


def test_an_adapter_without_sections_is_told_so(tmp_path, llama):
    mills = trainable.training_input(tmp_path, llama, "  adapters: {facts: {}, idle: {}}\n")
    with pytest.raises(ModelError, match="no section for adapter idle"):
        plan_training(mills, TrainRequest(device="cpu", adapter="idle"))


def test_sources_are_trained_on_as_prose(tmp_path, llama):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/a.md").write_text("The saw is driven by the second wheel.")
    mills = trainable.training_input(tmp_path, llama, "  sources: [{path: notes}]\n")
    (task,) = plan_training(mills, CPU).tasks
    texts = [getattr(row, "text", "") for row in (*task.job.rows.train, *task.job.rows.validation)]
    assert any("driven by the second wheel" in text for text in texts)


def test_what_cannot_be_honoured_is_refused_before_anything_is_written(tmp_path, llama):
    mills = trainable.training_input(
        tmp_path, llama, "  adapter: qlora\n  optimizer: galore_adamw\n"
    )
    with pytest.raises(ModelError, match=r"galore.*1 more.*qlora"):
        plan_training(mills, CPU)
    assert not mills.folder.exists()


def test_a_document_without_rows_is_told_so(tmp_path, llama):
    body = "::preference::\n### Prompt\nP\n### Chosen\nC\n### Rejected\nR\n"
    with pytest.raises(ModelError, match="no pairs beside preference sections, which are not"):
        plan_training(trainable.training_input(tmp_path, llama, body=body), CPU)


def test_a_seed_that_cannot_be_used_is_refused(tmp_path, llama):
    with pytest.raises(ModelError, match=r"training\.seed is -1"):
        plan_training(trainable.training_input(tmp_path, llama, "  seed: -1\n"), CPU)
    with pytest.raises(ModelError, match="the seed is -2"):
        plan_training(
            trainable.training_input(tmp_path, llama), TrainRequest(device="cpu", seed=-2)
        )


def test_fewer_than_one_step_is_no_training():
    with pytest.raises(OptionError, match="max_steps is 0; it takes 1 or more"):
        TrainRequest(max_steps=0)


def test_a_row_with_a_weight_is_learned_so_often_and_held_out_once(tmp_path, llama):
    (tmp_path / "notes/.dlm").mkdir(parents=True)
    (tmp_path / "notes/.dlm/training.yaml").write_text(
        "dlm_training_version: 1\nmetadata: {kind: note}\nweights: {kind: {note: 3}}\n"
    )
    for number in range(60):
        (tmp_path / f"notes/{number}.md").write_text(f"The saw number {number} is driven by water.")
    mills = trainable.training_input(tmp_path, llama, "  sources: [{path: notes}]\n")
    (task,) = plan_training(mills, CPU).tasks
    rows = task.job.rows
    copies = [rows.train.count(row) for row in set(rows.train) if "saw" in getattr(row, "text", "")]
    held_out = [row for row in rows.validation if "saw" in getattr(row, "text", "")]
    assert set(copies) == {3}
    assert held_out
    assert len(held_out) == len(set(held_out)) == 60 - len(copies)


def test_what_lies_outside_the_folder_of_the_document_is_planned_as_such(tmp_path, llama):
    (tmp_path / "in").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.md").write_text("The saw is driven by the second wheel.")
    mills = trainable.training_input(tmp_path / "in", llama, "  sources: [{path: ../elsewhere}]\n")
    (outside,) = plan_training(mills, CPU).outside
    assert (outside.path, outside.files) == (str(tmp_path / "elsewhere"), 1)
