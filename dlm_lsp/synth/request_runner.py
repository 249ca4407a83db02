"""Request runner: replies from the cache, else from the teacher and at once onto the disk."""

import json
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict

from dlm_lsp.errors import TeacherError
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.events import OnEvent, RequestDone, RequestFailed
from dlm_lsp.synth.options import SynthOptions
from dlm_lsp.synth.planned_requests import PlannedRequest
from dlm_lsp.synth.report import Usage
from dlm_lsp.teachers.protocol import PairRequest, Reply, Teacher

OnReply = Callable[[PlannedRequest, Reply | TeacherError], None]


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
        self._tell = on_event
        self._requests = 0
        self._from_cache = 0
        self._tokens_in: int | None = None
        self._tokens_out: int | None = None
        self._told: set[str] = set()

    def usage(self, seconds: float) -> Usage:
        """Return what the replies so far have cost; a request cut short counts as well."""
        return Usage(self._requests, self._from_cache, self._tokens_in, self._tokens_out, seconds)

    async def replies(
        self, requests: Sequence[PlannedRequest], take: OnReply
    ) -> tuple[PlannedRequest, ...]:
        """Hand the reply to each ask, or its failure, to `take` as it comes; equal asks are one.

        Returns the asks that the limit on requests left unasked: the last ones, whatever the
        teacher is quick with.

        Raises:
            StoreError: the cache cannot be read or written.
        """
        alike: dict[PairRequest, list[PlannedRequest]] = {}
        for one in requests:
            alike.setdefault(one.request, []).append(one)
        new: list[PairRequest] = []
        for request, ones in alike.items():
            reply = None if self._fresh else cached_reply(self._cache, self._teacher, request)
            if reply is None:
                new.append(request)
                continue
            self._from_cache += 1
            self._hand(ones, reply, take, cached=True)
        most = len(new) if self._limit is None else max(0, self._limit - self._requests)
        waiting = {request: alike[request] for request in new[:most]}
        await self._from_teacher(waiting, take)
        return tuple(one for request in new[most:] for one in alike[request])

    async def _from_teacher(
        self, waiting: dict[PairRequest, list[PlannedRequest]], take: OnReply
    ) -> None:
        requests = tuple(waiting)
        lost = TeacherError(f"{self._teacher.name} gave no reply; try again")
        try:
            # Closed at once where keeping fails, or requests would go on behind our back.
            async with aclosing(self._teacher.answer(requests)) as answers:
                async for answered in answers:
                    request, outcome = requests[answered.index], answered.outcome
                    self._requests += 1
                    if isinstance(outcome, Reply):
                        store_reply(self._cache, self._teacher, request, outcome)
                        self._tokens_in = _sum(self._tokens_in, outcome.tokens_in)
                        self._tokens_out = _sum(self._tokens_out, outcome.tokens_out)
                    self._hand(waiting.pop(request), outcome, take, cached=False)
        except TeacherError as error:
            lost = error
        except BaseException:
            # What was sent and will not be waited for may have to be paid for all the same.
            self._requests += min(len(waiting), self._at_once)
            raise
        for ones in waiting.values():
            self._hand(ones, lost, take, cached=False)

    def _hand(
        self,
        ones: Sequence[PlannedRequest],
        outcome: Reply | TeacherError,
        take: OnReply,
        *,
        cached: bool,
    ) -> None:
        for one in ones:
            if isinstance(outcome, TeacherError):
                # The report names every section; what ails them all is told once.
                if (message := str(outcome)) not in self._told:
                    self._told.add(message)
                    self._tell(RequestFailed(one.source_id, one.request.strategy, message))
            else:
                tokens = outcome.tokens_in, outcome.tokens_out
                self._tell(RequestDone(one.source_id, one.request.strategy, cached, *tokens))
            take(one, outcome)


def _sum(total: int | None, more: int | None) -> int | None:
    return total if more is None else (total or 0) + more


def store_reply(cache: ReplyCache, teacher: Teacher, request: PairRequest, reply: Reply) -> None:
    """Put a reply on disk.

    Raises:
        StoreError: the cache cannot be written.
    """
    cache.put(teacher.name, teacher.fingerprint(request), json.dumps(asdict(reply)))


def cached_reply(cache: ReplyCache, teacher: Teacher, request: PairRequest) -> Reply | None:
    """Return the reply that is kept for `ask`, None where there is none that can be read.

    Raises:
        StoreError: the cache cannot be read.
    """
    payload = cache.get(teacher.name, teacher.fingerprint(request))
    if payload is None:
        return None
    try:
        kept = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    match kept:
        case {
            "text": str(text),
            "tokens_in": int() | None as tokens_in,
            "tokens_out": int() | None as tokens_out,
            "finish": "stop" | "length" | "refusal" as finish,
        } if isinstance(note := kept.get("note", ""), str):
            return Reply(text, tokens_in, tokens_out, finish, note)
    return None
