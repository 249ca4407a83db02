"""Training plan: what is to be trained on a document, adapter by adapter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dlm_lsp.document import Document
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import ModelError, OptionError
from dlm_lsp.local.device import find_device
from dlm_lsp.local.weights import require_train_extra
from dlm_lsp.training.devices import choose_precision, device_capabilities
from dlm_lsp.training.recipe import make_recipe
from dlm_lsp.training.rows import (
    ProseRow,
    TrainingRow,
    repeat_by_weight,
    route_to_adapters,
    train_validation_split,
    training_rows,
)
from dlm_lsp.training.sources import OutsideSource, read_sources
from dlm_lsp.training.trainer import TrainerJob
from dlm_lsp.training.unsupported import training_remarks, unsupported_options


@dataclass(frozen=True, slots=True)
class TrainingInput:
    """The document to train on, and where it and its store lie."""

    path: Path
    document: Document
    frontmatter: Frontmatter
    folder: Path


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What the user asks for beside what the document says; `adapter` limits it to that one.

    `device` is auto, cpu, cuda, cuda:N or mps; `allow_source` are the private files and folders
    that may be sources all the same.

    Raises:
        OptionError: fewer than one step.
    """

    adapter: str | None = None
    seed: int | None = None
    max_steps: int | None = None
    device: str = "auto"
    resume: bool = False
    allow_source: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if self.max_steps is not None and self.max_steps < 1:
            raise OptionError("max_steps", self.max_steps, "takes 1 or more")


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
    outside: tuple[OutsideSource, ...] = ()
    """What is read from outside the document's folder."""


def plan_training(training_input: TrainingInput, request: TrainRequest) -> TrainingPlan:
    """Return what a training of the document comes to; nothing is loaded or written.

    Raises:
        DeviceError: there is no such device.
        ModelError: something that the document asks for cannot be done, or there is nothing to do.
        StoreError: a source cannot be read.
    """
    require_train_extra()
    training = training_input.frontmatter.training
    device = find_device(request.device)
    capabilities = device_capabilities(device)
    if refusals := list(unsupported_options(training_input.document, training, capabilities)):
        more = f" ({len(refusals) - 1} more: {'; '.join(refusals[1:])})" if refusals[1:] else ""
        raise ModelError(f"{training_input.path}: {refusals[0]}{more}")
    sources = read_sources(
        training_input.path,
        training.sources or (),
        strict=training.sources_policy == "strict",
        allowed=request.allow_source,
    )
    remarks = [*training_remarks(training_input.document, training), *sources.left_out]
    tasks = []
    for name, rows in _rows_by_adapter(training_input, sources.rows):
        if request.adapter not in (None, name):
            continue
        if rows:
            tasks.append(_task(training_input, request, name, rows, device))
        else:
            remarks.append(f"adapter {name}: no section is routed to it; it is not trained")
    if not tasks:
        raise ModelError(_nothing_to_train(training_input, request))
    planned = tuple(_resumed(tasks) if request.resume else tasks)
    return TrainingPlan(planned, tuple(remarks), sources.outside)


def _rows_by_adapter(
    training_input: TrainingInput, source_rows: Sequence[ProseRow]
) -> Iterator[tuple[str | None, tuple[TrainingRow, ...]]]:
    """Yield the rows of each adapter; what comes from outside the document goes to the first."""
    names = training_input.frontmatter.training.adapters
    for at, (name, sections) in enumerate(
        route_to_adapters(training_input.document.sections, list(names) if names else None).items()
    ):
        yield name, (*training_rows(sections), *(() if at else source_rows))


def _task(
    training_input: TrainingInput,
    request: TrainRequest,
    name: str | None,
    rows: tuple[TrainingRow, ...],
    device: str,
) -> AdapterTraining:
    frontmatter = training_input.frontmatter
    prose_rows = sum(isinstance(row, ProseRow) for row in rows)
    recipe = make_recipe(
        frontmatter.training,
        name,
        prose_share=prose_rows / len(rows),
        precision=choose_precision(device),
        seed=request.seed,
    )
    if not 0 <= recipe.seed < 2**32:
        option = "training.seed" if request.seed is None else "the seed"
        raise ModelError(f"{option} is {recipe.seed}; take one from 0 to {2**32 - 1}")
    split = train_validation_split(rows, recipe.seed)
    job = TrainerJob(
        model=frontmatter.base_model,
        recipe=recipe,
        rows=replace(split, train=repeat_by_weight(split.train, recipe.seed)),
        system=frontmatter.system_prompt,
        device=device,
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
    raise ModelError("there is no interrupted training to resume; train without resume")


def _nothing_to_train(training_input: TrainingInput, request: TrainRequest) -> str:
    names = list(training_input.frontmatter.training.adapters or ())
    if request.adapter is not None:
        if request.adapter in names:
            return (
                f"{training_input.path} has no section for adapter {request.adapter}; "
                "route some to it "
                f"with ::instruction#{request.adapter}::, or leave the adapter out"
            )
        known = f"it has {', '.join(names)}" if names else "it names none"
        return (
            f"{training_input.path} has no adapter {request.adapter} ({known}); "
            "leave the adapter out"
        )
    lacking = "no prose and no pairs"
    if any(section.type == "preference" for section in training_input.document.sections):
        lacking += " beside preference sections, which are not trained here,"
    return f"{training_input.path} has {lacking} to train on; write some"
