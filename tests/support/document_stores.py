"""Document stores: the store of one document with something of everything in it."""

from dataclasses import replace
from pathlib import Path

from dlm_lsp.document import SectionType
from dlm_lsp.store.batches import BatchRecords, new_record
from dlm_lsp.store.manifest import Manifest, TrainingRun, new_manifest, save_manifest
from dlm_lsp.store.plan import StagedPlan, StagedSection, save_plan
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.store.versions import keep_version, partial_folder, switch_current

AT = "2026-01-31T09:30:00Z"
TEACHER = "openai:gpt-5-mini"
PARTS = ("manifest.json", "adapter/current.txt", "synth/pending.json", "synth/store.sqlite")
BATCHES = "synth/batches.sqlite"


def training_run(run_id: int, **values: object) -> TrainingRun:
    """A completed training of the adapter without a name, which gave the version of its number."""
    return TrainingRun(
        **{
            "run_id": run_id,
            "started_at": "2026-01-31T09:00:00",
            "ended_at": "2026-01-31T09:30:00",
            "adapter_version": run_id,
            "seed": 42,
            "steps": 30,
            "final_train_loss": 1.25,
            "final_val_loss": 1.5,
            **values,
        }
    )


def staged_section(question: str, source_id: str, teacher: str = TEACHER) -> StagedSection:
    """A synthesized section that waits."""
    return StagedSection(
        SectionType.INSTRUCTION,
        f"### Q\n{question}\n### A\nYes.",
        auto_synth=True,
        synth_teacher=teacher,
        synth_strategy="extraction",
        synth_at=AT,
        source_section_id=source_id,
    )


def make_adapter(folder: Path, version: int, name: str | None = None) -> Path:
    """Make a version with the files that an adapter consists of the current one."""
    partial = partial_folder(folder, name, version)
    (partial / "adapter_config.json").write_text("{}")
    (partial / "adapter_model.safetensors").write_bytes(b"")
    made = keep_version(folder, name, partial)
    switch_current(folder, name, made)
    return made


def make_manifest(folder: Path, *runs: TrainingRun, **values: object) -> Manifest:
    """Write a manifest with these trainings."""
    manifest = new_manifest(folder.name, "smollm2-135m", Path("/notes/a.dlm")).but(
        training_runs=runs, **values
    )
    save_manifest(folder, manifest)
    return manifest


def make_store(folder: Path, document: Path) -> None:
    """Make a store with trainings, an adapter, a plan, replies and a batch under way."""
    make_adapter(folder, 1)
    make_adapter(folder, 2)
    make_manifest(folder, training_run(1), training_run(2))
    save_plan(folder, StagedPlan(document, AT, (staged_section("Staged?", "0" * 16),)))
    with ReplyCache(folder) as cache:
        cache.put(TEACHER, "ask", "reply")
    record = new_record(TEACHER, "https://api.openai.com", [b"k" * 32] * 3)
    BatchRecords(folder).put(replace(record, stage="sent", batch_id="batch_1", expires_at=AT))


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return what is in a folder: of each file and folder when it was changed, and its bytes."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in (folder, *folder.rglob("*"))
    }
