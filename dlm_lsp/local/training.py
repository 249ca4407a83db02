"""One training of a document: from what its sections say to the adapter that is current."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from dlm_lsp.document import Document
from dlm_lsp.document.rows import ProseRow, Row, routed, rows, split
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.document.untrainable import remarks, untrainable
from dlm_lsp.local.devices import Wish, device, machine, precision
from dlm_lsp.local.error import LocalError
from dlm_lsp.local.process import stream
from dlm_lsp.local.recipe import recipe
from dlm_lsp.local.train import Done, Evaluated, Event, Job, Planned, Stepped, train
from dlm_lsp.local.weights import require_training
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.files import replace_file
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.manifest import (
    Manifest,
    Status,
    TrainingRun,
    load_manifest,
    new_manifest,
    now,
    save_manifest,
)
from dlm_lsp.store.sources import read_sources
from dlm_lsp.store.versions import (
    check_room,
    drop,
    keep_version,
    next_version,
    partial_folder,
    switch,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The document to train on, and where it and its store lie."""

    path: Path
    document: Document
    frontmatter: Frontmatter
    folder: Path


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asks for beside what the document says; `adapter` limits it to that one."""

    adapter: str | None = None
    seed: int | None = None
    max_steps: int | None = None
    device: Wish = "auto"
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """The training of one adapter, ready to run; None is the adapter without a name."""

    adapter: str | None
    job: Job


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be trained one after the other, and what is passed over."""

    tasks: tuple[Task, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of one adapter: where it stands, and the summary that was kept."""

    adapter: str | None
    version: Path
    summary: dict[str, Any]


def prepare(subject: Subject, wishes: Wishes) -> Prepared:
    """Return what a training of the document comes to; nothing is loaded or written.

    Raises:
        LocalError: something that the document asks for cannot be done, or there is nothing to do.
        StoreError: a source cannot be read.
    """
    require_training()
    training = subject.frontmatter.training
    chosen = device(wishes.device)
    if refusals := list(untrainable(subject.document, training, machine(chosen))):
        more = f" ({len(refusals) - 1} more: {'; '.join(refusals[1:])})" if refusals[1:] else ""
        raise LocalError(f"{subject.path}: {refusals[0]}{more}")
    found = read_sources(
        subject.path, training.sources or (), strict=training.sources_policy == "strict"
    )
    said = [*remarks(subject.document, training), *found.left_out]
    tasks = []
    for name, share in _shares(subject, found.rows):
        if wishes.adapter not in (None, name):
            continue
        if share:
            tasks.append(_task(subject, wishes, name, share, chosen))
        else:
            said.append(f"adapter {name}: no section is routed to it; it is not trained")
    if not tasks:
        raise LocalError(_nothing(subject, wishes))
    return Prepared(tuple(_resumed(tasks) if wishes.resume else tasks), tuple(said))


def _shares(
    subject: Subject, sourced: Sequence[ProseRow]
) -> Iterator[tuple[str | None, tuple[Row, ...]]]:
    """Yield the rows of each adapter; what comes from outside the document goes to the first."""
    names = subject.frontmatter.training.adapters
    for at, (name, sections) in enumerate(
        routed(subject.document.sections, list(names) if names else None).items()
    ):
        yield name, (*rows(sections), *(() if at else sourced))


def _task(
    subject: Subject, wishes: Wishes, name: str | None, share: tuple[Row, ...], chosen: str
) -> Task:
    frontmatter = subject.frontmatter
    prose = sum(isinstance(row, ProseRow) for row in share)
    how = recipe(
        frontmatter.training,
        name,
        prose_share=prose / len(share),
        precision=precision(chosen),
        seed=wishes.seed,
    )
    if not 0 <= how.seed < 2**32:
        where = "training.seed" if wishes.seed is None else "--seed"
        raise LocalError(f"{where} is {how.seed}; take one from 0 to {2**32 - 1}")
    job = Job(
        model=frontmatter.base_model,
        recipe=how,
        rows=split(share, how.seed),
        system=frontmatter.system_prompt,
        device=chosen,
        checkpoints=subject.folder / "synth" / "checkpoints" / (name or "-"),
        max_steps=wishes.max_steps,
    )
    return Task(name, job)


def _resumed(tasks: Sequence[Task]) -> Sequence[Task]:
    """Return the tasks that were interrupted, and those that were to come after the first."""
    begun = [task.job.checkpoints.is_dir() for task in tasks]
    if True in begun:
        first = begun.index(True)
        return [
            replace(task, job=replace(task.job, resume=resume))
            for task, resume in zip(tasks[first:], begun[first:], strict=True)
        ]
    raise LocalError("there is no interrupted training to resume; train without --resume")


def _nothing(subject: Subject, wishes: Wishes) -> str:
    names = list(subject.frontmatter.training.adapters or ())
    if wishes.adapter is not None:
        if wishes.adapter in names:
            return (
                f"{subject.path} has no section for adapter {wishes.adapter}; route some to it "
                f"with ::instruction#{wishes.adapter}::, or leave --adapter out"
            )
        there = f"it has {', '.join(names)}" if names else "it names none"
        return f"{subject.path} has no adapter {wishes.adapter} ({there}); leave --adapter out"
    return f"{subject.path} has no prose and no pairs to train on; write some"


def preview(task: Task) -> Planned:
    """Return what a training will take; the weights are not loaded.

    Raises:
        LocalError: it cannot be.
    """
    for event in stream(train, replace(task.job, resume=False)):
        if isinstance(event, Planned):
            return event
    raise LocalError("the training told nothing of itself; try again")


def carry_out(subject: Subject, task: Task, on_event: Callable[[Event], None]) -> Trained:
    """Train one adapter and make it the current one.

    It is for whoever holds the lock of the store. Whatever ends it early, the adapter before stays
    the current one, and the run is marked cancelled (Ctrl-C) or failed; after a kill -9 by the
    process that trained, or, where that was killed too, by the next training.

    Raises:
        LocalError, StoreError: with the remedy.
    """
    name, folder = task.adapter, subject.folder
    check_room(folder, name)
    manifest = load_manifest(folder) or new_manifest(
        subject.frontmatter.dlm_id, subject.frontmatter.base_model, subject.path.resolve()
    )
    # Whatever still counts as running was killed, for we hold the lock.
    manifest = manifest.with_orphans_failed()
    number = next_version(folder, name)
    began = monotonic()
    run = TrainingRun(
        run_id=manifest.next_run_id,
        started_at=now(),
        adapter_version=number,
        seed=task.job.recipe.seed,
        status="running",
        adapter_name=name,
    )
    unfinished = partial_folder(folder, name, number)
    orphaned = partial(_mark_killed, folder, unfinished)
    events = stream(train, replace(task.job, target=unfinished), orphaned)
    try:
        # What is refused before it has begun leaves no mark.
        seen = [next(events)]
    except BaseException:
        drop(unfinished)
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
            if isinstance(event, Done):
                done = event
            else:
                on_event(event)
        if done is None:
            raise LocalError("the training ended without an adapter; train again")
        summary = _summary(task, run, seen, "completed") | {"seconds": monotonic() - began}
        where = _keep_summary(folder, run, summary)
        version = keep_version(folder, name, unfinished)
        ended = _ended(run, done, where)
        save_manifest(folder, _with_adapter(manifest, subject, task, version, ended))
        switch(folder, name, version)
    # There is nothing left to resume.
    drop(task.job.checkpoints)
    return Trained(name, version, summary)


def _mark_killed(folder: Path, unfinished: Path) -> None:
    """Mark a run whose parent was killed; whoever has the lock already has done it."""

    def give_up(_: str) -> None:
        raise StoreError("another process holds the store")

    with document_lock(folder, "dlm train", give_up):
        drop(unfinished)
        if manifest := load_manifest(folder):
            save_manifest(folder, manifest.with_orphans_failed())


@contextmanager
def _marked(
    task: Task,
    manifest: Manifest,
    run: TrainingRun,
    *,
    unfinished: Path,
    folder: Path,
    seen: Sequence[Event],
) -> Iterator[None]:
    """See to it that a run which ends early leaves nothing but its mark."""
    try:
        yield
    except BaseException as error:
        # First room, then what needs it.
        drop(unfinished)
        status: Status = "cancelled" if isinstance(error, KeyboardInterrupt) else "failed"
        summary = _summary(task, run, seen, status) | {"error": str(error) or status}
        where = None
        # What cannot be written now is found and marked by the next training.
        with suppress(StoreError):
            where = _keep_summary(folder, run, summary)
        with suppress(StoreError):
            steps = [event for event in seen if isinstance(event, Stepped)]
            ended = run.model_copy(
                update={
                    "status": status,
                    "ended_at": now(),
                    "steps": steps[-1].step if steps else 0,
                    "summary_path": where,
                }
            )
            save_manifest(folder, manifest.with_run(ended))
        raise


def _ended(run: TrainingRun, done: Done, where: str) -> TrainingRun:
    return run.model_copy(
        update={
            "status": "completed",
            "ended_at": now(),
            "steps": done.steps,
            "final_train_loss": done.final_loss,
            "final_val_loss": done.held_out_losses[-1][1] if done.held_out_losses else None,
            "base_model_revision": done.revision,
            "pinned_versions": dict(done.versions),
            "summary_path": where,
        }
    )


def _with_adapter(
    manifest: Manifest, subject: Subject, task: Task, version: Path, run: TrainingRun
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
        base_model=subject.frontmatter.base_model,
        base_model_revision=run.base_model_revision,
        source_path=str(subject.path.resolve()),
        pinned_versions=run.pinned_versions,
        content_hashes={
            **(manifest.content_hashes if task.adapter else {}),
            **{one: one for one in sorted(learned)},
        },
        **current,
    )


def _summary(task: Task, run: TrainingRun, seen: Sequence[Event], status: Status) -> dict[str, Any]:
    plan = next((event for event in seen if isinstance(event, Planned)), None)
    done = next((event for event in seen if isinstance(event, Done)), None)
    losses = [(event.step, event.loss) for event in seen if isinstance(event, Stepped)]
    held = [(event.step, event.loss) for event in seen if isinstance(event, Evaluated)]
    return {
        "run_id": run.run_id,
        "adapter": task.adapter,
        "adapter_version": run.adapter_version,
        "status": status,
        "started_at": run.started_at,
        "ended_at": now(),
        "base_model": task.job.model,
        "device": task.job.device,
        "recipe": asdict(task.job.recipe),
        "plan": asdict(plan) if plan else None,
        "resumed_from": done.resumed_from if done else 0,
        "steps": done.steps if done else len(losses),
        "tokens": max((event.tokens for event in seen if isinstance(event, Stepped)), default=0),
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
