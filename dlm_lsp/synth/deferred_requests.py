"""Deferred requests: what a run would ask now is kept for a batch, but for the first of its kind.

A batch cannot step down from what a model does not take, so one request is asked at once: what is
learned from its answer gives the others their shape.
"""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from dlm_lsp.errors import DeferredError, TeacherError, TooLongError
from dlm_lsp.store.replies import reply_key
from dlm_lsp.teachers.api import ApiTeacher
from dlm_lsp.teachers.protocol import Reply, Request, TeacherResult
from dlm_lsp.teachers.request_fallback import RequestShape

_MOST_FAILURES = 3
"""How many requests may fail at once before it is the teacher that fails."""


@dataclass(slots=True)
class LearnedShape:
    """What a teacher takes, as learned from requests of these kinds."""

    shape: RequestShape = field(default_factory=RequestShape)
    kinds: set[type[Request]] = field(default_factory=set)


class DeferringReplier:
    """Stands between a run and a prepared teacher, and sends next to nothing on.

    `deferred` are the requests for a batch, by the keys of their replies; `under_way` counts those
    that are in one already, by the keys `in_flight`; `asked` those that were asked at once.
    `failure` is why the teacher answers nothing, where it does not.
    """

    def __init__(
        self, teacher: ApiTeacher, in_flight: Collection[bytes], learned: LearnedShape
    ) -> None:
        self.name = teacher.name
        self.deferred: dict[bytes, Request] = {}
        self.under_way = 0
        self.asked = 0
        self.failure: TeacherError | None = None
        self._teacher = teacher
        self._in_flight = frozenset(in_flight)
        self._learned = learned
        self._failures = 0
        if learned.kinds:
            teacher.shape = learned.shape

    def tell_to(self, on_notice: Callable[[str], None]) -> None:
        """Tell what the teacher's server does on the way."""
        self._teacher.tell_to(on_notice)

    def fingerprint(self, request: Request) -> str:
        """Return that of the teacher."""
        return self._teacher.fingerprint(request)

    async def answer(self, requests: Sequence[Request]) -> AsyncGenerator[TeacherResult, None]:
        """Defer each request, or answer it where nothing is known yet of what the teacher takes.

        Raises:
            TeacherError: the teacher answers nothing.
        """
        for index, request in enumerate(requests):
            yield TeacherResult(index, await self._outcome(request))

    async def _outcome(self, request: Request) -> Reply | TeacherError:
        key = reply_key(self.name, self.fingerprint(request))
        if key in self._in_flight:
            self.under_way += 1
            return DeferredError("its reply is under way in a batch")
        if type(request) not in self._learned.kinds:
            return await self._ask(request)
        if too_long := self._teacher.too_long(request):
            return too_long
        self.deferred[key] = request
        return DeferredError("it goes into a batch")

    async def _ask(self, request: Request) -> Reply | TeacherError:
        outcome: Reply | TeacherError = TeacherError(f"{self.name} gave no reply; try again")
        self.asked += 1
        try:
            async with aclosing(self._teacher.answer([request])) as results:
                async for result in results:
                    outcome = result.outcome
        except TeacherError as error:
            self.failure = error
            raise
        if isinstance(outcome, Reply):
            self._learned.shape = self._teacher.shape
            self._learned.kinds.add(type(request))
            self._failures = 0
            return outcome
        if isinstance(outcome, TooLongError):
            return outcome
        self._failures += 1
        if self._failures == _MOST_FAILURES:
            self.failure = outcome
            raise outcome
        return outcome
