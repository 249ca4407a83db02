"""Cost estimate: what a run will ask and cost, before anything is spent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dlm_lsp.document.document import Document
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.chunking import estimate_tokens
from dlm_lsp.synth.planned_requests import plan_requests, prose_sources
from dlm_lsp.synth.request_runner import cached_reply
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.prompts import prompt_messages
from dlm_lsp.teachers.protocol import (
    AnswerRequest,
    CheckRequest,
    PairRequest,
    Teacher,
    VerdictRequest,
    Verifier,
)
from dlm_lsp.teachers.verdict_prompts import request_messages

# A question of 15 words, an answer and a quotation of 30 each, and the JSON around them.
_TOKENS_PER_PAIR = 110
_TOKENS_PER_ANSWER = 30
_ANY_PAIR = ("word " * 15, "word " * 30)


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
    verification: "VerificationEstimate | None" = None


@dataclass(frozen=True, slots=True)
class VerificationEstimate:
    """What the verifier will be asked at most: about every pair that the first requests bring.

    Verdicts in the cache are not taken off: which pairs they are on is known once these are there.
    """

    verifier: str
    requests: int
    tokens_in: int
    tokens_out: int


async def estimate_run(
    document: Document,
    teacher: Teacher,
    cache: ReplyCache,
    options: SynthOptions,
    *,
    sections: Sequence[str] | None = None,
    verifier: Verifier | None = None,
) -> Estimate:
    """Return what a run with `options` will ask; teacher and verifier are asked nothing.

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
        [estimate_tokens(prompt_messages(request).text) for request in sent]
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
        verification=await _estimate_verification(
            verifier, [planned.request for planned in planned_requests], options, len(sent)
        )
        if verifier
        else None,
    )


async def _estimate_verification(
    verifier: Verifier, planned: Sequence[PairRequest], options: SynthOptions, spent: int
) -> VerificationEstimate:
    counts: Counter[str] = Counter()
    for request in planned:
        # The spare ones are verified too: the best are chosen after that.
        counts[request.prose] += request.count + request.spare
    alone = verifier.one_by_one
    again = [
        AnswerRequest(prose, _ANY_PAIR[0])
        for prose, count in counts.items()
        for _ in range(count if verifier.by_likelihood else 0)
    ]
    verdicts = [
        VerdictRequest(prose, (_ANY_PAIR,) * (1 if alone else count))
        for prose, count in counts.items()
        for _ in range(count if alone else 1)
    ]
    requests: list[CheckRequest] = [*again, *verdicts]
    most = None if options.max_requests is None else max(0, options.max_requests - spent)
    requests = requests[:most]
    tokens = await verifier.count_tokens(requests)
    if tokens is None:
        tokens = [
            estimate_tokens(request_messages(request, scored=alone).text) for request in requests
        ]
    return VerificationEstimate(
        verifier.name,
        len(requests),
        sum(tokens),
        sum(_tokens_out(request, verifier) for request in requests),
    )


def _tokens_out(request: CheckRequest, verifier: Verifier) -> int:
    if isinstance(request, AnswerRequest):
        return _TOKENS_PER_ANSWER
    return 1 if verifier.one_by_one else len(request.pairs) * verifier.tokens_per_verdict
