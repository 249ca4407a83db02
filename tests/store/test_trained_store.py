"""Trained store: interchangeable with the reference's."""

import json
import subprocess
from pathlib import Path

import pytest

from dlm_lsp.store.adapters import current_adapter
from dlm_lsp.store.manifest import (
    TrainingRun,
    load_manifest,
    manifest_path,
    new_manifest,
    save_manifest,
)
from dlm_lsp.store.versions import keep_version, next_version, partial_folder, switch_current

ID = "01HZ4X7TGZM3J1A2B3C4D5E6F7"
AT = "2026-01-01T00:00:00"
# What the reference makes of a store: its manifest written again, and what it finds there.
THEY_READ = """
import json, sys
from pathlib import Path
from dlm.store.inspect import inspect_store
from dlm.store.manifest import load_manifest, save_manifest
from dlm.store.paths import StorePath
from dlm.train.checkpoint_commit import allocate_next_version
store = StorePath(root=Path(sys.argv[1]))
manifest = load_manifest(store.manifest)
save_manifest(store.manifest, manifest)
about = inspect_store(store)
print(json.dumps({
    "current": str(store.resolve_current_adapter()),
    "tone": str(store.resolve_current_adapter_for("tone")),
    "runs": [[run.run_id, run.status, run.adapter_name] for run in manifest.training_runs],
    "version": about.adapter_version,
    "has": about.has_adapter_current,
    "next": allocate_next_version(store).name,
}))
"""
THEY_WRITE = """
import sys
from datetime import datetime
from pathlib import Path
from dlm.store.manifest import Manifest, TrainingRunSummary, save_manifest
from dlm.store.paths import StorePath
from dlm.train.checkpoint_commit import commit_version
store = StorePath(root=Path(sys.argv[1]))
store.ensure_layout()
def write(folder):
    (folder / "adapter_config.json").write_text("{}")
for name in (None, None, "tone"):
    commit_version(store, write, adapter_name=name)
run = TrainingRunSummary(run_id=3, started_at=datetime(2026, 1, 1), adapter_version=2, seed=42,
                         steps=5, final_train_loss=0.5, pinned_versions={"torch": "2"})
save_manifest(store.manifest, Manifest(dlm_id=sys.argv[2], base_model="smollm2-135m",
              adapter_version=2, training_runs=[run], source_path=Path("/notes/a.dlm"),
              content_hashes={"0123456789abcdef": "0123456789abcdef"}))
"""


@pytest.fixture
def ours(folder: Path) -> Path:
    """A store as a training leaves it, with an adapter without a name and a named one."""
    manifest = new_manifest(ID, "smollm2-135m", Path("/notes/a.dlm"))
    for name in (None, "tone"):
        version = keep_version(folder, name, partial_folder(folder, name, 1))
        switch_current(folder, name, version)
        manifest = manifest.with_run(
            TrainingRun(
                run_id=manifest.next_run_id,
                started_at=AT,
                ended_at=AT,
                adapter_version=1,
                seed=42,
                steps=5,
                final_train_loss=0.25,
                summary_path="logs/train-000001-20260101T000000Z.summary.json",
                adapter_name=name,
            ),
            adapter_version=1,
        )
    running = TrainingRun(run_id=3, started_at=AT, adapter_version=2, seed=42, status="running")
    save_manifest(folder, manifest.with_run(running, adapter_versions={"tone": 1}))
    return folder


def test_the_reference_reads_our_store(ours: Path, reference_python: Path) -> None:
    before = manifest_path(ours).read_bytes()
    theirs = json.loads(subprocess.check_output([reference_python, "-c", THEY_READ, ours]))
    assert theirs == {
        "current": str(current_adapter(ours)),
        "tone": str(current_adapter(ours, "tone")),
        "runs": [[1, "completed", None], [2, "completed", "tone"], [3, "running", None]],
        "version": 1,
        "has": True,
        "next": "v0002",
    }
    # Written again by the reference, it is the same to the byte.
    assert manifest_path(ours).read_bytes() == before


def test_we_read_a_store_that_the_reference_laid_out(folder: Path, reference_python: Path) -> None:
    subprocess.check_call([reference_python, "-c", THEY_WRITE, folder, ID])
    manifest = load_manifest(folder)
    assert manifest is not None
    assert manifest.next_run_id == 4
    assert manifest.training_runs[0].pinned_versions == {"torch": "2"}
    before = manifest_path(folder).read_bytes()
    save_manifest(folder, manifest)
    assert manifest_path(folder).read_bytes() == before
    current = current_adapter(folder)
    assert current is not None
    assert current.name == "v0002"
    assert current_adapter(folder, "tone")
    assert next_version(folder, None) == 3
    assert next_version(folder, "tone") == 2
