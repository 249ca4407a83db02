"""Training run: from what a document's sections say to the adapter that is current."""

from asyncio import CancelledError
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from dlm_lsp.errors import ModelError, StoreError
from dlm_lsp.store.lock import document_lock
from dlm_lsp.store.manifest import (
    Manifest,
    RunStatus,
    TrainingRun,
    load_manifest,
    new_manifest,
    save_manifest,
)
from dlm_lsp.store.versions import (
    check_room,
    check_space,
    keep_version,
    next_version,
    partial_folder,
    remove_folder,
    switch_current,
)
from dlm_lsp.training.plan import AdapterTraining, TrainingInput
from dlm_lsp.training.process import stream_events
from dlm_lsp.training.run_records import (
    completed_run,
    failed_run,
    new_run,
    run_summary,
    with_adapter,
    write_summary,
)
from dlm_lsp.training.trainer import (
    TrainerJob,
    TrainingDone,
    TrainingEvent,
    TrainingPlanned,
    can_resume,
    disk_needed,
    drop_half_checkpoints,
    train_adapter,
)

# By Ctrl-C, or by the event loop that the training was started from.
_CANCELLED = (KeyboardInterrupt, CancelledError)


@dataclass(frozen=True, slots=True)
class TrainedAdapter:
    """What came of one adapter: where it stands, and the summary that was kept."""

    adapter: str | None
    version: Path
    summary: dict[str, Any]


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
    manifest = _current_manifest(training_input)
    number = next_version(folder, name)
    began = monotonic()
    run = new_run(task, manifest.next_run_id, number)
    unfinished = partial_folder(folder, name, number)
    job = replace(task.job, target=unfinished)
    events = stream_events(train_adapter, job, partial(_mark_killed, folder, unfinished))
    first_event = _first_event(events, job, folder)
    attempt = _Attempt(training_input, task, manifest, run, unfinished, [first_event])
    with _marked_if_it_fails(attempt), closing(events):
        save_manifest(folder, manifest.with_run(run))
        on_event(first_event)
        done = _follow(events, attempt.events, on_event)
        trained = _publish(attempt, done, monotonic() - began)
    # There is nothing left to resume.
    remove_folder(task.job.checkpoints)
    return trained


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A run under way: what it began from, where its adapter grows, and its events so far."""

    training_input: TrainingInput
    task: AdapterTraining
    manifest: Manifest
    run: TrainingRun
    unfinished: Path
    events: list[TrainingEvent]

    @property
    def folder(self) -> Path:
        """The store folder of the document."""
        return self.training_input.folder


def _current_manifest(training_input: TrainingInput) -> Manifest:
    """Return the manifest to go on from; whoever calls holds the lock of the store."""
    manifest = load_manifest(training_input.folder) or new_manifest(
        training_input.frontmatter.dlm_id,
        training_input.frontmatter.base_model,
        training_input.path.resolve(),
    )
    # Whatever still counts as running was killed, for we hold the lock.
    return manifest.with_orphans_failed()


def _first_event(events: Generator[TrainingEvent], job: TrainerJob, folder: Path) -> TrainingEvent:
    """Wait until the training has begun; what is refused before leaves no mark."""
    assert job.target is not None
    try:
        resumes = job.resume and can_resume(job.checkpoints)
        event = next(events)
        if isinstance(event, TrainingPlanned):
            check_space(folder, disk_needed(event, job.recipe, resume=resumes))
    except BaseException:
        events.close()
        remove_folder(job.target)
        raise
    return event


def _follow(
    events: Iterable[TrainingEvent],
    seen: list[TrainingEvent],
    on_event: Callable[[TrainingEvent], None],
) -> TrainingDone:
    """Note and tell each event but the last, and return that one."""
    done = None
    for event in events:
        seen.append(event)
        if isinstance(event, TrainingDone):
            done = event
        else:
            on_event(event)
    if done is None:
        raise ModelError("the training ended without an adapter; train again")
    return done


def _publish(attempt: _Attempt, done: TrainingDone, seconds: float) -> TrainedAdapter:
    """Keep the adapter as a version, write down how it came about, and make it the current one."""
    name, folder = attempt.task.adapter, attempt.folder
    summary = run_summary(attempt.task, attempt.run, attempt.events, "completed")
    summary |= {"seconds": seconds}
    summary_path = write_summary(folder, attempt.run, summary)
    version = keep_version(folder, name, attempt.unfinished)
    run = completed_run(attempt.run, done, summary_path)
    manifest = with_adapter(attempt.manifest, attempt.training_input, attempt.task, version, run)
    save_manifest(folder, manifest)
    switch_current(folder, name, version)
    return TrainedAdapter(name, version, summary)


def _mark_killed(folder: Path, unfinished: Path) -> None:
    """Mark a run whose parent was killed; whoever has the lock already has done it."""
    with document_lock(folder, "dlm train", _give_up):
        remove_folder(unfinished)
        if manifest := load_manifest(folder):
            save_manifest(folder, manifest.with_orphans_failed())


def _give_up(_: str) -> None:
    raise StoreError("another process holds the store")


@contextmanager
def _marked_if_it_fails(attempt: _Attempt) -> Iterator[None]:
    """See to it that a run which ends early leaves nothing but its mark."""
    try:
        yield
    except BaseException as error:
        # First room, then what needs it.
        remove_folder(attempt.unfinished)
        drop_half_checkpoints(attempt.task.job.checkpoints)
        _mark_failed(attempt, error)
        raise


def _mark_failed(attempt: _Attempt, error: BaseException) -> None:
    status: RunStatus = "cancelled" if isinstance(error, _CANCELLED) else "failed"
    summary = run_summary(attempt.task, attempt.run, attempt.events, status)
    summary |= {"error": str(error) or status}
    summary_path = None
    # What cannot be written now is found and marked by the next training.
    with suppress(StoreError):
        summary_path = write_summary(attempt.folder, attempt.run, summary)
    with suppress(StoreError):
        run = failed_run(attempt.run, status, attempt.events, summary_path)
        save_manifest(attempt.folder, attempt.manifest.with_run(run))
