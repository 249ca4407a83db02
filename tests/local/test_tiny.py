"""Tiny model: the 270M base model that the `[tiny]` extra brings from PyPI."""

import importlib
import multiprocessing
import time
from pathlib import Path

import pytest

from dlm_lsp.errors import ModelError
from dlm_lsp.local import tiny


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setattr(tiny, "user_cache_dir", lambda _: str(tmp_path))
    return tmp_path


def convert_slowly(package: object, target: Path) -> None:
    """Stand in for the conversion: note that it ran, and take a while."""
    with (target.parent / "runs").open("a") as runs:
        runs.write("x")
    time.sleep(0.2)
    target.mkdir()


def resolve_beside(cache: Path) -> None:
    """Do in another process what the fixture and a test do here."""
    tiny.user_cache_dir = lambda _: str(cache)
    tiny._convert = convert_slowly
    tiny.tiny_folder()


def test_the_weights_lie_in_the_users_cache_as_safetensors():
    folder = tiny.tiny_folder()
    assert (folder / "model.safetensors").stat().st_size > 500 * 2**20
    assert (folder / "tokenizer.json").is_file()
    assert folder.parent.name == "models"


def test_what_was_converted_once_is_found_at_once(cache, monkeypatch):
    monkeypatch.setattr(tiny, "_convert", convert_slowly)
    assert tiny.tiny_folder() == tiny.tiny_folder()
    assert (cache / "models/runs").read_text() == "x"


def test_of_two_processes_one_converts_and_the_other_waits(cache):
    processes = [
        multiprocessing.get_context("fork").Process(target=resolve_beside, args=(cache,))
        for _ in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert (cache / "models/runs").read_text() == "x"


def test_a_conversion_that_fails_leaves_nothing_behind_and_says_what_it_needs(cache, monkeypatch):
    package = importlib.import_module(tiny.PACKAGE)

    def full(path: Path) -> Path:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(package, "assemble", full)
    with pytest.raises(ModelError, match=r"No space left.*1 GB"):
        tiny.tiny_folder()
    assert [path for path in (cache / "models").iterdir() if path.is_dir()] == []


def test_a_cache_that_cannot_be_made_says_so(cache, monkeypatch):
    monkeypatch.setattr(tiny, "user_cache_dir", lambda _: str(cache / "file"))
    (cache / "file").write_text("in the way")
    with pytest.raises(ModelError, match="cannot convert gemma-3-270m"):
        tiny.tiny_folder()
