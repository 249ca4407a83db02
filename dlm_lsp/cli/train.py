"""Train command: `dlm train` fine-tunes an adapter and makes it the current one."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dlm_lsp.api.training import training_input
from dlm_lsp.cli.exit_codes import DONE, FAILED, INTERRUPTED
from dlm_lsp.cli.fetch import fetch_for_run
from dlm_lsp.cli.output import (
    RunOutput,
    escape_line,
    pluralize,
    print_json,
    print_json_line,
    print_notice,
    print_result,
)
from dlm_lsp.cli.paths import resolve_path
from dlm_lsp.cli.plot import check_plot, plot_losses
from dlm_lsp.cli.train_events import event_json
from dlm_lsp.cli.train_progress import TrainProgress
from dlm_lsp.errors import DlmError, UsageError
from dlm_lsp.local.weights import require_train_extra
from dlm_lsp.store.lock import document_lock
from dlm_lsp.training.plan import (
    AdapterTraining,
    TrainingInput,
    TrainingPlan,
    TrainRequest,
    plan_training,
)
from dlm_lsp.training.run import TrainedAdapter, preview_training, run_training
from dlm_lsp.training.trainer import TrainingEvent, TrainingPlanned, can_resume


def train_document(
    path: str,
    request: TrainRequest,
    *,
    dry_run: bool = False,
    plot: Path | None,
    output: RunOutput,
) -> int:
    """Train each adapter of the document in turn, or say what that would take."""
    if plot and dry_run:
        raise UsageError("--plot draws what a training tells; leave it or --dry-run out")
    if plot:
        check_plot(plot)
    document = resolve_path(path, "train")
    require_train_extra()
    if dry_run:
        return _print_plan(training_input(document), request, output)
    fetch_for_run(training_input(document).frontmatter.base_model, named_by_user=False)
    trained: list[TrainedAdapter] = []
    code, failure = DONE, ""
    with document_lock(training_input(document).folder, "dlm train", print_notice, document):
        # Read now, for who held the lock may have changed it.
        document_input = training_input(document)
        prepared = _prepared(document_input, request, output)
        try:
            for task in prepared.tasks:
                trained.append(_train(document_input, task, output))
                if output == "text":
                    _print_trained(document, trained[-1])
                elif output == "jsonl":
                    print_json_line({"event": "trained", **_value(trained[-1])})
        except KeyboardInterrupt:
            code, failure = INTERRUPTED, "interrupted"
            resuming = (
                f"; `{_resuming(document, request)}` goes on from the last checkpoint"
                if can_resume(task.job.checkpoints)
                else ""
            )
            print_notice(f"interrupted: the current adapter stays as it was{resuming}")
        except DlmError as error:
            if not trained:
                raise
            # What was trained before is told all the same.
            code, failure = FAILED, str(error)
            print_notice(f"dlm: {_adapter_title(task)}: {error}")
    if plot and trained:
        plot_losses(plot, [adapter.summary for adapter in trained])
        print_notice(f"losses drawn into {plot}")
    if output == "jsonl" and failure:
        print_json_line({"error": failure})
    if output == "json":
        value = {
            "path": str(document),
            "outside_sources": list(map(asdict, prepared.outside)),
            "adapters": [_value(adapter) for adapter in trained],
        }
        print_json(value | ({"error": failure} if failure else {}))
    return code


def _train(
    document_input: TrainingInput, task: AdapterTraining, output: RunOutput
) -> TrainedAdapter:
    with TrainProgress(_adapter_title(task)) as progress:

        def tell(event: TrainingEvent) -> None:
            progress.show(event)
            if output == "jsonl":
                print_json_line({"adapter": task.adapter, **event_json(event)})

        return run_training(document_input, task, tell)


def _resuming(document: Path, request: TrainRequest) -> str:
    """Return the command that goes on with an interrupted training."""
    options = {
        "--adapter": request.adapter,
        "--seed": request.seed,
        "--max-steps": request.max_steps,
        "--device": None if request.device == "auto" else request.device,
    }
    given = [word for name, value in options.items() if value is not None for word in (name, value)]
    given += [word for path in request.allow_source for word in ("--allow-source", str(path))]
    return shlex.join(["dlm", "train", *map(str, (document, *given)), "--resume"])


def _prepared(
    document_input: TrainingInput, request: TrainRequest, output: RunOutput
) -> TrainingPlan:
    prepared = plan_training(document_input, request)
    for remark in prepared.remarks:
        print_notice(f"note: {remark}")
    for source in prepared.outside:
        files = pluralize(source.files, "file")
        print_notice(f"note: reads {files} outside the document's folder: {source.path}")
        if output == "jsonl":
            print_json_line(event_json(source))
    return prepared


def _print_plan(document_input: TrainingInput, request: TrainRequest, output: RunOutput) -> int:
    plans: list[tuple[AdapterTraining, TrainingPlanned]] = []
    prepared = _prepared(document_input, request, output)
    for task in prepared.tasks:
        plan = preview_training(task)
        plans.append((task, plan))
        if output == "text":
            for line in _plan_lines(task, plan):
                print_result(line)
        elif output == "jsonl":
            print_json_line({"adapter": task.adapter, **event_json(plan)})
    if output == "json":
        values = [{"adapter": task.adapter, **asdict(plan)} for task, plan in plans]
        outside = list(map(asdict, prepared.outside))
        path = str(document_input.path)
        print_json({"path": path, "outside_sources": outside, "adapters": values})
    elif output == "text":
        print_result("dry-run only: nothing was trained.")
    return DONE


def _plan_lines(task: AdapterTraining, plan: TrainingPlanned) -> Sequence[str]:
    recipe, batches = task.job.recipe, plan.batches
    lost = [
        f"{pluralize(count, 'pair')} {what} by sequence_len"
        for count, what in ((plan.cut, "cut"), (plan.left_out, "left out"))
        if count
    ]
    return [
        f"{_adapter_title(task)} on {escape_line(task.job.model)}: "
        f"{recipe.adapter}, rank {recipe.lora_r}, "
        f"{plan.trainable:,} weights, {recipe.precision} on {task.job.device}",
        f"  rows:   {plan.rows} to learn, {plan.held_out} held out"
        + "".join(f", {part}" for part in lost),
        f"  tokens: {plan.tokens:,} an epoch, {plan.longest:,} in the longest row",
        f"  steps:  {batches.steps}, "
        f"each of {batches.micro_batch_size} x {batches.grad_accum} rows",
        f"  memory: about {plan.memory / 2**30:.1f} GiB",
    ]


def _print_trained(path: Path, trained: TrainedAdapter) -> None:
    summary = trained.summary
    held = summary["held_out_losses"]
    held_out = f", held-out loss {held[0][1]:.3f} -> {held[-1][1]:.3f}" if held else ""
    first, last = (
        (summary["losses"][0][1], summary["losses"][-1][1]) if summary["losses"] else (0.0, 0.0)
    )
    name = f"adapter {trained.adapter} " if trained.adapter else "adapter "
    print_result(
        f"{name}{trained.version.name} is current: {pluralize(summary['steps'], 'step')}, "
        f"loss {first:.3f} -> {last:.3f}{held_out}, {summary['tokens']:,} tokens, "
        f"{summary['seconds']:.1f} s in {summary['recipe']['precision']} on {summary['device']}"
    )
    adapter = f"--adapter {trained.adapter} " if trained.adapter else ""
    print_result(
        f'`dlm prompt {escape_line(shlex.quote(str(path)))} "..." {adapter}--compare` shows what '
        "it learned."
    )


def _value(trained: TrainedAdapter) -> dict[str, Any]:
    return {"version": str(trained.version), **trained.summary}


def _adapter_title(task: AdapterTraining) -> str:
    return f"adapter {task.adapter}" if task.adapter else "adapter"
