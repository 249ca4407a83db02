"""Request runner: replies from the cache, else from the teacher and at once onto the disk."""

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict

from dlm_lsp.errors import TeacherError
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.events import OnEvent, RequestDone, RequestFailed
from dlm_lsp.synth.planned_requests import PlannedRequest
from dlm_lsp.synth.report import Usage
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.protocol import PairRequest, Reply, Teacher

OnReply = Callable[[PlannedRequest, Reply | TeacherError], Awaitable[None]]


class RequestRunner:
    """Asks a teacher within the limits of one run, and keeps count of what that costs."""

    def __init__(
        self, teacher: Teacher, cache: ReplyCache, options: SynthOptions, on_event: OnEvent
    ) -> None:
        self._teacher = teacher
        self._cache = cache
        self._fresh = options.fresh
        self._limit = options.max_requests
        self._at_once = options.concurrency
        self._on_event = on_event
        self._requests = 0
        self._from_cache = 0
        self._tokens_in: int | None = None
        self._tokens_out: int | None = None
        self._failures: set[str] = set()

    def usage(self, seconds: float) -> Usage:
        """Return what the replies so far have cost; a request cut short counts as well."""
        return Usage(self._requests, self._from_cache, self._tokens_in, self._tokens_out, seconds)

    async def run(
        self, requests: Sequence[PlannedRequest], on_reply: OnReply
    ) -> tuple[PlannedRequest, ...]:
        """Give `on_reply` the reply to each request, or its failure, as it comes.

        Equal requests are asked once. Returns those that the limit on requests left unasked: the
        last ones, whatever the teacher is quick with.

        Raises:
            StoreError: the cache cannot be read or written.
        """
        alike: dict[PairRequest, list[PlannedRequest]] = {}
        for planned_request in requests:
            alike.setdefault(planned_request.request, []).append(planned_request)
        uncached: list[PairRequest] = []
        for request, planned_requests in alike.items():
            reply = None if self._fresh else cached_reply(self._cache, self._teacher, request)
            if reply is None:
                uncached.append(request)
                continue
            self._from_cache += 1
            await self._deliver(planned_requests, reply, on_reply, cached=True)
        most = len(uncached) if self._limit is None else max(0, self._limit - self._requests)
        await self._ask_teacher({request: alike[request] for request in uncached[:most]}, on_reply)
        return tuple(
            planned_request for request in uncached[most:] for planned_request in alike[request]
        )

    async def _ask_teacher(
        self, waiting: dict[PairRequest, list[PlannedRequest]], on_reply: OnReply
    ) -> None:
        requests = tuple(waiting)
        failure = TeacherError(f"{self._teacher.name} gave no reply; try again")
        try:
            # Closed at once where keeping fails, or requests would go on behind our back.
            async with aclosing(self._teacher.answer(requests)) as results:
                async for result in results:
                    request, outcome = requests[result.index], result.outcome
                    self._requests += 1
                    if isinstance(outcome, Reply):
                        self._keep(request, outcome)
                    await self._deliver(waiting.pop(request), outcome, on_reply, cached=False)
        except TeacherError as error:
            failure = error
        except BaseException:
            # What was sent and will not be waited for may have to be paid for all the same.
            self._requests += min(len(waiting), self._at_once)
            raise
        for planned_requests in waiting.values():
            await self._deliver(planned_requests, failure, on_reply, cached=False)

    def _keep(self, request: PairRequest, reply: Reply) -> None:
        store_reply(self._cache, self._teacher, request, reply)
        self._tokens_in = _add(self._tokens_in, reply.tokens_in)
        self._tokens_out = _add(self._tokens_out, reply.tokens_out)

    async def _deliver(
        self,
        planned_requests: Sequence[PlannedRequest],
        outcome: Reply | TeacherError,
        on_reply: OnReply,
        *,
        cached: bool,
    ) -> None:
        for planned_request in planned_requests:
            source_id, strategy = planned_request.source_id, planned_request.request.strategy
            if isinstance(outcome, TeacherError):
                # The report names every section; what ails them all is told once.
                if (message := str(outcome)) not in self._failures:
                    self._failures.add(message)
                    self._on_event(RequestFailed(source_id, strategy, message))
            else:
                tokens = outcome.tokens_in, outcome.tokens_out
                self._on_event(RequestDone(source_id, strategy, cached, *tokens))
            await on_reply(planned_request, outcome)


def _add(total: int | None, more: int | None) -> int | None:
    return total if more is None else (total or 0) + more


def store_reply(cache: ReplyCache, teacher: Teacher, request: PairRequest, reply: Reply) -> None:
    """Put a reply on disk.

    Raises:
        StoreError: the cache cannot be written.
    """
    cache.put(teacher.name, teacher.fingerprint(request), json.dumps(asdict(reply)))


def cached_reply(cache: ReplyCache, teacher: Teacher, request: PairRequest) -> Reply | None:
    """Return the reply that is kept for `request`, None where there is none that can be read.

    Raises:
        StoreError: the cache cannot be read.
    """
    payload = cache.get(teacher.name, teacher.fingerprint(request))
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
        } if isinstance(note := stored.get("note", ""), str):
            return Reply(text, tokens_in, tokens_out, finish, note)
    return None
