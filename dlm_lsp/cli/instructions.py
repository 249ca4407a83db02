"""Synthesis command: `dlm synth instructions` asks, filters, and stages or applies."""

import signal
import sys
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path

import anyio

from dlm_lsp.api.many_documents import (
    DocumentGroup,
    group_documents,
    synthesize_documents,
)
from dlm_lsp.api.shards import documents_in, parse_shard
from dlm_lsp.api.synthesis import (
    Destination,
    RunContext,
)
from dlm_lsp.cli.engine import Engine
from dlm_lsp.cli.exit_codes import INTERRUPTED
from dlm_lsp.cli.fetch import try_fetch_for_run
from dlm_lsp.cli.output import (
    RunOutput,
    pluralize,
    print_notice,
)
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.cli.run_notices import RunNotices
from dlm_lsp.cli.run_progress import run_progress
from dlm_lsp.cli.run_results import RunResults
from dlm_lsp.cli.synth_request import RunRequests
from dlm_lsp.document.base_models import short_name
from dlm_lsp.synth.choose_verifier import verifier_selector
from dlm_lsp.synth.corpus import Corpus
from dlm_lsp.synth.cost import budget_of
from dlm_lsp.synth.estimate import describe_estimate
from dlm_lsp.synth.pipeline import SynthSession
from dlm_lsp.synth.run_models import THIS_MACHINE, ModelSource, RunModels
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.registry import check_options


def select_documents(paths: Sequence[str], shard: str | None) -> list[Path]:
    """Return the documents that are named, or those of them that are in the shard.

    Raises:
        UsageError: an argument names no document, or there is no such shard.
    """
    if shard is None:
        return resolve_paths(paths)
    part = parse_shard(shard)
    every = resolve_paths(paths)
    documents = documents_in(part, every)
    print_notice(f"shard {part}: {len(documents):,} of {pluralize(len(every), 'document')}")
    return documents


def synthesize_instructions(
    documents: Sequence[Path],
    requests: RunRequests,
    destination: Destination,
    *,
    force: bool,
    output: RunOutput,
    engine: Engine,
) -> int:
    """Synthesize pairs for all documents in one run, and say what became of each."""
    request = requests.plain
    check_options(request.teacher, request.options.teacher_options)
    verifier_selector(request.options.verify)
    groups = group_documents(documents, request, requests.of)
    if not engine.is_ray:
        for needed in dict.fromkeys(needed for group in groups for needed in group.models):
            # Others wait for who holds a document, and a download may take an hour.
            try_fetch_for_run(needed.name, named_by_user=needed.named_by_user)
    results = RunResults([path for group in groups for path in group.paths], output)
    judged = (group.request for group in groups if group.request.options.filter == "sway")
    with engine.source(next(judged, request)) as source:
        run = partial(_run_interruptibly, groups, request, destination, results, source)
        if anyio.run(partial(run, force=force)):
            raise KeyboardInterrupt
    results.finish()
    return results.code


async def _run_interruptibly(
    groups: Sequence[DocumentGroup],
    request: SynthRequest,
    destination: Destination,
    results: RunResults,
    source: ModelSource,
    *,
    force: bool,
) -> bool:
    """Synthesize; the first Ctrl-C keeps what is finished, the second drops it.

    Returns whether it was dropped: a KeyboardInterrupt would end the event loop in the middle, and
    threads that nobody stops any more would keep the process alive.
    """
    stop = anyio.Event()
    is_dropped = False
    notices = RunNotices(results.count)

    def announce(path: Path, ready: SynthSession) -> None:
        what = str(path) if results.count == 1 else pluralize(results.count, "document")
        if ready.remote_hosts:
            notices.show(f"The prose of {what} is sent to {' and '.join(ready.remote_hosts)}.")
        notices.show_notes(path, ready.notes)
        if results.count == 1:
            notices.show(describe_estimate(ready.estimate))

    async def listen() -> None:
        nonlocal is_dropped
        with anyio.open_signal_receiver(signal.SIGINT) as signals:
            async for _ in signals:
                if stop.is_set():
                    is_dropped = True
                    tasks.cancel_scope.cancel()
                    return
                print_notice("Stopping: what is finished is kept (Ctrl-C again drops it).")
                results.codes.add(INTERRUPTED)
                stop.set()

    try:
        async with anyio.create_task_group() as tasks:
            # Event loops on Windows receive no signals; there the first Ctrl-C ends the command.
            if sys.platform != "win32":
                tasks.start_soon(listen)
            with run_progress(results.count, _first_state(groups, source)) as progress:
                async with RunModels(source) as models:
                    context = RunContext(
                        request,
                        destination,
                        models,
                        budget_of(request.options),
                        stop,
                        on_event=progress.show,
                        on_ready=announce,
                        on_wait=print_notice,
                        force=force,
                        corpus=Corpus() if request.options.dedup == "corpus" else None,
                    )
                    async with aclosing(synthesize_documents(groups, context)) as outcomes:
                        async for outcome in outcomes:
                            progress.finish(outcome.path)
                            with progress.paused():
                                results.add(outcome)
            tasks.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        raise _first(group) from None
    return is_dropped


def _first_state(groups: Sequence[DocumentGroup], source: ModelSource) -> str:
    """Return what is told before anything else: which models on this machine are looked at."""
    models = groups[0].models if groups and source is THIS_MACHINE else ()
    names = dict.fromkeys(short_name(needed.name) for needed in models)
    return f"preparing {', '.join(names)}" if names else ""


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
