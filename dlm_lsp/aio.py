"""Async Python API: the functions of `dlm_lsp`, for programs with an event loop of their own.

They run on asyncio. Events are told on the loop that called; a cancelled call ends what it began:
`synthesize` drops its requests in flight (their replies are kept), `train` its process.
"""

from collections.abc import Callable, Sequence
from functools import partial
from os import PathLike
from pathlib import Path

import anyio

from dlm_lsp.api import functions
from dlm_lsp.api.checking import LocatedProblem
from dlm_lsp.api.functions import destination_of, ignore_event, section_ids_in
from dlm_lsp.api.reverting import RevertOutcome
from dlm_lsp.api.synthesis import DocumentSynthesis, synthesize_alone
from dlm_lsp.document import Placement
from dlm_lsp.local.worker import end_worker
from dlm_lsp.synth.events import OnEvent
from dlm_lsp.synth.insertion import InsertionPlan
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.training.run import TrainedAdapter
from dlm_lsp.training.trainer import TrainingEvent

__all__ = ["apply", "check", "revert", "synthesize", "train"]


async def synthesize(
    path: str | PathLike[str],
    *,
    teacher: str = "self",
    judge: str | None = None,
    options: SynthOptions | None = None,
    sections: Sequence[str] | None = None,
    apply: bool = False,
    dry_run: bool = False,
    force: bool = False,
    on_event: OnEvent = ignore_event,
    stop: anyio.Event | None = None,
) -> DocumentSynthesis:
    """Do what `dlm_lsp.synthesize` does; setting `stop` ends it with what is finished.

    Raises:
        UsageError, TeacherError, JudgeError, StoreError: see there.
    """
    return await synthesize_alone(
        Path(path),
        SynthRequest(teacher, judge, SynthOptions() if options is None else options),
        destination_of(apply=apply, dry_run=dry_run),
        sections=section_ids_in(sections),
        on_event=on_event,
        stop=stop or anyio.Event(),
        force=force,
    )


async def apply(
    path: str | PathLike[str],
    *,
    sections: Sequence[str] | None = None,
    placement: Placement = "after-source",
    force: bool = False,
) -> InsertionPlan:
    """Do what `dlm_lsp.apply` does, in a thread.

    Raises:
        OptionError: see there.
        StoreError: see there.
    """
    return await anyio.to_thread.run_sync(
        partial(functions.apply, path, sections=sections, placement=placement, force=force)
    )


async def revert(
    path: str | PathLike[str],
    *,
    sections: Sequence[str] | None = None,
    since: str | None = None,
    teacher: str | None = None,
    edited: bool = False,
) -> RevertOutcome:
    """Do what `dlm_lsp.revert` does, in a thread.

    Raises:
        UsageError, StoreError: see there.
    """
    return await anyio.to_thread.run_sync(
        partial(
            functions.revert, path, sections=sections, since=since, teacher=teacher, edited=edited
        )
    )


async def check(path: str | PathLike[str]) -> tuple[LocatedProblem, ...]:
    """Do what `dlm_lsp.check` does, in a thread.

    Raises:
        StoreError: see there.
    """
    return await anyio.to_thread.run_sync(functions.check, path)


async def train(
    path: str | PathLike[str],
    *,
    adapter: str | None = None,
    seed: int | None = None,
    max_steps: int | None = None,
    device: str = "auto",
    resume: bool = False,
    allow_source: Sequence[str | PathLike[str]] = (),
    on_event: Callable[[TrainingEvent], None] = ignore_event,
) -> tuple[TrainedAdapter, ...]:
    """Do what `dlm_lsp.train` does; a cancelled call ends at the next step, and keeps nothing.

    What `synthesize` has left in memory is let go of before, so that the training has room.

    Raises:
        ModelError, StoreError: see there.
    """

    def tell(event: TrainingEvent) -> None:
        anyio.from_thread.check_cancelled()
        anyio.from_thread.run_sync(on_event, event)

    await end_worker()
    return await anyio.to_thread.run_sync(
        partial(
            functions.train,
            path,
            adapter=adapter,
            seed=seed,
            max_steps=max_steps,
            device=device,
            resume=resume,
            allow_source=allow_source,
            on_event=tell,
        )
    )
