"""Training run: from a document's sections to the adapter that is current."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from safetensors.torch import load_file
from support import trainable_documents as trainable

from dlm_lsp.errors import ModelError, StoreError
from dlm_lsp.store.adapters import current_adapter
from dlm_lsp.store.manifest import load_manifest
from dlm_lsp.training.plan import TrainingInput, TrainRequest, plan_training
from dlm_lsp.training.run import TrainedAdapter, preview_training, run_training
from dlm_lsp.training.trainer import StepDone, TrainingPlanned

CPU = TrainRequest(device="cpu")


@pytest.fixture
def mills(tmp_path, llama) -> TrainingInput:
    return trainable.training_input(tmp_path, llama)


def _train(mills: TrainingInput, request=CPU, on_event=lambda event: None) -> list[TrainedAdapter]:
    return [run_training(mills, task, on_event) for task in plan_training(mills, request).tasks]


def _weights(version: Path) -> dict[str, list]:
    read = load_file(version / "adapter_model.safetensors")
    return {name: tensor.tolist() for name, tensor in sorted(read.items())}


def _runs(mills: TrainingInput):
    return load_manifest(mills.folder).training_runs


def _interrupt(at: int) -> Callable[[object], None]:
    def show(event: object) -> None:
        if isinstance(event, StepDone) and event.step == at:
            raise KeyboardInterrupt

    return show


def test_a_trained_adapter_is_current_and_everything_about_it_is_kept(mills):
    events = []
    (trained,) = _train(mills, on_event=events.append)
    assert current_adapter(mills.folder) == trained.version.resolve()
    names = {file.name for file in trained.version.iterdir()}
    assert {
        "adapter_config.json",
        "adapter_model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "chat_template.jinja",
    } <= names
    (run,) = _runs(mills)
    assert (run.status, run.adapter_version, run.seed) == ("completed", 1, 42)
    assert run.steps == trained.summary["steps"] > 1
    assert run.final_train_loss
    summary = json.loads((mills.folder / run.summary_path).read_text())
    assert len(summary["losses"]) == run.steps
    manifest = load_manifest(mills.folder)
    assert manifest.adapter_version == 1
    assert set(manifest.content_hashes) == {section.id for section in mills.document.sections}
    assert isinstance(events[0], TrainingPlanned)
    assert any(isinstance(event, StepDone) for event in events)
    # What is not needed any more is gone.
    assert not (mills.folder / "synth/checkpoints/-").exists()


def test_the_same_seed_and_data_give_the_same_weights(mills):
    (first,), (second,) = _train(mills), _train(mills)
    assert [first.version.name, second.version.name] == ["v0001", "v0002"]
    assert _weights(first.version) == _weights(second.version)


def test_named_adapters_are_each_trained_on_what_is_routed_to_them(tmp_path, llama):
    body = "The mill.\n" + "".join(
        trainable.pair(number, "#tone" if number % 2 else "") for number in range(6)
    )
    training = "  adapters: {facts: {lora_r: 2}, tone: {}, idle: {}}\n"
    mills = trainable.training_input(tmp_path, llama, training, body)
    prepared = plan_training(mills, CPU)
    assert [task.adapter for task in prepared.tasks] == ["facts", "tone"]
    assert any("idle" in remark for remark in prepared.remarks)
    trained = _train(mills, TrainRequest(device="cpu", max_steps=1))
    assert [adapter.adapter for adapter in trained] == ["facts", "tone"]
    for adapter in trained:
        assert current_adapter(mills.folder, adapter.adapter) == adapter.version.resolve()
    manifest = load_manifest(mills.folder)
    assert manifest.adapter_versions == {"facts": 1, "tone": 1}
    assert [run.adapter_name for run in manifest.training_runs] == ["facts", "tone"]
    assert set(manifest.content_hashes) == {section.id for section in mills.document.sections}


def test_a_preview_tells_what_a_training_takes_and_writes_nothing(mills):
    (task,) = plan_training(mills, TrainRequest(device="cpu", max_steps=2)).tasks
    plan = preview_training(task)
    assert plan.rows + plan.held_out == 10
    assert plan.batches.steps == 2
    assert plan.tokens > plan.longest > 0
    assert plan.trainable > 0
    assert plan.memory > 2**29
    assert not mills.folder.exists()


def test_a_loss_that_is_no_number_leaves_the_adapter_before(mills, tmp_path, llama):
    (before,) = _train(mills, TrainRequest(device="cpu", max_steps=1))
    wild = trainable.training_input(
        tmp_path, llama, "  learning_rate: 1.0e+30\n  warmup_ratio: 0.0\n"
    )
    with pytest.raises(ModelError, match="went astray"):
        _train(wild)
    assert current_adapter(mills.folder) == before.version.resolve()
    run = _runs(mills)[-1]
    assert (run.status, run.run_id) == ("failed", 2)
    assert "went astray" in json.loads((mills.folder / run.summary_path).read_text())["error"]
    assert [entry.name for entry in before.version.parent.iterdir()] == ["v0001"]


def test_ctrl_c_leaves_the_adapter_before_and_marks_the_run(mills):
    (before,) = _train(mills, TrainRequest(device="cpu", max_steps=1))
    with pytest.raises(KeyboardInterrupt):
        _train(mills, on_event=_interrupt(2))
    assert current_adapter(mills.folder) == before.version.resolve()
    assert [run.status for run in _runs(mills)] == ["completed", "cancelled"]
    assert _runs(mills)[-1].ended_at
    assert [entry.name for entry in before.version.parent.iterdir()] == ["v0001"]


def test_a_resumed_training_gives_what_an_uninterrupted_one_gives(mills):
    (whole,) = _train(mills)
    with pytest.raises(KeyboardInterrupt):
        _train(mills, on_event=_interrupt(3))
    events = []
    (resumed,) = _train(mills, TrainRequest(device="cpu", resume=True), events.append)
    steps = [event.step for event in events if isinstance(event, StepDone)]
    assert steps[0] > 1
    assert resumed.summary["resumed_from"] == steps[0] - 1
    assert resumed.summary["losses"] == whole.summary["losses"]
    assert _weights(resumed.version) == _weights(whole.version)


def test_tokens_of_a_resumed_training_count_from_its_first_step(mills):
    (whole,) = _train(mills)
    with pytest.raises(KeyboardInterrupt):
        _train(mills, on_event=_interrupt(3))
    (resumed,) = _train(mills, TrainRequest(device="cpu", resume=True))
    assert resumed.summary["tokens"] == whole.summary["tokens"]


def test_a_training_that_failed_behind_its_last_step_makes_that_step_again_and_no_more(mills):
    limited = TrainRequest(device="cpu", max_steps=4)
    (whole,) = _train(mills, limited)
    pointer = mills.folder / "adapter/current.txt"
    pointer.unlink()
    pointer.mkdir()
    with pytest.raises(StoreError):
        _train(mills, limited)
    pointer.rmdir()
    (resumed,) = _train(mills, replace(limited, resume=True))
    assert [step for step, _ in resumed.summary["losses"]] == [1, 2, 3, 4]
    assert _weights(resumed.version) == _weights(whole.version)


def test_a_training_that_was_interrupted_before_its_first_checkpoint_begins_anew(mills):
    with pytest.raises(KeyboardInterrupt):
        _train(mills, on_event=_interrupt(1))
    shutil.rmtree(mills.folder / "synth/checkpoints/-/checkpoint-1", ignore_errors=True)
    (trained,) = _train(mills, TrainRequest(device="cpu", resume=True))
    assert trained.summary["resumed_from"] == 0


def test_each_interrupted_adapter_goes_on_from_its_own_checkpoint(tmp_path, llama):
    body = "".join(trainable.pair(n, "#tone" if n % 2 else "") for n in range(40))
    mills = trainable.training_input(tmp_path, llama, "  adapters: {facts: {}, tone: {}}\n", body)
    for name in ("tone", "facts"):
        with pytest.raises(KeyboardInterrupt):
            _train(mills, TrainRequest(device="cpu", adapter=name), _interrupt(3))
    trained = _train(mills, TrainRequest(device="cpu", resume=True))
    assert [adapter.adapter for adapter in trained] == ["facts", "tone"]
    assert all(adapter.summary["resumed_from"] > 0 for adapter in trained)


def test_a_resumption_that_is_refused_leaves_no_mark(mills, tmp_path, llama):
    with pytest.raises(KeyboardInterrupt):
        _train(mills, on_event=_interrupt(3))
    other = trainable.training_input(tmp_path, llama, "  lora_r: 4\n")
    with pytest.raises(ModelError):
        _train(other, TrainRequest(device="cpu", resume=True))
    assert [run.status for run in _runs(mills)] == ["cancelled"]
    assert list((mills.folder / "adapter/versions").iterdir()) == []


def test_ctrl_c_while_the_checkpoints_are_removed_costs_nothing(mills, monkeypatch):
    def interrupted(folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dlm_lsp.training.run.remove_folder", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _train(mills)
    assert current_adapter(mills.folder).name == "v0001"
    assert load_manifest(mills.folder).adapter_version == 1
    assert [run.status for run in _runs(mills)] == ["completed"]


@pytest.mark.parametrize("blocked", ["logs", "adapter"])
def test_what_could_not_be_kept_is_not_trained(mills, blocked):
    mills.folder.mkdir(parents=True)
    (mills.folder / blocked).write_text("in the way")
    events = []
    with pytest.raises(StoreError, match=blocked):
        _train(mills, on_event=events.append)
    assert events == []


def test_there_must_be_something_to_resume_and_it_must_be_the_same(mills, tmp_path, llama):
    with pytest.raises(ModelError, match="no interrupted training"):
        plan_training(mills, TrainRequest(device="cpu", resume=True))
    with pytest.raises(KeyboardInterrupt):
        _train(mills, on_event=_interrupt(3))
    other = trainable.training_input(tmp_path, llama, "  lora_r: 4\n")
    with pytest.raises(ModelError, match="not those of the interrupted"):
        _train(other, TrainRequest(device="cpu", resume=True))


@pytest.fixture
def in_training(mills) -> Iterator[subprocess.Popen]:
    """A process that has made the first step of a training."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from support import trainable_documents\n"
        "from dlm_lsp.training.trainer import StepDone\n"
        "from dlm_lsp.training.plan import TrainRequest, plan_training\n"
        "from dlm_lsp.training.run import run_training\n"
        "def show(event):\n"
        "    if isinstance(event, StepDone): print(event.step, flush=True)\n"
        "if __name__ == '__main__':\n"
        "    mills = trainable_documents.training_input(Path(sys.argv[1]), sys.argv[2])\n"
        "    for task in plan_training(mills, TrainRequest(device='cpu')).tasks:\n"
        "        run_training(mills, task, show)\n"
    )
    base = mills.frontmatter.base_model.removeprefix("hf:")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", script, mills.path.parent, base],
        env=environment,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"1\n"
        yield process
        process.kill()


def _child(parent: subprocess.Popen) -> psutil.Process:
    """Return the process that trains; beside it there is one that watches over shared memory."""
    return next(
        child
        for child in psutil.Process(parent.pid).children()
        if any("spawn_main" in word for word in child.cmdline())
    )


@pytest.fixture
def before(mills) -> TrainedAdapter:
    """An adapter that was there already."""
    (trained,) = _train(mills, TrainRequest(device="cpu", max_steps=1))
    return trained


def test_after_a_kill_the_adapter_before_is_current_and_the_run_marked(mills, before, in_training):
    child = _child(in_training)
    in_training.kill()
    child.wait(timeout=30)
    assert current_adapter(mills.folder) == before.version.resolve()
    assert [run.status for run in _runs(mills)] == ["completed", "failed"]
    assert [entry.name for entry in before.version.parent.iterdir()] == ["v0001"]


def test_a_run_of_which_everything_was_killed_is_marked_by_the_next(mills, before, in_training):
    child = _child(in_training)
    child.suspend()
    in_training.kill()
    in_training.wait()
    child.kill()
    assert current_adapter(mills.folder) == before.version.resolve()
    assert _runs(mills)[-1].status == "running"
    (after,) = _train(mills, TrainRequest(device="cpu", max_steps=1))
    assert [run.status for run in _runs(mills)] == ["completed", "failed", "completed"]
    assert after.version.name == "v0002"
    assert sorted(entry.name for entry in after.version.parent.iterdir()) == ["v0001", "v0002"]


def test_a_full_disk_leaves_the_adapter_before(small_disk, tmp_path, llama, monkeypatch):
    monkeypatch.setattr("dlm_lsp.training.run.check_space", lambda folder, needed: None)
    mills = trainable.training_input(tmp_path, llama)
    mills = TrainingInput(
        mills.path,
        mills.document,
        mills.frontmatter,
        small_disk / "store",
    )
    small = trainable.training_input(tmp_path, llama, "  lora_r: 1\n  target_modules: [q_proj]\n")
    small = TrainingInput(small.path, small.document, small.frontmatter, small_disk / "store")
    (before,) = _train(small, TrainRequest(device="cpu", max_steps=1))
    with pytest.raises((ModelError, StoreError), match=r"disk is full|No space left|written whole"):
        _train(mills)
    assert current_adapter(mills.folder) == before.version.resolve()
    assert _runs(mills)[-1].status == "failed"
    checkpoints = mills.folder / "synth/checkpoints/-"
    assert all((half / "whole").exists() for half in checkpoints.glob("checkpoint-*"))


def test_a_training_that_finds_no_room_for_its_checkpoints_is_not_begun(mills, monkeypatch):
    free = shutil.disk_usage(mills.path)._replace(free=1_000)
    monkeypatch.setattr("dlm_lsp.store.versions.shutil.disk_usage", lambda folder: free)
    events = []
    with pytest.raises(
        StoreError, match=rf"{mills.folder.name} has 0\.0 MB left, of which a training takes [0-9]"
    ):
        _train(mills, on_event=events.append)
    assert events == []
    assert list((mills.folder / "adapter/versions").iterdir()) == []
    assert load_manifest(mills.folder) is None


def test_the_reference_finds_manifest_and_adapter(mills, reference_python):
    (trained,) = _train(mills, TrainRequest(device="cpu", max_steps=1))
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from dlm.store.manifest import load_manifest\n"
        "from dlm.store.paths import StorePath\n"
        "store = StorePath(root=Path(sys.argv[1]))\n"
        "(run,) = load_manifest(store.manifest).training_runs\n"
        "print(run.status, run.steps, store.resolve_current_adapter(), end='')\n"
    )
    report = subprocess.check_output([reference_python, "-c", script, mills.folder], text=True)
    assert report == f"completed 1 {trained.version.resolve()}"
