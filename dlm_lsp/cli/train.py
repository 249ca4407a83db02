"""`dlm train`: fine-tune the document's adapter, live, and make it the current one."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dlm_lsp.cli.failure import DONE, FAILED, INTERRUPTED, UsageError
from dlm_lsp.cli.opened import named, open_sound_document
from dlm_lsp.cli.output import counted, one_line, print_json, say, tell
from dlm_lsp.cli.plot import check_plot, plot_losses
from dlm_lsp.cli.train_progress import TrainProgress
from dlm_lsp.local.error import LocalError
from dlm_lsp.local.train import Planned
from dlm_lsp.local.training import (
    Prepared,
    Subject,
    Task,
    Trained,
    Wishes,
    carry_out,
    prepare,
    preview,
)
from dlm_lsp.store.error import StoreError
from dlm_lsp.store.lock import document_lock


def train(
    path: str, wishes: Wishes, *, dry_run: bool = False, plot: Path | None, as_json: bool
) -> int:
    """Train each adapter of the document in turn, or say what that would take."""
    if wishes.max_steps is not None and wishes.max_steps < 1:
        raise UsageError(f"--max-steps {wishes.max_steps}: at least 1 step makes a training")
    if plot and dry_run:
        raise UsageError("--plot draws what a training tells; leave it or --dry-run out")
    if plot:
        check_plot(plot)
    document = _one(path)
    if dry_run:
        return _foretell(_subject(document), wishes, as_json=as_json)
    trained: list[Trained] = []
    code, failure = DONE, ""
    with document_lock(_subject(document).folder, "dlm train", tell):
        # Read now, for who held the lock may have changed it.
        subject = _subject(document)
        prepared = _prepared(subject, wishes)
        try:
            for task in prepared.tasks:
                with TrainProgress(_called(task)) as progress:
                    trained.append(carry_out(subject, task, progress.show))
                if not as_json:
                    _print_trained(document, trained[-1])
        except KeyboardInterrupt:
            code, failure = INTERRUPTED, "interrupted"
            way_on = (
                f"; `{_resuming(document, wishes)}` goes on from the last checkpoint"
                if task.job.checkpoints.is_dir()
                else ""
            )
            tell(f"interrupted: the current adapter stays as it was{way_on}")
        except (LocalError, StoreError) as error:
            if not trained:
                raise
            # What was trained before is told all the same.
            code, failure = FAILED, str(error)
            tell(f"dlm: {_called(task)}: {error}")
    if plot and trained:
        plot_losses(plot, [one.summary for one in trained])
        tell(f"losses drawn into {plot}")
    if as_json:
        value = {"path": str(document), "adapters": [_value(one) for one in trained]}
        print_json(value | ({"error": failure} if failure else {}))
    return code


def _resuming(document: Path, wishes: Wishes) -> str:
    """Return the command that goes on with an interrupted training."""
    options = {
        "--adapter": wishes.adapter,
        "--seed": wishes.seed,
        "--max-steps": wishes.max_steps,
        "--device": None if wishes.device == "auto" else wishes.device,
    }
    given = [word for name, value in options.items() if value is not None for word in (name, value)]
    return shlex.join(["dlm", "train", *map(str, (document, *given)), "--resume"])


def _one(path: str) -> Path:
    documents = named([path])
    if len(documents) > 1:
        raise UsageError(f"{path} stands for {len(documents)} documents; train one at a time")
    return documents[0]


def _subject(path: Path) -> Subject:
    opened = open_sound_document(path)
    return Subject(opened.path, opened.document, opened.frontmatter, opened.folder)


def _prepared(subject: Subject, wishes: Wishes) -> Prepared:
    prepared = prepare(subject, wishes)
    for remark in prepared.remarks:
        tell(f"note: {remark}")
    return prepared


def _foretell(subject: Subject, wishes: Wishes, *, as_json: bool) -> int:
    plans: list[tuple[Task, Planned]] = []
    for task in _prepared(subject, wishes).tasks:
        plans.append((task, preview(task)))
        if not as_json:
            for line in _plan_lines(*plans[-1]):
                say(line)
    if as_json:
        values = [{"adapter": task.adapter, **asdict(plan)} for task, plan in plans]
        print_json({"path": str(subject.path), "adapters": values})
    else:
        say("dry-run only: nothing was trained.")
    return DONE


def _plan_lines(task: Task, plan: Planned) -> Sequence[str]:
    recipe, how = task.job.recipe, plan.batches
    lost = [
        f"{counted(count, 'pair')} {what} by sequence_len"
        for count, what in ((plan.cut, "cut"), (plan.left_out, "left out"))
        if count
    ]
    return [
        f"{_called(task)} on {one_line(task.job.model)}: {recipe.adapter}, rank {recipe.lora_r}, "
        f"{plan.trainable:,} weights, {recipe.precision} on {task.job.device}",
        f"  rows:   {plan.rows} to learn, {plan.held_out} held out"
        + "".join(f", {one}" for one in lost),
        f"  tokens: {plan.tokens:,} an epoch, {plan.longest:,} in the longest row",
        f"  steps:  {how.steps}, each of {how.micro_batch_size} x {how.grad_accum} rows",
        f"  memory: about {plan.memory / 2**30:.1f} GiB",
    ]


def _print_trained(path: Path, trained: Trained) -> None:
    summary = trained.summary
    held = summary["held_out_losses"]
    held_out = f", held-out loss {held[0][1]:.3f} -> {held[-1][1]:.3f}" if held else ""
    first, last = (
        (summary["losses"][0][1], summary["losses"][-1][1]) if summary["losses"] else (0.0, 0.0)
    )
    name = f"adapter {trained.adapter} " if trained.adapter else "adapter "
    say(
        f"{name}{trained.version.name} is current: {counted(summary['steps'], 'step')}, "
        f"loss {first:.3f} -> {last:.3f}{held_out}, {summary['tokens']:,} tokens, "
        f"{summary['seconds']:.1f} s"
    )
    adapter = f"--adapter {trained.adapter} " if trained.adapter else ""
    say(f'`dlm prompt {one_line(path)} "..." {adapter}--compare` shows what it learned.')


def _value(trained: Trained) -> dict[str, Any]:
    return {"version": str(trained.version), **trained.summary}


def _called(task: Task) -> str:
    return f"adapter {task.adapter}" if task.adapter else "adapter"
