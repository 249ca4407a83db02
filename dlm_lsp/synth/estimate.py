"""Cost estimate: what a run will ask and cost, before anything is spent."""

from collections.abc import Sequence
from dataclasses import dataclass

from dlm_lsp.document.document import Document
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.chunking import estimate_tokens
from dlm_lsp.synth.planned_requests import plan_requests, prose_sources
from dlm_lsp.synth.request_runner import cached_reply
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.prompts import prompt_messages
from dlm_lsp.teachers.protocol import Teacher

# A question of 15 words, an answer and a quotation of 30 each, and the JSON around them.
_TOKENS_PER_PAIR = 110


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the first requests of a run will be; a second may follow each of them.

    `tokens_in` is exact where `exact` says so, `tokens_out` is always about. Where `max_pairs` is
    set the run may end long before; then all numbers are the most that it can come to.
    """

    sections: int
    requests: int
    from_cache: int
    tokens_in: int
    tokens_out: int
    exact: bool


async def estimate_run(
    document: Document,
    teacher: Teacher,
    cache: ReplyCache,
    options: SynthOptions,
    *,
    sections: Sequence[str] | None = None,
) -> Estimate:
    """Return what a run with `options` will ask; `teacher` is prepared, and asked nothing.

    Raises:
        TeacherError: tokens cannot be counted.
        StoreError: the cache cannot be read.
    """
    sources = prose_sources(document, sections)
    planned_requests = await plan_requests(sources, teacher, options)
    requests = list(dict.fromkeys(planned_request.request for planned_request in planned_requests))
    uncached = [
        request
        for request in requests
        if options.fresh or cached_reply(cache, teacher, request) is None
    ]
    sent = uncached[: options.max_requests]
    counts = await teacher.count_tokens(sent)
    prompt_tokens = (
        [estimate_tokens("".join(prompt_messages(request))) for request in sent]
        if counts is None
        else counts
    )
    return Estimate(
        sections=len(sources),
        requests=len(sent),
        from_cache=len(requests) - len(uncached),
        tokens_in=sum(prompt_tokens),
        tokens_out=sum(
            min(options.sampling.max_new_tokens, (request.count + request.spare) * _TOKENS_PER_PAIR)
            for request in sent
        ),
        exact=counts is not None and teacher.counts_exactly,
    )
