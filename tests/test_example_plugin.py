"""Example plugin: installed as its users would and run end to end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[1] / "examples" / "plugin"
DLM = ("-c", "from dlm_lsp.cli.app import main; main()")
NOTES = """---
dlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE
base_model: smollm2-135m
---

The bridge of Harrow was built in 1899. It has seven arches.
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a shell in which the plugin is installed beside dlm."""
    source, target = (tmp_path_factory.mktemp(name) for name in ("source", "installed"))
    # A build leaves its files beside the source.
    for file in ("pyproject.toml", "README.md", "dlm_teacher_cloze.py"):
        (source / file).write_bytes((PLUGIN / file).read_bytes())
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, target, source], check=True, timeout=120
    )
    paths = [str(target), str(PLUGIN.parents[1]), os.environ.get("PYTHONPATH", "")]
    home = str(tmp_path_factory.mktemp("home"))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "DLM_HOME": home}


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_its_teacher_writes_pairs_into_a_document(environment, tmp_path):
    notes = tmp_path / "notes.dlm"
    notes.write_text(NOTES, encoding="utf-8")
    arguments = ["--teacher", "cloze", "--filter", "dedup-only", "--per-section", "1", "--apply"]
    done = run(environment, *DLM, "synth", "instructions", notes, *arguments)
    assert done.returncode == 0, done.stderr
    text = notes.read_text(encoding="utf-8")
    assert "Which number is missing here: The bridge of Harrow was built in ____?" in text
    assert "\n1899\n" in text
    assert "teacher=cloze" in text.replace('"', "")


def test_its_kind_is_listed_where_a_selector_names_none(environment, tmp_path):
    notes = tmp_path / "notes.dlm"
    notes.write_text(NOTES, encoding="utf-8")
    done = run(environment, *DLM, "synth", "instructions", notes, "--teacher", "clozes")
    assert done.returncode != 0
    assert "did you mean cloze?" in " ".join(done.stderr.split())


def test_its_form_is_in_the_help(environment):
    done = run(environment, *DLM, "synth", "instructions", "--help")
    assert "vllm-server:<url>[#model],cloze." in "".join(done.stdout.split()), done.stderr


def test_an_editor_is_told_of_its_kind(environment):
    listing = "from dlm_lsp.server.teachers import teachers_answer as t; print(t()['teachers'][-1])"
    done = run(environment, "-c", listing)
    assert done.stdout.startswith("{'kind': 'cloze', 'form': 'cloze', 'target': '', "), done.stderr


def test_its_own_test_passes(environment):
    options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-c", os.devnull]
    done = run(environment, "-m", "pytest", *options, PLUGIN / "tests")
    assert done.returncode == 0, done.stdout
