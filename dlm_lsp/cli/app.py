"""Command line interface: the commands and their flags.

What a command does stands in a module of its own, imported when it runs.
"""

import gc
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from dlm_lsp import __version__
from dlm_lsp.cli.exit_codes import bypass_typer, run_command
from dlm_lsp.cli.flags import option_flag, with_options_of
from dlm_lsp.conflicts import check_environment
from dlm_lsp.errors import UsageError
from dlm_lsp.install_hint import DISTRIBUTION
from dlm_lsp.synth.options import (
    DEFAULTS,
    OPTIONS,
    DedupScope,
    FilterKind,
    PlacementChoice,
    StrategyChoice,
)

if TYPE_CHECKING:
    from dlm_lsp.cli.synth_request import RunRequests


class _Commands(TyperGroup):
    """Commands, with a Ctrl-C in one of them left to `run`, for typer says nothing.

    Those that only another package has say where they are.
    """

    def make_context(self, *args: Any, **options: Any) -> Any:
        with bypass_typer():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        with bypass_typer():
            return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands:
            from dlm_lsp.cli.absent_commands import refuse_absent

            names = [part.info_name for part in (ctx.parent, ctx) if part]
            refuse_absent(" ".join(["dlm", *names[1:], args[0]]))
        return super().resolve_command(ctx, args)


class _InstructionsCommand(TyperCommand):
    """The command that asks a teacher; its help names every kind, those of plugins too."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        # The table of teachers takes longer to import than all other help to appear.
        from dlm_lsp.teachers.registry import forms

        for parameter in self.params:
            if parameter.name == "teacher" and isinstance(parameter, TyperOption):
                parameter.help = f"{OPTIONS['teacher'].meaning.rstrip('.')}: {forms()}."
        super().format_options(ctx, formatter)


dlm_app = typer.Typer(
    name="dlm",
    cls=_Commands,
    help="Write, check and keep question/answer pairs for .dlm notes, and train on them.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
    # Help in plain text: with rich it takes twice as long to appear.
    rich_markup_mode=None,
)
synth_app = typer.Typer(
    cls=_Commands,
    help="Write instruction pairs from prose; list, apply, revert them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
dlm_app.add_typer(synth_app, name="synth")
batch_app = typer.Typer(
    help="Ask in batches, at half the price: submit, wait for hours, collect.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
synth_app.add_typer(batch_app, name="batch")

PathsArgument = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Documents, folders or glob patterns.")
]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Also where it is staged for another file with the same dlm_id."),
]
PathArgument = Annotated[str, typer.Argument(metavar="PATH", help="The document.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def main() -> None:
    """Run the `dlm` command."""
    # Modules and pairs are many objects that stay: looking through them ever again took a tenth of
    # the processor time of a run.
    gc.set_threshold(50_000, 20, 20)
    check_environment("dlm")
    if "_DLM_COMPLETE" in os.environ:
        from dlm_lsp.cli.bash_words import asks_for_words, complete_in_bash

        if asks_for_words(os.environ):
            complete_in_bash(lambda: run_command(dlm_app))
            return
    run_command(dlm_app)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 (the shape that typer calls)
    if wanted:
        sys.stdout.write(f"dlm ({DISTRIBUTION}) {__version__}\n")
        raise typer.Exit


@dlm_app.callback()
def dlm_command(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", is_eager=True, callback=_show_version
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show on stderr what is logged too.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress; results and errors stay.")
    ] = False,
) -> None:
    """Write, check and keep question/answer pairs for .dlm notes, and train on them."""
    if verbose:
        import logging

        # Of this package alone: what others log may hold an address with a key in it.
        logging.basicConfig(format="%(name)s: %(message)s")
        logging.getLogger("dlm_lsp").setLevel(logging.DEBUG)
    if quiet:
        from dlm_lsp.cli.output import hide_progress

        hide_progress()


BaseOption = Annotated[
    str, typer.Option("--base", metavar="MODEL", help="A key of the registry, or hf:org/name.")
]
SplitOption = Annotated[
    bool,
    typer.Option(
        "--split-headings/--no-split-headings", help="Let a section begin at each heading."
    ),
]
ReplaceOption = Annotated[
    bool, typer.Option("--force", help="Replace the document that stands beside FILE already.")
]


@dlm_app.command("init")
def init_command(
    paths: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="New documents, Markdown or text files.")
    ],
    *,
    base: BaseOption = "smollm2-135m",
    split_headings: SplitOption = False,
    force: ReplaceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a document: of nothing, or of a Markdown or text file, which stays as it is."""
    from dlm_lsp.api.creating import init_document
    from dlm_lsp.cli.create import create_documents

    raise typer.Exit(
        create_documents(
            paths, init_document, base, split=split_headings, force=force, as_json=as_json
        )
    )


@dlm_app.command("import")
def import_command(
    paths: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Markdown, HTML, DOCX, PDF and others.")
    ],
    *,
    base: BaseOption = "smollm2-135m",
    split_headings: SplitOption = True,
    force: ReplaceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make documents of files in other formats, which stay as they are."""
    from dlm_lsp.api.creating import import_document
    from dlm_lsp.cli.create import create_documents

    raise typer.Exit(
        create_documents(
            paths, import_document, base, split=split_headings, force=force, as_json=as_json
        )
    )


@dlm_app.command("check")
def check_command(
    paths: PathsArgument,
    *,
    output_format: Annotated[
        Literal["text", "json", "github"], typer.Option(help="How problems are printed.")
    ] = "text",
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="First mend what is safe: a missing frontmatter, a missing or wrong id."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print every problem of the documents: path:line:col, severity, code, message."""
    from dlm_lsp.cli.check import check_documents

    raise typer.Exit(check_documents(paths, "json" if as_json else output_format, fix=fix))


@dlm_app.command("show")
def show_command(paths: PathsArgument, *, as_json: JsonOption = False) -> None:
    """Show what there is of documents: adapter, trainings, base model, pairs, staged, batches.

    Nothing is loaded, asked or written. Exit codes: 0 done, 1 a part could not be read, 2 usage.
    """
    from dlm_lsp.cli.show import show_documents

    raise typer.Exit(show_documents(paths, as_json=as_json))


@dlm_app.command("train")
def train_command(
    path: PathArgument,
    *,
    max_steps: Annotated[
        int | None, typer.Option(help="Most steps; the learning rate falls over these.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of everything random.", show_default="training.seed")
    ] = None,
    adapter: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only this named adapter.", show_default="all"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from where a training was interrupted.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, as every training does without --resume.")
    ] = False,
    phase: Annotated[
        str, typer.Option(metavar="sft", help="The phase to train; there is this one.")
    ] = "sft",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show rows, tokens, steps and memory; train nothing.")
    ] = False,
    device: Annotated[
        str, option_flag("device", help="What to train on: auto, cpu, cuda, cuda:N or mps.")
    ] = DEFAULTS["device"],
    allow_source: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH", help="Read this key, credential or hidden file or folder as a source."
        ),
    ] = None,
    plot: Annotated[
        str | None, typer.Option(metavar="FILE", help="Draw the losses into a .png, .svg or .pdf.")
    ] = None,
    as_json: JsonOption = False,
    as_json_lines: Annotated[
        bool,
        typer.Option("--jsonl", help="Print a JSON object a line for each event: step, held_out."),
    ] = False,
) -> None:
    """Fine-tune the document's base model on its prose and pairs, and keep the adapter.

    Whatever ends a training early, the adapter before stays the current one.
    """
    from pathlib import Path

    from dlm_lsp.cli.output import chosen_output
    from dlm_lsp.cli.train import train_document
    from dlm_lsp.training.plan import TrainRequest

    if fresh and resume:
        raise UsageError("--fresh and --resume exclude each other; leave one out")
    if phase != "sft":
        raise UsageError(
            f"--phase {phase} is not in this package, which trains `sft` alone; "
            "see document-language-model"
        )
    OPTIONS["device"].check(device)
    output = chosen_output(as_json=as_json, as_json_lines=as_json_lines)
    request = TrainRequest(
        adapter, seed, max_steps, device, resume, tuple(map(Path, allow_source or ()))
    )
    picture = Path(plot) if plot else None
    raise typer.Exit(train_document(path, request, dry_run=dry_run, plot=picture, output=output))


@dlm_app.command("fetch")
def fetch_command(
    model: Annotated[
        str, typer.Argument(help="A key of the registry, or org/name on the Hugging Face hub.")
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Download a model, so that documents that name it can be trained and judged.

    No document can have a model downloaded by naming it, but for those of the registry.
    """
    from dlm_lsp.cli.fetch import fetch

    raise typer.Exit(fetch(model, as_json=as_json))


@dlm_app.command("prompt")
def prompt_command(
    path: PathArgument,
    question: Annotated[
        str | None, typer.Argument(help="What to ask.", show_default="read from stdin")
    ] = None,
    *,
    base: Annotated[bool, typer.Option("--base", help="Ask the untouched base model.")] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Ask both, and show them side by side.")
    ] = False,
    adapter: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Ask this named adapter.", show_default="the first"),
    ] = None,
    max_new_tokens: Annotated[
        int,
        typer.Option(
            "--max-new-tokens",
            "--max-tokens",
            min=OPTIONS["max_new_tokens"].ge,
            help="Most tokens of an answer.",
        ),
    ] = 256,
    temp: Annotated[
        float, typer.Option(min=OPTIONS["temperature"].ge, help="Temperature of the model.")
    ] = 0.0,
    top_p: Annotated[
        float | None,
        typer.Option(help="Nucleus of the model."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the model.")] = 0,
    device: Annotated[str, option_flag("device")] = DEFAULTS["device"],
    as_json: JsonOption = False,
) -> None:
    """Answer a question from the document's current adapter."""
    from dlm_lsp.cli.prompt import prompt_document
    from dlm_lsp.local.constrained_decoding import SamplingParams
    from dlm_lsp.local.model import ChatOptions

    if base and compare:
        raise UsageError("--base and --compare exclude each other; leave one out")
    options = ChatOptions(max_new_tokens=max_new_tokens, sampling=SamplingParams(temp, top_p, seed))
    answerer: Literal["adapter", "base", "both"] = (
        "base" if base else "both" if compare else "adapter"
    )
    OPTIONS["top_p"].check(top_p)
    OPTIONS["device"].check(device)
    raise typer.Exit(
        prompt_document(path, question, answerer, adapter, options, device=device, as_json=as_json)
    )


ProfileOption = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="A profile that counts before your own and the found one."),
]


def _requests(context: typer.Context, profile: str | None) -> "RunRequests":
    """Return what is asked of each document: an option that is not typed is left to profiles."""
    from pathlib import Path

    from dlm_lsp.cli.synth_request import RunRequests, given_options

    typed = {
        name: value
        for name, value in context.params.items()
        if (source := context.get_parameter_source(name)) and source.name != "DEFAULT"
    }
    if profile == "":
        raise UsageError("--profile names no file; name one, or leave it out")
    return RunRequests(given_options(typed), Path(profile) if profile else None)


@synth_app.command("instructions", cls=_InstructionsCommand)
def instructions_command(
    paths: PathsArgument,
    *,
    context: typer.Context,
    profile: ProfileOption = None,
    teacher: Annotated[str, option_flag("teacher")] = DEFAULTS["teacher"],
    teacher_option: Annotated[
        list[str] | None, option_flag("teacher_options", metavar="NAME=JSON")
    ] = DEFAULTS["teacher_options"],
    window: Annotated[int | None, option_flag("window")] = DEFAULTS["window"],
    per_section: Annotated[int, option_flag("per_section")] = DEFAULTS["per_section"],
    strategy: Annotated[StrategyChoice, option_flag("strategy")] = DEFAULTS["strategy"],
    filter_: Annotated[FilterKind, option_flag("filter")] = DEFAULTS["filter"],
    threshold: Annotated[float | None, option_flag("threshold")] = DEFAULTS["threshold"],
    judge: Annotated[str | None, option_flag("judge", metavar="MODEL")] = DEFAULTS["judge"],
    verify: Annotated[str, option_flag("verify", metavar="MODEL")] = DEFAULTS["verify"],
    dedup: Annotated[DedupScope, option_flag("dedup")] = DEFAULTS["dedup"],
    max_pairs: Annotated[int | None, option_flag("max_pairs")] = DEFAULTS["max_pairs"],
    max_requests: Annotated[int | None, option_flag("max_requests")] = DEFAULTS["max_requests"],
    max_cost: Annotated[float | None, option_flag("max_cost", metavar="AMOUNT")] = DEFAULTS[
        "max_cost"
    ],
    max_new_tokens: Annotated[int, option_flag("max_new_tokens")] = DEFAULTS["max_new_tokens"],
    temp: Annotated[float, option_flag("temperature")] = DEFAULTS["temperature"],
    top_p: Annotated[float | None, option_flag("top_p")] = DEFAULTS["top_p"],
    seed: Annotated[int | None, option_flag("seed")] = DEFAULTS["seed"],
    concurrency: Annotated[int | None, option_flag("concurrency")] = DEFAULTS["concurrency"],
    timeout: Annotated[float, option_flag("timeout")] = DEFAULTS["timeout"],
    fresh: Annotated[bool, option_flag("fresh")] = DEFAULTS["fresh"],
    again: Annotated[bool, option_flag("again")] = DEFAULTS["again"],
    placement: Annotated[PlacementChoice, option_flag("placement")] = DEFAULTS["placement"],
    device: Annotated[str, option_flag("device")] = DEFAULTS["device"],
    apply: Annotated[
        bool, typer.Option("--apply", help="Write accepted pairs into the document.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be accepted; keep nothing.")
    ] = False,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Show what a run would ask and cost; ask nothing.")
    ] = False,
    shard: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="Only the I-th of N parts of the documents, by their id."),
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    as_json_lines: Annotated[
        bool,
        typer.Option("--jsonl", help="Print a JSON object a line for each document as it is done."),
    ] = False,
    engine: Annotated[
        Literal["process", "ray"],
        typer.Option(help="What asks and judges: this process, or workers on a Ray cluster."),
    ] = "process",
    address: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="The Ray cluster.",
            show_default="RAY_ADDRESS, or this machine",
        ),
    ] = None,
) -> None:
    """Ask a teacher for pairs about the prose, filter them, and stage what is accepted.

    Exit codes: 0 done, 1 failed, 2 usage, 3 nothing accepted, 130 interrupted.
    """
    from dlm_lsp.api.synthesis import Destination
    from dlm_lsp.cli.engine import Engine
    from dlm_lsp.cli.instructions import select_documents, synthesize_instructions
    from dlm_lsp.cli.output import chosen_output

    output = chosen_output(as_json=as_json, as_json_lines=as_json_lines)
    given = {
        "--apply": apply,
        "--dry-run": dry_run,
        "--estimate": estimate,
        "--jsonl": as_json_lines,
        "--engine ray": engine == "ray",
    }
    for first, second in (
        ("--apply", "--dry-run"),
        ("--apply", "--estimate"),
        ("--estimate", "--jsonl"),
        ("--estimate", "--engine ray"),
    ):
        if given[first] and given[second]:
            raise UsageError(f"{first} and {second} exclude each other; leave one out")
    if address is not None and engine != "ray":
        raise UsageError("--address is that of a Ray cluster; it goes with --engine ray")
    destination: Destination = "document" if apply else "nowhere" if dry_run else "stage"
    requests = _requests(context, profile)
    documents = select_documents(paths, shard)
    if estimate:
        from dlm_lsp.cli.synth_estimate import estimate_instructions

        raise typer.Exit(estimate_instructions(documents, requests, as_json=as_json))
    raise typer.Exit(
        synthesize_instructions(
            documents,
            requests,
            destination,
            force=force,
            output=output,
            engine=Engine(engine == "ray", address),
        )
    )


SectionsOption = Annotated[
    list[str] | None,
    typer.Option("--section", metavar="ID", help="Only this section; may be repeated."),
]


@synth_app.command("list")
def list_command(paths: PathsArgument, *, as_json: JsonOption = False) -> None:
    """Show the applied and the staged sections, counted by teacher, strategy and source."""
    from dlm_lsp.cli.listing import list_sections

    raise typer.Exit(list_sections(paths, as_json=as_json))


@synth_app.command("export")
def export_command(
    paths: PathsArgument,
    *,
    format_: Annotated[
        # As `ExportFormat`, whose module takes long to import.
        Literal["jsonl", "alpaca", "chatml", "sharegpt", "parquet"],
        typer.Option("--format", help="The names of the fields; parquet has those of jsonl."),
    ] = "jsonl",
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The file to write.", show_default="stdout"
        ),
    ] = None,
    held_out: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE", help="Write this share, such as 10% or 0.1, into a second file."
        ),
    ] = None,
    synthesized: Annotated[
        bool, typer.Option("--synthesized", help="Only what a teacher wrote.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write the pairs of documents for other programs, each with its source and its margin.

    Text formats are a JSON object a line. With --held-out the files are NAME.train.SUFFIX and
    NAME.held-out.SUFFIX: equal pairs are never in both, and probes always in the second.
    """
    from pathlib import Path

    from dlm_lsp.cli.export import export_documents, parse_share

    raise typer.Exit(
        export_documents(
            paths,
            format_,
            None if output is None or output == "-" else Path(output),
            None if held_out is None else parse_share(held_out),
            only_synthesized=synthesized,
            force=force,
        )
    )


class _PairState(StrEnum):
    # typer takes no list of literals.
    STAGED = "staged"
    INSERTED = "inserted"
    REFUSED = "refused"


@synth_app.command("review")
def review_command(
    paths: PathsArgument,
    *,
    state: Annotated[
        list[_PairState] | None,
        typer.Option(help="Only these pairs; may be repeated.", show_default="staged, inserted"),
    ] = None,
    teacher: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only what this teacher wrote.")
    ] = None,
    below: Annotated[
        float | None,
        typer.Option(metavar="MARGIN", help="Only what the judge gave a margin below this."),
    ] = None,
    low_first: Annotated[
        bool, typer.Option("--low-first", help="The lowest margins first.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Also what has a decision; it can be changed.")
    ] = False,
    placement: Annotated[PlacementChoice, typer.Option(help="Where the pairs go.")] = (
        DEFAULTS["placement"]
    ),
    force: ForceOption = False,
) -> None:
    """Go through the pairs one by one: y accept, n reject, e edit, ? for all keys.

    What is accepted is put into the document, what is rejected is not offered again. Quitting keeps
    what was decided. Exit codes: 0 done, 1 failed, 2 usage or no terminal, 130 interrupted.
    """
    from dlm_lsp.cli.review import review_documents
    from dlm_lsp.synth.review_filter import EXPECTED, PAIR_STATES, ReviewFilter

    states = tuple(known for known in PAIR_STATES if known in (state or EXPECTED))
    chosen = ReviewFilter(states, teacher, below, low_first, every)
    raise typer.Exit(review_documents(paths, chosen, placement, force=force))


@synth_app.command("report")
def report_command(
    paths: PathsArgument,
    *,
    html: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write it as one HTML page, of one document.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --html: also over a file that is no HTML page.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what the last run came to: each pair, each refusal and its reason, the cost."""
    from pathlib import Path

    from dlm_lsp.cli.report import show_reports, write_page

    if html is None:
        if force:
            raise UsageError("--force is about the file of --html; name one, or leave it out")
        raise typer.Exit(show_reports(paths, as_json=as_json))
    if as_json:
        raise UsageError("--html and --json exclude each other; leave one out")
    if len(paths) > 1:
        raise UsageError("--html shows one document; name one alone")
    raise typer.Exit(write_page(paths[0], Path(html), force=force))


@synth_app.command("apply")
def apply_command(
    paths: PathsArgument,
    *,
    section: SectionsOption = None,
    placement: Annotated[PlacementChoice, typer.Option(help="Where the pairs go.")] = (
        DEFAULTS["placement"]
    ),
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put staged sections into the document. No teacher is asked."""
    from dlm_lsp.cli.apply import apply_documents

    raise typer.Exit(apply_documents(paths, section, placement, force=force, as_json=as_json))


@synth_app.command("discard")
def discard_command(
    paths: PathsArgument,
    *,
    section: SectionsOption = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask. Only a terminal is asked.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Put back what was dropped last, and drop nothing.")
    ] = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Drop staged sections, after a question; --undo puts them back until others are staged."""
    from dlm_lsp.cli.apply import discard_documents, restore_documents

    if undo and section:
        raise UsageError("--undo puts back all that was dropped last: leave --section out")
    if undo:
        raise typer.Exit(restore_documents(paths, as_json=as_json))
    raise typer.Exit(discard_documents(paths, section, yes=yes, force=force, as_json=as_json))


@synth_app.command("revert")
def revert_command(
    paths: PathsArgument,
    *,
    section: SectionsOption = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only what was synthesized at or after this time."),
    ] = None,
    teacher: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only what this teacher wrote.")
    ] = None,
    edited: Annotated[
        bool, typer.Option("--edited", help="Also what was edited since it was synthesized.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Take synthesized sections out of the document again."""
    from dlm_lsp.cli.revert import revert_documents

    raise typer.Exit(
        revert_documents(paths, section, since, teacher, with_edited=edited, as_json=as_json)
    )


@batch_app.command("submit", cls=_InstructionsCommand)
@with_options_of(
    instructions_command,
    without=(
        "fresh",
        "again",
        "placement",
        "apply",
        "dry_run",
        "estimate",
        "max_cost",
        "force",
        "as_json",
        "as_json_lines",
        "shard",
        "dedup",
        "engine",
        "address",
    ),
)
def submit_command(paths: PathsArgument, *, as_json: JsonOption = False, **options: Any) -> None:
    """Send the requests of `dlm synth instructions` whose replies are not there, as batches.

    One request of each kind is asked right away, at full price, to learn what the model takes.
    Submit again after `collect` for second requests about what is missing, and for the verdicts on
    pairs that passed.
    """
    from dlm_lsp.cli.synth_batch import submit_batches

    requests = _requests(options["context"], options["profile"])
    raise typer.Exit(submit_batches(paths, requests, as_json=as_json))


@batch_app.command("status")
def status_command(paths: PathsArgument, *, as_json: JsonOption = False) -> None:
    """Show how far each batch is, and when it ends at the latest."""
    from dlm_lsp.cli.synth_batch import show_batches

    raise typer.Exit(show_batches(paths, as_json=as_json))


@batch_app.command("collect")
def collect_command(paths: PathsArgument, *, as_json: JsonOption = False) -> None:
    """Keep the replies of the batches that have ended; `dlm synth instructions` then uses them.

    Exit codes: 0 replies came, 1 failed, 2 usage, 3 nothing came (yet).
    """
    from dlm_lsp.cli.synth_batch import collect_replies

    raise typer.Exit(collect_replies(paths, as_json=as_json))
