"""Request runner: replies from the cache, else from the teacher and at once onto the disk."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, fields
from functools import partial
from typing import Generic, TypeVar

import anyio

from dlm_lsp.errors import (
    DeferredError,
    NotAskedError,
    RateError,
    RejectedError,
    SilentError,
    SpentError,
    TeacherError,
    TooLongError,
)
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.cost import Budget, CostMeter
from dlm_lsp.synth.events import OnEvent, RequestDone, RequestFailed
from dlm_lsp.synth.planned_requests import Planned
from dlm_lsp.synth.reply_faults import is_whole
from dlm_lsp.synth.reply_intake import ReplyIntake, ReplyRoom
from dlm_lsp.synth.report import Usage
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.second_attempts import answer_twice
from dlm_lsp.teachers.protocol import CheckRequest, PairRequest, Replier, Reply, TeacherResult
from dlm_lsp.teachers.request_limit import FIRST
from dlm_lsp.teachers.unanswered import CountingTeacher

_R = TypeVar("_R", PairRequest, CheckRequest)
# The server has said so of one request, and the others were not sent.
_ENDS_ASKING = (RejectedError, SpentError, RateError, SilentError)
_REPLY_FIELDS = tuple(member.name for member in fields(Reply))


@dataclass(slots=True)
class Spending:
    """What the requests of a run have cost so far, whoever was asked; see `Usage`."""

    requests: int = 0
    from_cache: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None


# Without slots, as `Planned`.
@dataclass(frozen=True)
class Unasked(Generic[_R]):
    """A request that was not made, and why."""

    planned: Planned[_R]
    reason: str


async def _nothing_before() -> None:
    return


class RequestRunner(Generic[_R]):
    """Asks a teacher within the limits of one run, and keeps count of what that costs.

    `spending` is that of the runners that share the limits, and `meter` counts in money; `room` is
    that of all documents of the run. `before_asking` is awaited where anything is not in the cache.
    `ended_by` is why the teacher is not asked any more, where it has said so.
    """

    def __init__(
        self,
        teacher: Replier[_R],
        cache: ReplyCache,
        options: SynthOptions,
        on_event: OnEvent,
        *,
        spending: Spending | None = None,
        meter: CostMeter | None = None,
        room: ReplyRoom | None = None,
        before_asking: Callable[[], Awaitable[None]] = _nothing_before,
    ) -> None:
        self._before_asking = before_asking
        self.spending = spending or Spending()
        self._meter = meter or CostMeter(None, Budget().share(), options.sampling.max_new_tokens)
        self._reply_room = room or ReplyRoom()
        self._max_cost = options.max_cost
        self._teacher: Replier[_R] = teacher
        self._cache = cache
        self._fresh = options.fresh
        self._max_requests = options.max_requests
        self._at_once = options.most_at_once
        self._at_first = options.concurrency or FIRST
        self._on_event = on_event
        self.ended_by: str | None = None
        self._failures: set[str] = set()

    def usage(self, seconds: float) -> Usage:
        """Return what the replies so far have cost; a request cut short counts as well."""
        spent = self.spending
        return Usage(spent.requests, spent.from_cache, spent.tokens_in, spent.tokens_out, seconds)

    async def run(
        self,
        requests: Sequence[Planned[_R]],
        on_reply: Callable[[Planned[_R], Reply | TeacherError], Awaitable[None]],
    ) -> tuple[Unasked[_R], ...]:
        """Give `on_reply` the reply to each request, or its failure, as it comes.

        Equal requests are asked once. Returns those that were not asked: what a limit cuts off are
        the last ones, whatever the teacher is quick with.

        Raises:
            StoreError: the cache cannot be read or written.
            TeacherError: `before_asking` did.
        """
        alike: dict[_R, list[Planned[_R]]] = {}
        for planned_request in requests:
            alike.setdefault(planned_request.request, []).append(planned_request)
        uncached: list[_R] = []
        for request, planned_requests in alike.items():
            reply = None if self._fresh else cached_reply(self._cache, self._teacher, request)
            if reply is None:
                uncached.append(request)
                continue
            self.spending.from_cache += 1
            await self._deliver(planned_requests, reply, on_reply, cached=True)
        asked, unasked = await self._ask_within_limits(uncached, alike, on_reply)
        limit = self.ended_by or f"max_requests is {self._max_requests}"
        if self.ended_by is None and asked < len(uncached) and self._room(1):
            reason = self._meter.over_budget(uncached[asked])
            limit = f"max_cost is {self._max_cost:.10g}: {reason}"
        unasked += [
            Unasked(planned, limit) for request in uncached[asked:] for planned in alike[request]
        ]
        return tuple(unasked)

    def tell_failure(self, planned_request: Planned[_R], error: TeacherError) -> None:
        """Tell of a request that came to nothing; what ails them all is told once."""
        if isinstance(error, DeferredError):
            return
        if (message := str(error)) not in self._failures:
            self._failures.add(message)
            request = planned_request.request
            strategy = request.strategy if isinstance(request, PairRequest) else None
            self._on_event(RequestFailed(planned_request.source_id, strategy, message, error.code))

    async def _ask_within_limits(
        self,
        requests: Sequence[_R],
        alike: dict[_R, list[Planned[_R]]],
        on_reply: Callable[[Planned[_R], Reply | TeacherError], Awaitable[None]],
    ) -> tuple[int, list[Unasked[_R]]]:
        """Ask what budget and limit allow, from the first request on.

        Returns how many that were, and which of them were not made all the same.

        What is asked together cannot exceed it, whatever it comes to. It comes to less, so more is
        asked, until the budget may not do for the next: which that is, no quick reply decides.
        """
        asked, unasked = 0, list[Unasked[_R]]()
        if self.ended_by is None and self._room(self._meter.affordable(requests)):
            await self._before_asking()
        # Where the teacher has ended the asking, there is room for nothing.
        while self.ended_by is None and (
            count := self._room(self._meter.affordable(requests[asked:]))
        ):
            batch = requests[asked : asked + count]
            unasked += await self._ask_teacher(
                {request: alike[request] for request in batch}, on_reply
            )
            asked += count
        return asked, unasked

    def _room(self, count: int) -> int:
        """Return how many of so many requests the limit on them allows."""
        if self._max_requests is None:
            return count
        return max(0, min(count, self._max_requests - self.spending.requests))

    async def _ask_teacher(
        self,
        waiting: dict[_R, list[Planned[_R]]],
        on_reply: Callable[[Planned[_R], Reply | TeacherError], Awaitable[None]],
    ) -> list[Unasked[_R]]:
        requests = tuple(waiting)
        unasked: list[Unasked[_R]] = []
        repeated: list[_R] = []

        def may_repeat(request: _R, pending: int) -> bool:
            """Count one more request, if the limits allow it beside those not counted yet."""
            affordable = self._meter.affordable([*repeated, request]) > len(repeated)
            if not affordable or self._room(pending + 1) <= pending:
                return False
            repeated.append(request)
            self.spending.requests += 1
            return True

        intake, tasks = ReplyIntake(self._reply_room, self._at_once), anyio.create_task_group()
        failure = TeacherError(f"{self._teacher.name} gave no reply; try again")

        def take(result: TeacherResult) -> None:
            """Begin to store a reply; what comes meanwhile goes to the disk with the next."""
            request, outcome = requests[result.index], result.outcome
            planned = waiting.pop(request)
            if isinstance(outcome, NotAskedError):
                self.ended_by = str(outcome)
                unasked.extend(Unasked(left, str(outcome)) for left in planned)
                return
            self.spending.requests += not (isinstance(outcome, TooLongError) and not outcome.asked)
            self.spending.requests += result.repeats
            self._meter.add_unanswered((request,) * result.repeats)
            if isinstance(outcome, Reply):
                self._spend(request, outcome)
            intake.start(
                tasks,
                partial(self._store, request, outcome),
                partial(self._deliver, planned, outcome, on_reply, cached=False),
            )

        async def take_all() -> None:
            nonlocal failure
            answers = answer_twice(self._teacher, requests, may_repeat, self._spend)
            failure = await _take_all(answers, take, intake, self._at_once) or failure

        try:
            async with tasks:
                # In a task, to which any cancellation comes as that of its scope.
                tasks.start_soon(take_all)
        except ExceptionGroup as group:
            self._count_unanswered(waiting)
            raise first_error(group) from None
        except BaseException:
            self._count_unanswered(waiting)
            raise
        for planned_requests in waiting.values():
            if isinstance(failure, _ENDS_ASKING):
                self.ended_by = str(failure)
                self.tell_failure(planned_requests[0], failure)
                unasked += [Unasked(planned, str(failure)) for planned in planned_requests]
            else:
                await self._deliver(planned_requests, failure, on_reply, cached=False)
        return unasked

    async def _store(self, request: _R, outcome: Reply | TeacherError) -> None:
        if isinstance(outcome, Reply):
            await store_reply(self._cache, self._teacher, request, outcome)

    def _count_unanswered(self, waiting: Collection[_R]) -> None:
        """Count what was sent and is not waited for; it may have to be paid for all the same."""
        sent = tuple(waiting)[: self._at_first]
        if isinstance(self._teacher, CountingTeacher):
            unanswered = self._teacher.unanswered
            sent = tuple(request for request in waiting if unanswered.take(request))
        self.spending.requests += len(sent)
        self._meter.add_unanswered(sent)

    def _spend(self, request: _R, reply: Reply | None) -> None:
        if reply is None:
            self._meter.add_unanswered((request,))
            return
        self._meter.add_reply(request, reply)
        spent = self.spending
        spent.tokens_in = _add(spent.tokens_in, reply.tokens_in)
        spent.tokens_out = _add(spent.tokens_out, reply.tokens_out)

    async def _deliver(
        self,
        planned_requests: Sequence[Planned[_R]],
        outcome: Reply | TeacherError,
        on_reply: Callable[[Planned[_R], Reply | TeacherError], Awaitable[None]],
        *,
        cached: bool,
    ) -> None:
        for planned_request in planned_requests:
            source_id, request = planned_request.source_id, planned_request.request
            strategy = request.strategy if isinstance(request, PairRequest) else None
            if isinstance(outcome, TooLongError):
                pass  # whoever asked may ask for less
            elif isinstance(outcome, TeacherError):
                self.tell_failure(planned_request, outcome)
            else:
                tokens = outcome.tokens_in, outcome.tokens_out
                self._on_event(RequestDone(source_id, strategy, cached, *tokens))
            await on_reply(planned_request, outcome)


async def _take_all(
    answers: AsyncGenerator[TeacherResult, None],
    take: Callable[[TeacherResult], None],
    intake: ReplyIntake,
    most: int,
) -> TeacherError | None:
    """Take each result while there is room; return why there are no more, if there is a reason.

    Once that is cancelled, what has come is taken, which is no more than `most` replies.
    """
    # Closed at once where keeping fails, or requests would go on behind our back.
    async with aclosing(answers) as results:
        try:
            async for result in results:
                take(result)
                await intake.wait_for_room()
        except TeacherError as error:
            return error
        except anyio.get_cancelled_exc_class():
            with suppress(TeacherError):
                async for result in _at_hand(results, most):
                    take(result)
            raise
    return None


async def _at_hand(
    results: AsyncGenerator[TeacherResult, None], most: int
) -> AsyncIterator[TeacherResult]:
    """Yield the results that need no waiting for: to be used in a scope that is cancelled.

    A teacher that never waits would answer everything, so no more replies than `most` are taken.
    """
    while most:
        try:
            result = await results.__anext__()
        except StopAsyncIteration:
            return
        yield result
        most -= isinstance(result.outcome, Reply)


def _add(total: int | None, more: int | None) -> int | None:
    return total if more is None else (total or 0) + more


def first_error(group: ExceptionGroup[Exception]) -> Exception:
    """Return the error of the first task that failed."""
    error = group.exceptions[0]
    return first_error(error) if isinstance(error, ExceptionGroup) else error


async def store_reply(cache: ReplyCache, teacher: Replier[_R], request: _R, reply: Reply) -> None:
    """Put a reply on disk; a cancellation waits for that.

    Raises:
        StoreError: the cache cannot be written.
    """
    await cache.put_grouped(teacher.name, teacher.fingerprint(request), reply_payload(reply))


def reply_payload(reply: Reply) -> str:
    """Return a reply as it is kept."""
    return json.dumps({name: getattr(reply, name) for name in _REPLY_FIELDS})


def cached_reply(cache: ReplyCache, teacher: Replier[_R], request: _R) -> Reply | None:
    """Return the whole reply that is kept for `request`, None where there is none.

    Raises:
        StoreError: the cache cannot be read.
    """
    reply = reply_in(cache.get(teacher.name, teacher.fingerprint(request)))
    # Earlier versions kept what is not: an empty reply, and one that broke off.
    return reply if reply and is_whole(request, reply) else None


def reply_in(payload: str | None) -> Reply | None:
    """Return the reply that was kept as `payload`, None where there is none that can be read."""
    if payload is None:
        return None
    try:
        stored = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    match stored:
        case {
            "text": str(text),
            "tokens_in": int() | None as tokens_in,
            "tokens_out": int() | None as tokens_out,
            "finish": "stop" | "length" | "refusal" as finish,
        } if isinstance(note := stored.get("note", ""), str) and isinstance(
            reasoning := stored.get("reasoning", ""), str
        ):
            return Reply(text, tokens_in, tokens_out, finish, note, reasoning)
    return None
