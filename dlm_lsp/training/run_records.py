"""Run records: what the summary and the manifest keep of a training run."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dlm_lsp.store.files import replace_file
from dlm_lsp.store.manifest import Manifest, RunStatus, TrainingRun, utc_now
from dlm_lsp.training.plan import AdapterTraining, TrainingInput
from dlm_lsp.training.trainer import (
    HeldOutEvaluated,
    StepDone,
    TrainingDone,
    TrainingEvent,
    TrainingPlanned,
)


def new_run(task: AdapterTraining, run_id: int, version: int) -> TrainingRun:
    """Return the run that begins now."""
    return TrainingRun(
        run_id=run_id,
        started_at=utc_now(),
        adapter_version=version,
        seed=task.job.recipe.seed,
        status="running",
        adapter_name=task.adapter,
    )


def completed_run(run: TrainingRun, done: TrainingDone, summary_path: str) -> TrainingRun:
    """Return the run as it is once its adapter is whole."""
    return run.model_copy(
        update={
            "status": "completed",
            "ended_at": utc_now(),
            "steps": done.steps,
            "final_train_loss": done.mean_loss,
            "final_val_loss": done.held_out_losses[-1][1] if done.held_out_losses else None,
            "base_model_revision": done.revision,
            "pinned_versions": dict(done.versions),
            "summary_path": summary_path,
        }
    )


def failed_run(
    run: TrainingRun, status: RunStatus, events: Sequence[TrainingEvent], summary_path: str | None
) -> TrainingRun:
    """Return the run as it is once it ended early; None: its summary could not be written."""
    steps = [event for event in events if isinstance(event, StepDone)]
    return run.model_copy(
        update={
            "status": status,
            "ended_at": utc_now(),
            "steps": steps[-1].step if steps else 0,
            "summary_path": summary_path,
        }
    )


def with_adapter(
    manifest: Manifest,
    training_input: TrainingInput,
    task: AdapterTraining,
    version: Path,
    run: TrainingRun,
) -> Manifest:
    """Return the manifest with the run and the version that came of it."""
    rows = (*task.job.rows.train, *task.job.rows.validation)
    section_ids = sorted({row.section_id for row in rows})
    current: dict[str, object] = (
        {
            "adapter_version": run.adapter_version,
            "adapter_sha256": _digest(version / "adapter_model.safetensors"),
            "adapter_config_sha256": _digest(version / "adapter_config.json"),
        }
        if task.adapter is None
        else {"adapter_versions": {**manifest.adapter_versions, task.adapter: run.adapter_version}}
    )
    return manifest.with_run(
        run,
        base_model=training_input.frontmatter.base_model,
        base_model_revision=run.base_model_revision,
        source_path=str(training_input.path.resolve()),
        pinned_versions=run.pinned_versions,
        content_hashes={
            **(manifest.content_hashes if task.adapter else {}),
            **{section_id: section_id for section_id in section_ids},
        },
        **current,
    )


def run_summary(
    task: AdapterTraining, run: TrainingRun, events: Sequence[TrainingEvent], status: RunStatus
) -> dict[str, Any]:
    """Return what is kept of a run, as JSON knows it: its settings, its plan and its losses."""
    plan = next((event for event in events if isinstance(event, TrainingPlanned)), None)
    done = next((event for event in events if isinstance(event, TrainingDone)), None)
    losses = [(event.step, event.loss) for event in events if isinstance(event, StepDone)]
    held = [(event.step, event.loss) for event in events if isinstance(event, HeldOutEvaluated)]
    return {
        "run_id": run.run_id,
        "adapter": task.adapter,
        "adapter_version": run.adapter_version,
        "status": status,
        "started_at": run.started_at,
        "ended_at": utc_now(),
        "base_model": task.job.model,
        "device": task.job.device,
        "recipe": asdict(task.job.recipe),
        "plan": asdict(plan) if plan else None,
        "resumed_from": done.resumed_from if done else 0,
        "steps": done.steps if done else len(losses),
        "tokens": max((event.tokens for event in events if isinstance(event, StepDone)), default=0),
        "losses": list(done.losses if done else losses),
        "held_out_losses": list(done.held_out_losses if done else held),
        "versions": dict(done.versions) if done else {},
    }


def write_summary(folder: Path, run: TrainingRun, summary: dict[str, Any]) -> str:
    """Write the summary of a run, and return its path within the store folder.

    Raises:
        StoreError: it cannot be written.
    """
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    summary_path = f"logs/train-{run.run_id:06d}-{at}.summary.json"
    replace_file(folder / summary_path, (json.dumps(summary, indent=2) + "\n").encode("ascii"))
    return summary_path


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
