"""Run records: what the summary and the manifest keep of a training run."""

import json
from pathlib import Path

import pytest
from support import trainable_documents as trainable

from dlm_lsp.store.manifest import new_manifest
from dlm_lsp.training.plan import AdapterTraining, TrainRequest, plan_training
from dlm_lsp.training.run_records import (
    completed_run,
    failed_run,
    new_run,
    run_summary,
    with_adapter,
    write_summary,
)
from dlm_lsp.training.trainer import HeldOutEvaluated, StepDone, TrainingDone

STEPS = [StepDone(1, 2, 3.0, 40, 1e-4), StepDone(2, 2, 2.0, 90, 0.0)]
DONE = TrainingDone(
    steps=2,
    resumed_from=0,
    losses=((1, 3.0), (2, 2.0)),
    held_out_losses=((2, 2.5),),
    mean_loss=2.0,
    revision="abc",
    versions=(("torch", "2"),),
)


@pytest.fixture
def mills(tmp_path: Path, llama: str):
    return trainable.training_input(tmp_path, llama)


@pytest.fixture
def task(mills) -> AdapterTraining:
    (task,) = plan_training(mills, TrainRequest(device="cpu", seed=7)).tasks
    return task


def test_a_new_run_is_running(task):
    run = new_run(task, 3, 2)
    assert (run.run_id, run.adapter_version, run.seed, run.status) == (3, 2, 7, "running")


def test_a_completed_run_has_its_last_losses_and_versions(task):
    run = completed_run(new_run(task, 1, 1), DONE, "logs/x.json")
    assert (run.status, run.steps, run.final_train_loss, run.final_val_loss) == (
        "completed",
        2,
        2.0,
        2.5,
    )
    assert (run.base_model_revision, run.pinned_versions) == ("abc", {"torch": "2"})
    assert run.summary_path == "logs/x.json"


def test_a_failed_run_has_the_steps_that_were_made(task):
    run = new_run(task, 1, 1)
    assert failed_run(run, "cancelled", STEPS, None).steps == 2
    assert failed_run(run, "failed", [], None).steps == 0


def test_the_summary_of_a_run_that_ended_early_has_the_losses_so_far(task):
    events = [*STEPS, HeldOutEvaluated(2, 2.5)]
    summary = run_summary(task, new_run(task, 1, 1), events, "failed")
    assert (summary["steps"], summary["tokens"]) == (2, 90)
    assert (summary["losses"], summary["held_out_losses"]) == ([(1, 3.0), (2, 2.0)], [(2, 2.5)])
    assert summary["versions"] == {}


def test_a_summary_is_written_into_the_store(task, tmp_path):
    run = new_run(task, 12, 1)
    (tmp_path / "logs").mkdir()
    path = write_summary(tmp_path, run, {"run_id": 12})
    assert path.startswith("logs/train-000012-")
    assert json.loads((tmp_path / path).read_text()) == {"run_id": 12}


def test_the_manifest_names_the_version_and_each_section_that_was_learned(mills, task, tmp_path):
    for name in ("adapter_model.safetensors", "adapter_config.json"):
        (tmp_path / name).write_text(name)
    frontmatter = mills.frontmatter
    manifest = new_manifest(frontmatter.dlm_id, frontmatter.base_model, mills.path)
    run = completed_run(new_run(task, 1, 1), DONE, "logs/x.json")
    manifest = with_adapter(manifest, mills, task, tmp_path, run)
    assert (manifest.adapter_version, manifest.training_runs) == (1, (run,))
    assert set(manifest.content_hashes) == {section.id for section in mills.document.sections}
    assert manifest.adapter_sha256 != manifest.adapter_config_sha256
