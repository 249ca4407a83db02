"""`dlm fetch`, and what no document can have downloaded."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import trainable_documents as trainable
from support.hub_server import Hub, hub_server
from support.teacher_server import town
from support.tiny_model import tiny_llama

from dlm_lsp.document import parse
from dlm_lsp.store.lock import document_lock

REGISTERED = "HuggingFaceTB/SmolLM2-360M-Instruct"
UNJUDGED = ("--filter", "none")


@pytest.fixture(scope="session")
def model(tmp_path_factory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("model"))


@pytest.fixture
def hub(model) -> Iterator[Hub]:
    with hub_server({"org/name": model, REGISTERED: model}) as server:
        yield server


@pytest.fixture
def env(hub, tmp_path) -> dict[str, str]:
    return hub.env(tmp_path / "hub")


def notes_on(tmp_path: Path, base_model: str) -> Path:
    path = tmp_path / "notes.dlm"
    body = f"{town(1)}\n" + "".join(map(trainable.pair, range(9)))
    path.write_text(trainable.text("x", body=body).replace("hf:x", base_model, 1))
    return path


def test_a_model_is_downloaded_once_and_its_size_told_first(dlm, env, hub):
    first = dlm("fetch", "org/name", env=env)
    assert first.returncode == 0, first.stderr
    assert first.stderr.startswith("Downloading org/name (")
    assert "org/name is now in" in first.stdout
    hub.asked.clear()
    again = dlm("fetch", "hf:org/name", "--json", env=env)
    assert json.loads(again.stdout) == {"model": "hf:org/name", "folder": None}
    assert hub.asked == []


def test_the_hub_is_told_nothing_but_what_is_wanted(dlm, env, hub):
    assert dlm("fetch", "org/name", env=env).returncode == 0
    assert [path for path in hub.asked if "org/name" not in path] == []
    assert not any("torch" in agent for agent in hub.user_agents)


@pytest.mark.parametrize("words", [["train", "--max-steps", "1"], ["synth", "instructions"]])
def test_a_hub_id_in_a_document_is_fetched_by_the_command_alone(
    dlm, env, hub, tmp_path, teacher, words
):
    notes = notes_on(tmp_path, "hf:org/name")
    flags = ["--teacher", teacher.selector, "--dry-run"] if words[0] == "synth" else []
    refused = dlm(*words, notes, *flags, env=env)
    assert refused.returncode == 1
    assert "`dlm fetch org/name`" in refused.stderr
    assert hub.asked == []
    assert dlm("fetch", "org/name", env=env).returncode == 0
    hub.asked.clear()
    done = dlm(*words, notes, *flags, env=env)
    assert done.returncode in (0, 3), done.stderr
    assert hub.asked == []


def test_a_key_of_the_registry_is_fetched_by_a_training_which_tells_the_size(
    dlm, env, hub, tmp_path
):
    run = dlm("train", notes_on(tmp_path, "smollm2-360m"), "--max-steps", 1, env=env)
    assert run.returncode == 0, run.stderr
    assert f"Downloading {REGISTERED} (" in run.stderr.split("rows and")[0]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["train", "--dry-run"], 1, "`dlm fetch smollm2-360m`"),
        (["synth", "instructions", "--estimate", "--teacher", "hf:org/name"], 0, "dlm fetch"),
        (["synth", "instructions", "--estimate", "--teacher", "openai:m"], 0, "OPENAI_API_KEY"),
    ],
)
def test_a_look_beforehand_downloads_nothing_and_needs_no_key(
    dlm, env, hub, tmp_path, words, code, message
):
    run = dlm(*words, notes_on(tmp_path, "smollm2-360m"), env=env | {"OPENAI_API_KEY": ""})
    assert run.returncode == code
    assert hub.asked == []
    assert message in run.stderr


def test_a_document_that_cannot_be_its_own_teacher_has_no_judge_downloaded(dlm, env, hub, tmp_path):
    run = dlm("synth", "instructions", notes_on(tmp_path, "smollm2-360m"), env=env)
    assert run.returncode == 1
    assert "no trained adapter" in run.stderr
    assert hub.asked == []


def test_a_folder_in_the_working_directory_is_not_taken_for_a_hub_id(
    dlm, env, hub, tmp_path, model
):
    (tmp_path / "org").mkdir()
    (tmp_path / "org/name").symlink_to(model)
    run = dlm("train", notes_on(tmp_path, "hf:org/name"), "--dry-run", env=env)
    assert run.returncode == 1
    assert "`dlm fetch org/name`" in run.stderr
    written = dlm("train", notes_on(tmp_path, "hf:./org/name"), "--dry-run", env=env)
    assert written.returncode == 0, written.stderr
    assert hub.asked == []


def test_why_a_download_failed_is_told_beside_the_ways_around_it(dlm, document, env, hub):
    hub.status = 403
    run = dlm("synth", "instructions", document(), "--teacher", "hf:org/name", *UNJUDGED, env=env)
    assert run.returncode == 1
    assert "asks for its licence to be accepted" in run.stderr
    assert "`dlm fetch org/name`" in run.stderr


def test_a_name_that_means_nothing_is_told_once(dlm, document, env, hub):
    run = dlm("synth", "instructions", document(), "--teacher", "hf:nosuch", *UNJUDGED, env=env)
    assert run.returncode == 1
    assert run.stderr.count("there is no model nosuch") == 1
    assert hub.asked == []


def test_a_run_downloads_before_it_holds_the_document(command, document, env, hub, home):
    path = document()
    frontmatter = parse(path.read_text()).frontmatter
    with document_lock(home / "store" / frontmatter.dlm_id, "a test", print):
        run = command("synth", "instructions", path, "--teacher", "hf:org/name", *UNJUDGED, env=env)
        lines = [run.stderr.readline(), run.stderr.readline()]
        run.kill()
        run.communicate()
    assert lines[0].startswith("Downloading org/name (")
    assert lines[1].startswith("waiting for ")
    assert any("/resolve/" in path for path in hub.asked)


def test_a_model_that_the_hub_does_not_have_is_told(dlm, env):
    run = dlm("fetch", "org/other", env=env)
    assert run.returncode == 1
    assert "the hub has no model org/other" in run.stderr
