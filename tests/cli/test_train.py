"""`dlm train`, and what the trained adapter is then good for."""

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from support import trainable_documents as trainable
from support.tiny_model import PROSE, tiny_llama

from dlm_lsp.store.adapters import current_adapter
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.manifest import load_manifest


@pytest.fixture(scope="session")
def base(tmp_path_factory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("base"))


@pytest.fixture
def mills(tmp_path, base) -> Path:
    path = tmp_path / "mills.dlm"
    path.write_text(trainable.text(base))
    return path


@pytest.fixture
def store(home) -> Path:
    return home / "store" / trainable.ID


def test_flags_of_the_reference_that_ask_for_what_is_done_anyway_are_taken(dlm, mills):
    run = dlm("train", mills, "--fresh", "--phase", "sft", "--dry-run")
    assert (run.returncode, run.stdout) == (0, dlm("train", mills, "--dry-run").stdout)


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--fresh", "--resume"], "--fresh and --resume exclude each other"),
        (["--phase", "preference"], "--phase preference is not in this package"),
    ],
)
def test_flags_of_the_reference_that_ask_for_something_else_are_refused(dlm, mills, flags, named):
    run = dlm("train", mills, *flags)
    assert (run.returncode, run.stderr.count("\n"), named in run.stderr) == (2, 1, True)


def test_it_trains_shows_how_far_it_is_and_draws_the_losses(dlm, mills, store, tmp_path):
    mills = mills.rename(tmp_path / "my mills.dlm")
    run = dlm("train", mills, "--plot", "loss.png")
    assert run.returncode == 0, run.stderr
    assert "adapter v0001 is current" in run.stdout
    assert f"`dlm prompt '{mills}' \"...\" --compare`" in run.stdout
    said = " ".join(run.stdout.split())
    assert re.search(r" s in (fp32|bf16) on (cpu|cuda|mps)", said)
    assert "rows and" in run.stderr
    assert "tokens/s" in run.stderr
    assert "held-out loss" in run.stderr
    assert "s left" in run.stderr
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert current_adapter(store).name == "v0001"


def test_the_document_is_not_touched(dlm, mills):
    before = mills.read_bytes()
    assert dlm("train", mills, "--max-steps", 1).returncode == 0
    assert mills.read_bytes() == before


def test_a_dry_run_says_what_it_would_take_and_keeps_nothing(dlm, mills, home):
    run = dlm("train", mills, "--dry-run")
    assert run.returncode == 0
    for word in ("rows:", "tokens:", "steps:", "memory: about", "nothing was trained"):
        assert word in run.stdout
    assert not home.exists()
    value = json.loads(dlm("train", mills, "--dry-run", "--json").stdout)
    (plan,) = value["adapters"]
    assert plan["rows"] + plan["held_out"] == 10
    (line,) = lines(dlm("train", mills, "--dry-run", "--jsonl"))
    assert line == {"event": "planned", **plan}


def test_json_is_one_object_with_the_summary(dlm, mills):
    run = dlm("train", mills, "--max-steps", 2, "--seed", 7, "--json")
    (adapter,) = json.loads(run.stdout)["adapters"]
    assert adapter["steps"] == len(adapter["losses"]) == 2
    assert adapter["recipe"]["seed"] == 7
    assert adapter["version"].endswith("v0001")


def lines(run) -> list[dict]:
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_json_lines_are_the_events_of_every_step_and_the_summary(dlm, mills):
    planned, *events, trained = lines(dlm("train", mills, "--max-steps", 3, "--jsonl"))
    assert (planned["event"], planned["batches"]["steps"]) == ("planned", 3)
    assert {event["adapter"] for event in (planned, *events, trained)} == {None}
    steps = [event for event in events if event["event"] == "step"]
    assert [(event["step"], event["steps"]) for event in steps] == [(n, 3) for n in (1, 2, 3)]
    rates = [event["learning_rate"] for event in steps]
    assert max(rates) > rates[-1] > 0
    held_out = [event for event in events if event["event"] == "held_out"]
    assert len(steps) + len(held_out) == len(events)
    assert trained["event"] == "trained"
    assert trained["losses"] == [[event["step"], event["loss"]] for event in steps]
    assert trained["held_out_losses"] == [[event["step"], event["loss"]] for event in held_out]


def test_json_lines_come_step_by_step(command, tmp_path, base):
    path = tmp_path / "mills.dlm"
    path.write_text(trainable.text(base, body="".join(map(trainable.pair, range(400)))))
    process = command("train", path, "--max-steps", 400, "--jsonl", start_new_session=True)
    first = next(event for line in process.stdout if (event := json.loads(line))["event"] == "step")
    assert first["step"] == 1
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=180)
    assert process.returncode == 130
    assert json.loads(rest.splitlines()[-1]) == {"error": "interrupted"}


def test_json_lines_end_with_what_failed(dlm, two_adapters):
    run = dlm("train", two_adapters, "--jsonl")
    assert run.returncode == 1
    *events, failure = lines(run)
    assert [e["adapter"] for e in events if e["event"] == "trained"] == ["facts"]
    assert [e["adapter"] for e in events if e["event"] == "planned"] == ["facts", "tone"]
    assert "went astray" in failure["error"]


@pytest.mark.parametrize(
    ("flags", "code", "named"),
    [
        (["--json", "--jsonl"], 2, "exclude each other"),
        (["--max-steps", "0"], 2, "--max-steps"),
        (["--plot", "loss.gif"], 2, "loss.gif"),
        (["--plot", "nowhere/loss.png"], 2, "nowhere"),
        (["--plot", "loss.png", "--dry-run"], 2, "--dry-run"),
        (["--adapter", "tone"], 1, "tone"),
        (["--resume"], 1, "without resume"),
        (["--device", "abacus"], 2, "--device is 'abacus'"),
        (["--device", "cuda:99"], 1, "no device cuda:99 here"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_line(dlm, mills, home, flags, code, named):
    run = dlm("train", mills, *flags)
    assert run.returncode == code
    assert named in run.stderr
    assert not (home / "store" / trainable.ID / "manifest.json").exists()


def test_a_key_that_cannot_be_honoured_is_named(dlm, tmp_path, base):
    path = tmp_path / "mills.dlm"
    path.write_text(trainable.text(base, "  optimizer: galore_adamw\n"))
    run = dlm("train", path)
    assert run.returncode == 1
    assert "training.optimizer: galore_adamw" in run.stderr


def test_two_trainings_of_one_document_wait_for_each_other(command, mills, store):
    with document_lock(store, "dlm train", lambda _: None):
        process = command("train", mills, "--max-steps", 1)
        assert "waiting for `dlm train`" in process.stderr.readline()
        assert not (store / "manifest.json").exists()
    process.communicate(timeout=180)
    assert process.returncode == 0


def _until(process: subprocess.Popen, word: str) -> None:
    for line in process.stderr:
        if word in line:
            return
    pytest.fail(f"{word} was never said")


@pytest.mark.posix
def test_ctrl_c_keeps_the_adapter_before_and_resume_goes_on(command, dlm, tmp_path, base, store):
    path = tmp_path / "mills.dlm"
    body = "".join(map(trainable.pair, range(400)))
    path.write_text(trainable.text(base, body=body))
    assert dlm("train", path, "--max-steps", 1).returncode == 0
    process = command("train", path, start_new_session=True)
    _until(process, "step 8 of ")
    # As a terminal does it: to every process of the group.
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=180)
    assert process.returncode == 130
    assert "--resume" in err
    assert "Traceback" not in err
    assert current_adapter(store).name == "v0001"
    assert [run.status for run in load_manifest(store).training_runs] == ["completed", "cancelled"]
    run = dlm("train", path, "--resume")
    assert run.returncode == 0, run.stderr
    assert "step 5 of " not in run.stderr
    assert current_adapter(store).name == "v0002"


@pytest.fixture
def two_adapters(tmp_path, base) -> Path:
    """A document of which the second adapter goes astray."""
    path = tmp_path / "mills.dlm"
    body = "".join(trainable.pair(n, "#tone" if n % 2 else "") for n in range(8))
    training = "  warmup_ratio: 0.0\n  adapters: {facts: {}, tone: {learning_rate: 1.0e+30}}\n"
    path.write_text(trainable.text(base, training, body))
    return path


def test_what_was_trained_before_another_adapter_failed_is_told(dlm, two_adapters, tmp_path):
    run = dlm("train", two_adapters, "--json", "--plot", "loss.png")
    assert run.returncode == 1
    value = json.loads(run.stdout)
    assert [adapter["adapter"] for adapter in value["adapters"]] == ["facts"]
    assert "went astray" in value["error"]
    assert (tmp_path / "loss.png").is_file()


@pytest.mark.posix
def test_an_interrupted_training_says_how_to_go_on_with_its_own_options(command, tmp_path, base):
    path = tmp_path / "my mills.dlm"
    path.write_text(trainable.text(base, body="".join(map(trainable.pair, range(400)))))
    flags = ("--seed", 7, "--max-steps", 40, "--json")
    process = command("train", path, *flags, start_new_session=True)
    _until(process, "step 8 of ")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=180)
    assert f"`dlm train '{path}' --seed 7 --max-steps 40 --resume`" in err
    assert json.loads(out)["error"] == "interrupted"


def test_a_training_asks_no_hub_anything(dlm, tmp_path, base, httpserver):
    hub = tmp_path / "hub" / "models--acme--mills"
    shutil.copytree(base, hub / "snapshots" / "abc123")
    (hub / "refs").mkdir()
    (hub / "refs" / "main").write_text("abc123")
    path = tmp_path / "mills.dlm"
    path.write_text(trainable.text("acme/mills"))
    there = {"HF_HUB_CACHE": str(hub.parent), "HF_ENDPOINT": httpserver.url_for("")}
    run = dlm("train", path, "--max-steps", 1, env={**there, "HF_HUB_OFFLINE": "0"})
    assert run.returncode == 0, run.stderr
    assert [request.path for request, _ in httpserver.log] == []


def test_the_adapter_is_its_own_teacher_and_judge(dlm, mills, store):
    mills.write_text(mills.read_text().replace("The mill of Ashford has two wheels.", PROSE))
    refused = dlm("synth", "instructions", mills, "--filter", "none", "--dry-run")
    assert refused.returncode == 1
    assert "`dlm train`" in refused.stderr
    assert "name another teacher" in refused.stderr
    assert dlm("train", mills, "--max-steps", 1).returncode == 0
    flags = ("--teacher", "self", "--dry-run", "--per-section", 1, "--max-new-tokens", 16)
    run = dlm("synth", "instructions", mills, *flags, "--json")
    assert run.returncode in (0, 3), run.stderr
    (value,) = json.loads(run.stdout)["documents"]
    assert value["teacher"] == "self"
    assert value["judge"].startswith("sway:")
    assert value["judge"].endswith("+adapter")
    synthesis = dlm("synth", "instructions", mills, *flags)
    assert "+adapter" in synthesis.stdout


def test_the_first_named_adapter_speaks_for_its_document(dlm, tmp_path, base, store):
    path = tmp_path / "mills.dlm"
    path.write_text(trainable.text(base, "  adapters: {facts: {}, tone: {}}\n"))
    assert dlm("train", path, "--max-steps", 1).returncode == 0
    assert current_adapter(store, "facts").name == "v0001"
    asked = dlm("prompt", path, "Who?", "--max-new-tokens", 4)
    assert asked.returncode == 0, asked.stderr
    run = dlm("synth", "instructions", path, "--dry-run", "--max-new-tokens", 16, "--json")
    (value,) = json.loads(run.stdout)["documents"]
    assert value["judge"].endswith("+adapter")


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_what_is_read_outside_the_folder_of_the_document_is_listed_before(
    dlm, tmp_path, base, flags
):
    (tmp_path / "in").mkdir()
    (tmp_path / "a.md").write_text("The saw is driven by the second wheel.")
    mills = tmp_path / "in/mills.dlm"
    mills.write_text(trainable.text(base, "  sources: [{path: ../a.md}]\n"))
    run = dlm("train", mills, "--max-steps", 1, "--json", *flags)
    assert run.returncode == 0, run.stderr
    note = f"reads 1 file outside the document's folder: {tmp_path / 'a.md'}"
    assert note in run.stderr.split("tokens an epoch")[0]
    (outside,) = json.loads(run.stdout)["outside_sources"]
    assert outside == {"path": str(tmp_path / "a.md"), "files": 1}


def test_a_private_source_is_refused_and_read_where_the_command_line_allows_it(dlm, tmp_path, base):
    key = tmp_path / ".ssh/id_rsa"
    key.parent.mkdir()
    key.write_text("a key")
    mills = tmp_path / "mills.dlm"
    mills.write_text(trainable.text(base, "  sources: [{path: .ssh/id_rsa}]\n"))
    refused = dlm("train", mills, "--dry-run")
    assert refused.returncode == 1
    assert "allow it with --allow-source" in refused.stderr
    allowed = dlm("train", mills, "--dry-run", "--allow-source", key, "--json")
    assert allowed.returncode == 0, allowed.stderr
    (plan,) = json.loads(allowed.stdout)["adapters"]
    assert plan["rows"] + plan["held_out"] == 11
