"""Plain functions: synthesize, apply, revert, check and train.

`dlm_lsp.aio` has the same functions for programs with an event loop of their own.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from os import PathLike
from pathlib import Path

import anyio

from dlm_lsp.api.applying import apply_staged
from dlm_lsp.api.checking import LocatedProblem, check_document
from dlm_lsp.api.reverting import RevertFilter, RevertOutcome, parse_since, revert_document
from dlm_lsp.api.synthesis import Destination, DocumentSynthesis, synthesize_alone
from dlm_lsp.api.training import train_adapters
from dlm_lsp.document import Placement
from dlm_lsp.errors import UsageError
from dlm_lsp.synth.events import OnEvent
from dlm_lsp.synth.insertion import InsertionPlan
from dlm_lsp.synth.options import OPTIONS
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.training.plan import TrainRequest
from dlm_lsp.training.run import TrainedAdapter
from dlm_lsp.training.trainer import TrainingEvent

__all__ = ["apply", "check", "revert", "synthesize", "train"]


def ignore_event(_: object) -> None:
    """Take no notice of an event."""


def synthesize(
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
) -> DocumentSynthesis:
    """Ask a teacher for pairs about a document's prose, filter them, and stage what is accepted.

    `teacher` is a selector such as `hf:gemma-3-270m` or `openai:gpt-5-mini`, `judge` a local model
    that judges instead of the document's own. `sections` limits the run to these section ids.
    `apply` writes the pairs into the document, `dry_run` keeps nothing but the replies. Prose and
    pairs go to the teacher and the verifier of `options`, and to nobody else. With `force` a copy
    joins what is staged for its original.

    Raises:
        UsageError: arguments that exclude each other, or a selector or an option that cannot be.
        TeacherError, JudgeError, StoreError: with the remedy. A failed request is no error: it is
            in the report as its section's.
    """
    if _in_event_loop():
        raise UsageError("synthesize cannot wait in an event loop; await dlm_lsp.aio.synthesize")
    run = partial(
        synthesize_alone,
        Path(path),
        SynthRequest(teacher, judge, SynthOptions() if options is None else options),
        destination_of(apply=apply, dry_run=dry_run),
        sections=section_ids_in(sections),
        on_event=on_event,
        force=force,
    )

    async def to_the_end() -> DocumentSynthesis:
        return await run(stop=anyio.Event())

    return anyio.run(to_the_end)


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def section_ids_in(sections: Sequence[str] | None) -> Sequence[str] | None:
    """Return the section ids that an argument names.

    Raises:
        UsageError: it is a text, which would count letter by letter.
    """
    if isinstance(sections, str):
        raise UsageError(f"sections is {sections!r}; it takes a list of section ids")
    return sections


def destination_of(*, apply: bool, dry_run: bool) -> Destination:
    """Return where accepted pairs go.

    Raises:
        UsageError: both are asked for.
    """
    if apply and dry_run:
        raise UsageError("apply and dry_run exclude each other; leave one out")
    return "document" if apply else "nowhere" if dry_run else "stage"


def apply(
    path: str | PathLike[str],
    *,
    sections: Sequence[str] | None = None,
    placement: Placement = "after-source",
    force: bool = False,
) -> InsertionPlan:
    """Put staged pairs into the document, all or those with the given section ids.

    No teacher is asked. `InsertionPlan.unplaced` tells what had to stay staged, and why. With
    `force` a copy takes what is staged for its original.

    Raises:
        OptionError: there is no such placement.
        StoreError: the document or its plan cannot be read or written; it is as it was.
    """
    OPTIONS["placement"].check(placement)
    return apply_staged(Path(path), section_ids_in(sections), placement, ignore_event, force=force)


def revert(
    path: str | PathLike[str],
    *,
    sections: Sequence[str] | None = None,
    since: str | None = None,
    teacher: str | None = None,
    edited: bool = False,
) -> RevertOutcome:
    """Take synthesized sections out of the document again, byte for byte.

    All conditions that are given have to hold: these section ids, synthesized at or after the
    ISO-8601 time `since`, written by `teacher`. What somebody has edited stays, unless it is named
    or `edited` is set.

    Raises:
        UsageError: `since` is no time.
        StoreError: the document or its ledger cannot be read or written; it is as it was.
    """
    start = None if since is None else parse_since(since)
    chosen = RevertFilter(section_ids_in(sections), start, teacher, edited)
    return revert_document(Path(path), chosen, ignore_event)


def check(path: str | PathLike[str]) -> tuple[LocatedProblem, ...]:
    """Return every problem of the document, in document order.

    Raises:
        StoreError: it cannot be read.
    """
    return check_document(Path(path))


def train(
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
    """Fine-tune the document's base model on its prose and pairs, and keep the adapter.

    Whatever ends a training early, the adapter before stays the current one. What the document
    reads from outside its folder is told before by an `OutsideSource`; keys, credentials and hidden
    files are read only where `allow_source` names them.

    Raises:
        ModelError, StoreError: with the remedy.
    """
    request = TrainRequest(adapter, seed, max_steps, device, resume, tuple(map(Path, allow_source)))
    return train_adapters(Path(path), request, on_event, ignore_event)
