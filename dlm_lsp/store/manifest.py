"""Training manifest: what was trained into a store, run by run, in `manifest.json` (format §7)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dlm_lsp.errors import NotFoundError, StoreError
from dlm_lsp.store.files import make_folder, read_file, replace_file

_LIMIT = 50 * 10**6
RunStatus = Literal["running", "completed", "failed", "cancelled"]


class TrainingRun(BaseModel):
    """One training of one adapter; `summary_path` is relative to the store folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_id: int = Field(ge=1)
    started_at: str
    ended_at: str | None = None
    adapter_version: int = Field(ge=1)
    base_model_revision: str | None = None
    seed: int
    steps: int = Field(default=0, ge=0)
    final_train_loss: float | None = None
    final_val_loss: float | None = None
    status: RunStatus = "completed"
    pinned_versions: Mapping[str, str] = {}
    summary_path: str | None = None
    adapter_name: str | None = None
    weight_distribution: Mapping[str, Mapping[str, int]] | None = None


class Manifest(BaseModel):
    """The state of a store and every training run in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dlm_id: str = Field(min_length=1)
    schema_version: Literal[1] = 1
    created_at: str
    updated_at: str
    base_model: str = Field(min_length=1)
    base_model_revision: str | None = None
    base_model_sha256: str | None = None
    adapter_version: int = Field(default=0, ge=0)
    adapter_sha256: str | None = None
    adapter_config_sha256: str | None = None
    adapter_versions: Mapping[str, int] = {}
    training_runs: tuple[TrainingRun, ...] = ()
    exports: tuple[Mapping[str, Any], ...] = ()
    content_hashes: Mapping[str, str] = {}
    pinned_versions: Mapping[str, str] = {}
    source_path: str | None = None
    license_acceptance: Mapping[str, Any] | None = None

    @property
    def next_run_id(self) -> int:
        """The number of the run that comes next."""
        return max((run.run_id for run in self.training_runs), default=0) + 1

    def but(self, **changes: object) -> "Manifest":
        """Return the manifest with these keys changed, as of now."""
        return self.model_copy(update={"updated_at": utc_now(), **changes})

    def with_run(self, run: TrainingRun, **changes: object) -> "Manifest":
        """Return the manifest with `run` in the place of the one of its number, or added."""
        others = [other for other in self.training_runs if other.run_id != run.run_id]
        return self.but(training_runs=(*others, run), **changes)

    def with_orphans_failed(self) -> "Manifest":
        """Return the manifest with every run that still counts as running marked failed.

        It is for whoever holds the lock of the store: then no run is under way, so these were
        killed.
        """
        if all(run.status != "running" for run in self.training_runs):
            return self
        return self.but(
            training_runs=tuple(
                run.model_copy(update={"status": "failed", "ended_at": utc_now()})
                if run.status == "running"
                else run
                for run in self.training_runs
            )
        )


def new_manifest(dlm_id: str, base_model: str, source: Path) -> Manifest:
    """Return the manifest of a store in which nothing was trained yet."""
    at = utc_now()
    return Manifest(
        dlm_id=dlm_id, created_at=at, updated_at=at, base_model=base_model, source_path=str(source)
    )


def manifest_path(folder: Path) -> Path:
    """Return where the manifest of a store folder stands."""
    return folder / "manifest.json"


def load_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a store folder, None before anything was trained.

    Raises:
        StoreError: the file cannot be read, or is no manifest that is known here.
    """
    path = manifest_path(folder)
    try:
        return Manifest.model_validate(json.loads(read_file(path, _LIMIT, "move it away")))
    except NotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        reason = f"{where}: {first['msg']}"
    except (ValueError, RecursionError) as error:
        reason = str(error) or "nested too deeply"
    raise StoreError(
        f"{path} is no manifest ({reason}): move it away, and the next training begins a new one"
    )


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest of a store folder in the place of the one before.

    Raises:
        StoreError: it cannot be written; the one before stays.
    """
    make_folder(folder)
    text = json.dumps(
        manifest.model_dump(mode="json"),
        indent=2,
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
    )
    replace_file(manifest_path(folder), f"{text}\n".encode("utf-8", "surrogatepass"))


def utc_now() -> str:
    """Return the time as a manifest writes it: UTC without saying so, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
