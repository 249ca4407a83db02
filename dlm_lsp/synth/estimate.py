"""Cost estimate: what a run will ask and cost, before anything is spent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dlm_lsp.document.document import Document
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.chunking import estimate_tokens
from dlm_lsp.synth.cost import UNKNOWN_PRICES, RunPrices
from dlm_lsp.synth.planned_requests import plan_requests, prose_sources, without_link_lists
from dlm_lsp.synth.request_runner import cached_reply
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.money import Money
from dlm_lsp.teachers.price import Price
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

    Tokens are about. `unasked_parts` are those of long sections that no pair falls to, `link_lists`
    the sections that are passed over, for there is nothing in them but links. Where
    `max_pairs` is set the run may end long before; then all numbers are the most that it can come
    to. `cost` is None where no price is known or nothing costs anything; `prices_as_of` is an
    ISO 8601 date.
    """

    sections: int
    requests: int
    from_cache: int
    tokens_in: int
    tokens_out: int
    unasked_parts: int = 0
    link_lists: int = 0
    verification: "VerificationEstimate | None" = None
    cost: Money | None = None
    prices_as_of: str | None = None

    @property
    def costs(self) -> tuple[Money, ...]:
        """What is known of the costs of teacher and verifier."""
        verifying = self.verification.cost if self.verification else None
        return tuple(cost for cost in (self.cost, verifying) if cost is not None)


@dataclass(frozen=True, slots=True)
class VerificationEstimate:
    """What the verifier will be asked at most: about every pair that the first requests bring.

    Verdicts in the cache are not taken off: which pairs they are on is known once these are there.
    """

    verifier: str
    requests: int
    tokens_in: int
    tokens_out: int
    cost: Money | None = None
    prices_as_of: str | None = None


def describe_estimate(expected: Estimate) -> str:
    """Return an estimate as one line to be read."""
    cached = f" ({expected.from_cache:,} more from the cache)" if expected.from_cache else ""
    return (
        f"{_counted(expected.sections, 'section')}, "
        f"{_counted(expected.requests, 'request')}{cached}, "
        f"about {expected.tokens_in:,} tokens in, about {expected.tokens_out:,} out"
        f"{_describe_cost(expected.cost, expected.prices_as_of)}"
        f"{_describe_verification(expected.verification)}"
    )


def _describe_verification(expected: VerificationEstimate | None) -> str:
    if expected is None:
        return ""
    return (
        f"; to verify with {expected.verifier}, up to {_counted(expected.requests, 'request')}, "
        f"{expected.tokens_in:,} tokens in, {expected.tokens_out:,} out"
        f"{_describe_cost(expected.cost, expected.prices_as_of)}"
    )


def _describe_cost(cost: Money | None, as_of: str | None) -> str:
    if cost is None:
        return ""
    return f", {cost.roughly}{f' by prices of {as_of}' if as_of else ''}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"


async def estimate_run(
    document: Document,
    teacher: Teacher,
    cache: ReplyCache,
    options: SynthOptions,
    *,
    sections: Sequence[str] | None = None,
    verifier: Verifier | None = None,
    prices: RunPrices = UNKNOWN_PRICES,
) -> Estimate:
    """Return what a run with `options` will ask; teacher and verifier are asked nothing.

    No server counts the tokens, for that would send the text away, and none is loaded for it.

    Raises:
        StoreError: the cache cannot be read.
    """
    found = prose_sources(document, sections)
    sources = without_link_lists(found)
    plan = await plan_requests(sources, teacher, options)
    planned = [planned_request.request for planned_request in plan.requests]
    requests = list(dict.fromkeys(planned))
    uncached = [
        request
        for request in requests
        if options.fresh or cached_reply(cache, teacher, request) is None
    ]
    sent = uncached[: options.max_requests]
    prompt_tokens = [estimate_tokens(prompt_messages(request).text) for request in sent]
    reply_tokens = [
        min(options.sampling.max_new_tokens, (request.count + request.spare) * _TOKENS_PER_PAIR)
        for request in sent
    ]
    return Estimate(
        sections=len(sources),
        requests=len(sent),
        from_cache=len(requests) - len(uncached),
        tokens_in=sum(prompt_tokens),
        tokens_out=sum(reply_tokens),
        unasked_parts=plan.unasked,
        link_lists=len(found) - len(sources),
        verification=_estimate_verification(
            verifier,
            planned,
            options,
            len(sent),
            price=prices.verifier,
        )
        if verifier
        else None,
        cost=_total_cost(prices.teacher, prompt_tokens, reply_tokens),
        prices_as_of=_date_of(prices.teacher),
    )


def _date_of(price: Price | None) -> str | None:
    return price.as_of.isoformat() if price and price.as_of else None


def _total_cost(
    price: Price | None, tokens_in: Sequence[int], tokens_out: Sequence[int]
) -> Money | None:
    if price is None or price.is_free:
        return None
    costs = map(price.cost, tokens_in, tokens_out)
    return Money(sum(cost.micros for cost in costs), price.currency)


def _estimate_verification(
    verifier: Verifier,
    planned: Sequence[PairRequest],
    options: SynthOptions,
    spent: int,
    *,
    price: Price | None,
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
    tokens = [estimate_tokens(request_messages(request, scored=alone).text) for request in requests]
    reply_tokens = [_tokens_out(request, verifier) for request in requests]
    return VerificationEstimate(
        verifier.name,
        len(requests),
        sum(tokens),
        sum(reply_tokens),
        _total_cost(price, tokens, reply_tokens),
        _date_of(price),
    )


def _tokens_out(request: CheckRequest, verifier: Verifier) -> int:
    if isinstance(request, AnswerRequest):
        return _TOKENS_PER_ANSWER
    return 1 if verifier.one_by_one else len(request.pairs) * verifier.tokens_per_verdict
