"""Synthesis of many documents: one run over all of them, results as they finish."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread

from dlm_lsp.api.documents import load_document, load_head
from dlm_lsp.api.synthesis import DocumentSynthesis, RunContext, synthesize_document
from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.synth.corpus import Corpus
from dlm_lsp.synth.synth_request import (
    NeededModel,
    SynthRequest,
    asks_servers_only,
    needed_models,
    uses_base_model,
)
from dlm_lsp.teachers.concurrency import map_concurrently

_MOST_AT_ONCE = 128
"""Documents that are worked on at once: each keeps some files open."""


@dataclass(frozen=True, slots=True)
class DocumentGroup:
    """Documents that need the same local models, in their order."""

    models: tuple[NeededModel, ...]
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class DocumentOutcome:
    """What became of a document: its synthesis, or the error that cost it."""

    path: Path
    synthesis: DocumentSynthesis | None = None
    error: Exception | None = None


def group_documents(paths: Iterable[Path], request: SynthRequest) -> tuple[DocumentGroup, ...]:
    """Return the documents by the local models that they need, so that each is loaded once.

    A document whose frontmatter cannot be read is in a group without models; the run tells why.

    Raises:
        SelectorError: teacher or verifier cannot be.
    """
    if not uses_base_model(request):
        return (DocumentGroup(needed_models(request, ""), tuple(paths)),)
    groups: dict[tuple[NeededModel, ...], list[Path]] = {}
    for path in paths:
        models: tuple[NeededModel, ...] = ()
        with suppress(StoreError):
            models = needed_models(request, load_head(path).frontmatter.base_model)
        groups.setdefault(models, []).append(path)
    return tuple(DocumentGroup(models, tuple(members)) for models, members in groups.items())


async def synthesize_documents(
    groups: Sequence[DocumentGroup], context: RunContext
) -> AsyncGenerator[DocumentOutcome, None]:
    """Synthesize pairs for every document, and yield what became of each as soon as it is known.

    While one waits for a reply, others are read, asked about, judged and written. An error costs
    the document that it came of.

    Raises:
        UsageError: what is wrong is wrong for every document.
    """

    async def work(path: Path) -> DocumentOutcome:
        try:
            return DocumentOutcome(path, await synthesize_document(path, context))
        except UsageError:
            raise
        except Exception as error:
            return DocumentOutcome(path, error=error)

    if context.corpus:
        every = [path for group in groups for path in group.paths]
        await anyio.to_thread.run_sync(_add_pairs, context.corpus, every)
    at_once = documents_at_once(context.request, context.models.source.at_once)
    for group in groups:
        outcomes = map_concurrently(work, group.paths, at_once, lambda: not context.stop.is_set())
        async with aclosing(outcomes) as finished:
            async for _, outcome in finished:
                yield outcome


def _add_pairs(corpus: Corpus, paths: Sequence[Path]) -> None:
    """Add what stands in the documents already; the run tells of those that cannot be read."""
    for path in paths:
        with suppress(StoreError):
            document = load_document(path).document
            pairs = (placed.pair for section in document.sections for placed in section.pairs)
            corpus.add(str(path), pairs)


def documents_at_once(request: SynthRequest, models: int = 1) -> int:
    """Return how many documents to work on at once, where so many local models work side by side.

    Of those that wait for a server, twice as many as requests may be in flight: while half of them
    wait, the others are read and written. A local model does one thing at a time, and more would
    only put off the first result.
    """
    if asks_servers_only(request):
        return min(2 * request.options.concurrency, _MOST_AT_ONCE)
    return min(2 * models, _MOST_AT_ONCE)
