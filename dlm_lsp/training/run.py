"""Training run: from what a document's sections say to the adapter that is current."""

import hashlib
import json
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from dlm_lsp.document import Document
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import ModelError, StoreError
from dlm_lsp.local.weights import require_train_extra
from dlm_lsp.store.files import replace_file
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.manifest import (
    Manifest,
    RunStatus,
    TrainingRun,
    load_manifest,
    new_manifest,
    save_manifest,
    utc_now,
)
from dlm_lsp.store.versions import (
    check_room,
    keep_version,
    next_version,
    partial_folder,
    remove_folder,
    switch_current,
)
from dlm_lsp.training.devices import (
    DeviceChoice,
    choose_device,
    choose_precision,
    device_capabilities,
)
from dlm_lsp.training.process import stream_events
from dlm_lsp.training.recipe import make_recipe
from dlm_lsp.training.rows import (
    ProseRow,
    TrainingRow,
    route_to_adapters,
    train_validation_split,
    training_rows,
)
from dlm_lsp.training.sources import read_sources
from dlm_lsp.training.trainer import (
    HeldOutEvaluated,
    StepDone,
    TrainerJob,
    TrainingDone,
    TrainingEvent,
    TrainingPlanned,
    train_adapter,
)
from dlm_lsp.training.unsupported import training_remarks, unsupported_options

# By Ctrl-C, or by the event loop that the training was started from.
_CANCELLED = (KeyboardInterrupt, CancelledError)


@dataclass(frozen=True, slots=True)
class TrainingInput:
    """The document to train on, and where it and its store lie."""

    path: Path
    document: Document
    frontmatter: Frontmatter
    folder: Path


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What the user asks for beside what the document says; `adapter` limits it to that one."""

    adapter: str | None = None
    seed: int | None = None
    max_steps: int | None = None
    device: DeviceChoice = "auto"
    resume: bool = False


@dataclass(frozen=True, slots=True)
class AdapterTraining:
    """The training of one adapter, ready to run; None is the adapter without a name."""

    adapter: str | None
    job: TrainerJob


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is to be trained one after the other, and what is passed over."""

    tasks: tuple[AdapterTraining, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainedAdapter:
    """What came of one adapter: where it stands, and the summary that was kept."""

    adapter: str | None
    version: Path
    summary: dict[str, Any]


def plan_training(training_input: TrainingInput, request: TrainRequest) -> TrainingPlan:
    """Return what a training of the document comes to; nothing is loaded or written.

    Raises:
        ModelError: something that the document asks for cannot be done, or there is nothing to do.
        StoreError: a source cannot be read.
    """
    require_train_extra()
    training = training_input.frontmatter.training
    chosen = choose_device(request.device)
    if refusals := list(
        unsupported_options(training_input.document, training, device_capabilities(chosen))
    ):
        more = f" ({len(refusals) - 1} more: {'; '.join(refusals[1:])})" if refusals[1:] else ""
        raise ModelError(f"{training_input.path}: {refusals[0]}{more}")
    found = read_sources(
        training_input.path, training.sources or (), strict=training.sources_policy == "strict"
    )
    said = [*training_remarks(training_input.document, training), *found.left_out]
    tasks = []
    for name, share in _shares(training_input, found.rows):
        if request.adapter not in (None, name):
            continue
        if share:
            tasks.append(_task(training_input, request, name, share, chosen))
        else:
            said.append(f"adapter {name}: no section is routed to it; it is not trained")
    if not tasks:
        raise ModelError(_nothing(training_input, request))
    return TrainingPlan(tuple(_resumed(tasks) if request.resume else tasks), tuple(said))


def _shares(
    training_input: TrainingInput, sourced: Sequence[ProseRow]
) -> Iterator[tuple[str | None, tuple[TrainingRow, ...]]]:
    """Yield the rows of each adapter; what comes from outside the document goes to the first."""
    names = training_input.frontmatter.training.adapters
    for at, (name, sections) in enumerate(
        route_to_adapters(training_input.document.sections, list(names) if names else None).items()
    ):
        yield name, (*training_rows(sections), *(() if at else sourced))


def _task(
    training_input: TrainingInput,
    request: TrainRequest,
    name: str | None,
    share: tuple[TrainingRow, ...],
    chosen: str,
) -> AdapterTraining:
    frontmatter = training_input.frontmatter
    prose = sum(isinstance(row, ProseRow) for row in share)
    how = make_recipe(
        frontmatter.training,
        name,
        prose_share=prose / len(share),
        precision=choose_precision(chosen),
        seed=request.seed,
    )
    if not 0 <= how.seed < 2**32:
        where = "training.seed" if request.seed is None else "--seed"
        raise ModelError(f"{where} is {how.seed}; take one from 0 to {2**32 - 1}")
    job = TrainerJob(
        model=frontmatter.base_model,
        recipe=how,
        rows=train_validation_split(share, how.seed),
        system=frontmatter.system_prompt,
        device=chosen,
        checkpoints=training_input.folder / "synth" / "checkpoints" / (name or "-"),
        max_steps=request.max_steps,
    )
    return AdapterTraining(name, job)


def _resumed(tasks: Sequence[AdapterTraining]) -> Sequence[AdapterTraining]:
    """Return the tasks that were interrupted, and those that were to come after the first."""
    begun = [task.job.checkpoints.is_dir() for task in tasks]
    if True in begun:
        first = begun.index(True)
        return [
            replace(task, job=replace(task.job, resume=resume))
            for task, resume in zip(tasks[first:], begun[first:], strict=True)
        ]
    raise ModelError("there is no interrupted training to resume; train without --resume")


def _nothing(training_input: TrainingInput, request: TrainRequest) -> str:
    names = list(training_input.frontmatter.training.adapters or ())
    if request.adapter is not None:
        if request.adapter in names:
            return (
                f"{training_input.path} has no section for adapter {request.adapter}; "
                "route some to it "
                f"with ::instruction#{request.adapter}::, or leave --adapter out"
            )
        there = f"it has {', '.join(names)}" if names else "it names none"
        return (
            f"{training_input.path} has no adapter {request.adapter} ({there}); leave --adapter out"
        )
    return f"{training_input.path} has no prose and no pairs to train on; write some"


def preview_training(task: AdapterTraining) -> TrainingPlanned:
    """Return what a training will take; the weights are not loaded.

    Raises:
        ModelError: it cannot be.
    """
    for event in stream_events(train_adapter, replace(task.job, resume=False)):
        if isinstance(event, TrainingPlanned):
            return event
    raise ModelError("the training told nothing of itself; try again")


def run_training(
    training_input: TrainingInput, task: AdapterTraining, on_event: Callable[[TrainingEvent], None]
) -> TrainedAdapter:
    """Train one adapter and make it the current one.

    It is for whoever holds the lock of the store. Whatever ends it early, the adapter before stays
    the current one, and the run is marked cancelled (Ctrl-C) or failed; after a kill -9 by the
    process that trained, or, where that was killed too, by the next training.

    Raises:
        ModelError, StoreError: with the remedy.
    """
    name, folder = task.adapter, training_input.folder
    check_room(folder, name)
    manifest = load_manifest(folder) or new_manifest(
        training_input.frontmatter.dlm_id,
        training_input.frontmatter.base_model,
        training_input.path.resolve(),
    )
    # Whatever still counts as running was killed, for we hold the lock.
    manifest = manifest.with_orphans_failed()
    number = next_version(folder, name)
    began = monotonic()
    run = TrainingRun(
        run_id=manifest.next_run_id,
        started_at=utc_now(),
        adapter_version=number,
        seed=task.job.recipe.seed,
        status="running",
        adapter_name=name,
    )
    unfinished = partial_folder(folder, name, number)
    orphaned = partial(_mark_killed, folder, unfinished)
    events = stream_events(train_adapter, replace(task.job, target=unfinished), orphaned)
    try:
        # What is refused before it has begun leaves no mark.
        seen = [next(events)]
    except BaseException:
        remove_folder(unfinished)
        raise
    with (
        _marked(task, manifest, run, unfinished=unfinished, folder=folder, seen=seen),
        closing(events),
    ):
        save_manifest(folder, manifest.with_run(run))
        on_event(seen[0])
        done = None
        for event in events:
            seen.append(event)
            if isinstance(event, TrainingDone):
                done = event
            else:
                on_event(event)
        if done is None:
            raise ModelError("the training ended without an adapter; train again")
        summary = _summary(task, run, seen, "completed") | {"seconds": monotonic() - began}
        where = _keep_summary(folder, run, summary)
        version = keep_version(folder, name, unfinished)
        ended = _ended(run, done, where)
        save_manifest(folder, _with_adapter(manifest, training_input, task, version, ended))
        switch_current(folder, name, version)
    # There is nothing left to resume.
    remove_folder(task.job.checkpoints)
    return TrainedAdapter(name, version, summary)


def _mark_killed(folder: Path, unfinished: Path) -> None:
    """Mark a run whose parent was killed; whoever has the lock already has done it."""

    def give_up(_: str) -> None:
        raise StoreError("another process holds the store")

    with document_lock(folder, "dlm train", give_up):
        remove_folder(unfinished)
        if manifest := load_manifest(folder):
            save_manifest(folder, manifest.with_orphans_failed())


@contextmanager
def _marked(
    task: AdapterTraining,
    manifest: Manifest,
    run: TrainingRun,
    *,
    unfinished: Path,
    folder: Path,
    seen: Sequence[TrainingEvent],
) -> Iterator[None]:
    """See to it that a run which ends early leaves nothing but its mark."""
    try:
        yield
    except BaseException as error:
        # First room, then what needs it.
        remove_folder(unfinished)
        status: RunStatus = "cancelled" if isinstance(error, _CANCELLED) else "failed"
        summary = _summary(task, run, seen, status) | {"error": str(error) or status}
        where = None
        # What cannot be written now is found and marked by the next training.
        with suppress(StoreError):
            where = _keep_summary(folder, run, summary)
        with suppress(StoreError):
            steps = [event for event in seen if isinstance(event, StepDone)]
            ended = run.model_copy(
                update={
                    "status": status,
                    "ended_at": utc_now(),
                    "steps": steps[-1].step if steps else 0,
                    "summary_path": where,
                }
            )
            save_manifest(folder, manifest.with_run(ended))
        raise


def _ended(run: TrainingRun, done: TrainingDone, where: str) -> TrainingRun:
    return run.model_copy(
        update={
            "status": "completed",
            "ended_at": utc_now(),
            "steps": done.steps,
            "final_train_loss": done.final_loss,
            "final_val_loss": done.held_out_losses[-1][1] if done.held_out_losses else None,
            "base_model_revision": done.revision,
            "pinned_versions": dict(done.versions),
            "summary_path": where,
        }
    )


def _with_adapter(
    manifest: Manifest,
    training_input: TrainingInput,
    task: AdapterTraining,
    version: Path,
    run: TrainingRun,
) -> Manifest:
    learned = {
        row.section_id for share in (task.job.rows.train, task.job.rows.validation) for row in share
    }
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
            **{one: one for one in sorted(learned)},
        },
        **current,
    )


def _summary(
    task: AdapterTraining, run: TrainingRun, seen: Sequence[TrainingEvent], status: RunStatus
) -> dict[str, Any]:
    plan = next((event for event in seen if isinstance(event, TrainingPlanned)), None)
    done = next((event for event in seen if isinstance(event, TrainingDone)), None)
    losses = [(event.step, event.loss) for event in seen if isinstance(event, StepDone)]
    held = [(event.step, event.loss) for event in seen if isinstance(event, HeldOutEvaluated)]
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
        "tokens": max((event.tokens for event in seen if isinstance(event, StepDone)), default=0),
        "losses": list(done.losses if done else losses),
        "held_out_losses": list(done.held_out_losses if done else held),
        "versions": dict(done.versions) if done else {},
    }


def _keep_summary(folder: Path, run: TrainingRun, summary: dict[str, Any]) -> str:
    """Write the summary of a run, and return its path within the store folder."""
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    where = f"logs/train-{run.run_id:06d}-{at}.summary.json"
    replace_file(folder / where, (json.dumps(summary, indent=2) + "\n").encode("ascii"))
    return where


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
