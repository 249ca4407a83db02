"""Training manifest: what was trained into a store."""

import json
from pathlib import Path

import pytest

from dlm_lsp.errors import StoreError
from dlm_lsp.store.manifest import (
    Manifest,
    TrainingRun,
    load_manifest,
    manifest_path,
    new_manifest,
    save_manifest,
)

ID = "01HZ4X7TGZM3J1A2B3C4D5E6F7"


@pytest.fixture
def manifest() -> Manifest:
    return new_manifest(ID, "smollm2-135m", Path("/notes/towns.dlm"))


def _run(number: int, status="completed") -> TrainingRun:
    return TrainingRun(
        run_id=number, started_at="2026-01-01T00:00:00", adapter_version=1, seed=42, status=status
    )


def test_before_training_there_is_none(folder):
    assert load_manifest(folder) is None
    assert not folder.exists()


def test_what_is_saved_is_loaded(folder, manifest):
    saved = manifest.with_run(_run(1), adapter_version=1)
    save_manifest(folder, saved)
    assert load_manifest(folder) == saved


def test_it_is_written_as_the_format_says(folder, manifest):
    save_manifest(folder, manifest)
    text = manifest_path(folder).read_text(encoding="utf-8")
    raw = json.loads(text)
    assert text == json.dumps(raw, indent=2, sort_keys=True) + "\n"
    assert raw["schema_version"] == 1
    assert "+" not in raw["created_at"]
    assert "Z" not in raw["created_at"]


def test_runs_are_numbered_on_and_replaced_by_their_number(manifest):
    two = manifest.with_run(_run(1)).with_run(_run(2, "running"))
    assert two.next_run_id == 3
    assert [run.status for run in two.with_run(_run(2)).training_runs] == ["completed"] * 2


def test_a_run_that_was_killed_is_marked_failed(manifest):
    marked = manifest.with_run(_run(1)).with_run(_run(2, "running")).with_orphans_failed()
    assert [run.status for run in marked.training_runs] == ["completed", "failed"]
    assert marked.training_runs[1].ended_at
    assert marked.with_orphans_failed() is marked


@pytest.mark.parametrize(
    "text", ["", "[]", '{"dlm_id": "x"}', '{"schema_version": 2}', "[" * 100_000, "\xff"]
)
def test_what_is_no_manifest_is_refused_with_the_way_out(folder, text):
    folder.mkdir(parents=True)
    manifest_path(folder).write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError, match="move it away"):
        load_manifest(folder)


def test_an_unknown_key_is_refused(folder, manifest):
    save_manifest(folder, manifest)
    raw = json.loads(manifest_path(folder).read_text()) | {"novel": 1}
    manifest_path(folder).write_text(json.dumps(raw))
    with pytest.raises(StoreError, match="novel"):
        load_manifest(folder)
