"""Synthesis of many documents: one run over all of them, results as they finish."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from dlm_lsp.api.documents import load_document, load_head
from dlm_lsp.api.synthesis import DocumentSynthesis, RunContext, synthesize_document
from dlm_lsp.errors import StoreError
from dlm_lsp.store.adapters import current_adapter, first_adapter
from dlm_lsp.synth.corpus import Corpus
from dlm_lsp.synth.pipeline import SynthSession
from dlm_lsp.synth.run_models import RunModels
from dlm_lsp.synth.synth_request import (
    NeededModel,
    SynthRequest,
    asks_server,
    needed_models,
    uses_base_model,
)
from dlm_lsp.teachers.concurrency import Places, map_concurrently
from dlm_lsp.teachers.registry import check_selector

_MOST_AT_ONCE = 128
"""Documents that are worked on at once: each keeps some files open."""


@dataclass(frozen=True, slots=True)
class DocumentGroup:
    """Documents that need the same local models and are asked about alike, in their order."""

    models: tuple[NeededModel, ...]
    paths: tuple[Path, ...]
    request: SynthRequest


@dataclass(frozen=True, slots=True)
class DocumentOutcome:
    """What became of a document: its synthesis, or the error that cost it."""

    path: Path
    synthesis: DocumentSynthesis | None = None
    error: Exception | None = None


def group_documents(
    paths: Iterable[Path],
    request: SynthRequest,
    request_for: Callable[[Path], SynthRequest] | None = None,
) -> tuple[DocumentGroup, ...]:
    """Return the documents by the local models that they need, so that each is loaded once.

    `request_for` says what is asked of each where that is not the same of all: by the profiles that
    are found beside them. A document whose frontmatter cannot be read, or that has no adapter to be
    its own teacher, is in a group without models; the run tells why.

    Raises:
        SelectorError: teacher or verifier cannot be.
    """
    groups: dict[tuple[tuple[NeededModel, ...], tuple[str, ...]], list[Path]] = {}
    requests: dict[tuple[str, ...], SynthRequest] = {}
    for path in paths:
        own = request_for(path) if request_for else request
        requests[own.profiles] = own
        groups.setdefault((_models_for(path, own), own.profiles), []).append(path)
    return tuple(
        DocumentGroup(models, tuple(members), requests[profiles])
        for (models, profiles), members in groups.items()
    )


def _models_for(path: Path, request: SynthRequest) -> tuple[NeededModel, ...]:
    if not uses_base_model(request):
        return needed_models(request, "")
    with suppress(StoreError):
        head = load_head(path)
        is_own = check_selector(request.teacher)[0].needs_adapter
        if not is_own or current_adapter(head.folder, first_adapter(head.frontmatter)):
            return needed_models(request, head.frontmatter.base_model)
    return ()


async def synthesize_documents(
    groups: Sequence[DocumentGroup], context: RunContext
) -> AsyncGenerator[DocumentOutcome, None]:
    """Synthesize pairs for every document, and yield what became of each as soon as it is known.

    While one waits for a reply, others are read, asked about, judged and written. An error costs
    the document that it came of. Of a document that was not asked about before the run was stopped
    nothing is yielded.
    """
    waiting: dict[Path, anyio.CancelScope] = {}

    def on_ready(path: Path, ready: SynthSession) -> None:
        # From now on the run of the document itself ends with what is finished.
        waiting.pop(path, None)
        context.on_ready(path, ready)

    stoppable = replace(context, on_ready=on_ready)

    async def work(request: SynthRequest, path: Path) -> DocumentOutcome:
        own = replace(stoppable, request=request)
        with anyio.CancelScope() as scope:
            waiting[path] = scope
            try:
                return DocumentOutcome(path, await synthesize_document(path, own))
            except Exception as error:
                return DocumentOutcome(path, error=error)
            finally:
                waiting.pop(path, None)
        return DocumentOutcome(path)

    async def give_up_waiting() -> None:
        await context.stop.wait()
        for scope in tuple(waiting.values()):
            scope.cancel()

    if context.corpus:
        every = [path for group in groups for path in group.paths]
        await anyio.to_thread.run_sync(_add_pairs, context.corpus, every)
    free = Places(lambda: documents_at_once(context.request, context.models))
    # A plain task and no task group: a cancel scope may not stay open across a yield.
    giving_up = asyncio.create_task(give_up_waiting())
    try:
        for group in groups:
            ask = partial(work, group.request)
            outcomes = map_concurrently(ask, group.paths, free, lambda: not context.stop.is_set())
            async with aclosing(outcomes) as finished:
                async for _, outcome in finished:
                    if outcome.synthesis or outcome.error:
                        yield outcome
    finally:
        giving_up.cancel()


def _add_pairs(corpus: Corpus, paths: Sequence[Path]) -> None:
    """Add what stands in the documents already; the run tells of those that cannot be read."""
    for path in paths:
        with suppress(StoreError):
            document = load_document(path).document
            pairs = (placed.pair for section in document.sections for placed in section.pairs)
            corpus.add(str(path), pairs)


def documents_at_once(request: SynthRequest, models: RunModels) -> int:
    """Return how many documents to work on at once now.

    Of those that wait for a server, twice as many as requests may be in flight: while half of them
    wait, the others are read and written. A local model does one thing at a time, and more would
    only put off the first result.
    """
    if asks_server(request):
        at_once = request.options.concurrency or models.requests_at_once
    else:
        at_once = models.source.at_once
    return min(2 * at_once, _MOST_AT_ONCE)
