"""Request rounds: each request is asked once, and once more where pairs are missing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

import anyio

from dlm_lsp.errors import DeferredError, TeacherError, TooLongError
from dlm_lsp.synth.candidates import ParsedCandidates, parse_candidates
from dlm_lsp.synth.off_loop import run_off_loop
from dlm_lsp.synth.planned_requests import PlannedRequest, split_request
from dlm_lsp.synth.report import Skip
from dlm_lsp.synth.request_runner import RequestRunner
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.select import RequestOutcome
from dlm_lsp.teachers.protocol import PairRequest, Reply, Teacher

OnFinal = Callable[[PlannedRequest], None]
OnSplit = Callable[[PlannedRequest, Sequence[PlannedRequest]], None]


@dataclass(frozen=True, slots=True)
class _FollowUp:
    """A request, the reply in which pairs are missing, and what is asked for these."""

    original: PlannedRequest
    first_reply: Reply
    planned_request: PlannedRequest


class RequestRounds:
    """What came of the requests of one run so far.

    `outcomes` has what came of each request, by its index; `unasked` why one was not made. The
    pairs whose ids are in `rejected` are refused.
    """

    def __init__(
        self,
        teacher: Teacher,
        runner: RequestRunner[PairRequest],
        options: SynthOptions,
        rejected: Collection[str] = (),
    ) -> None:
        self.outcomes: dict[float, RequestOutcome] = {}
        self.unasked: dict[float, str] = {}
        self._teacher = teacher
        own = options.guidance.example_pairs if options.guidance else ()
        self._examples = (*teacher.examples, *own)
        self._runner = runner
        self._options = options
        self._rejected = rejected
        self._follow_ups: dict[float, _FollowUp] = {}
        self._too_long: list[tuple[PlannedRequest, TooLongError]] = []

    async def ask(
        self, requests: Sequence[PlannedRequest], on_final: OnFinal, on_split: OnSplit
    ) -> None:
        """Ask each once, then once more where pairs are missing; tell of those that are final.

        What is too long for the teacher is asked about in parts, which take its place. Second
        requests wait for all first replies, so that a limit on requests cuts off the same ones
        whatever finishes first.

        Raises:
            StoreError: the cache cannot be read or written.
        """
        asked: list[PlannedRequest] = []
        while requests:
            await self._ask_once(requests, on_final)
            asked += requests
            # Each part is half as long at most, so that this ends.
            requests = self._split_too_long(on_final, on_split)
        asked.sort(key=lambda planned_request: planned_request.index)
        follow_ups = [self._follow_ups.get(planned_request.index) for planned_request in asked]
        await self._ask_follow_ups([follow_up for follow_up in follow_ups if follow_up], on_final)

    @property
    def deferred(self) -> frozenset[str]:
        """The ids of the sections of which replies are still to come."""
        skips = (skip for outcome in self.outcomes.values() for skip in outcome.skipped)
        return frozenset(skip.source_id for skip in skips if skip.reason == "deferred")

    async def _ask_once(self, requests: Sequence[PlannedRequest], on_final: OnFinal) -> None:
        unasked = await self._runner.run(requests, partial(self._take_reply, on_final))
        for left in unasked:
            self.unasked[left.planned.index] = left.reason
            on_final(left.planned)

    def _split_too_long(self, on_final: OnFinal, on_split: OnSplit) -> list[PlannedRequest]:
        """Return the parts of what was too long; what cannot be cut any further has failed."""
        split: list[PlannedRequest] = []
        # In their order, whichever was refused first.
        for whole, error in sorted(self._too_long, key=lambda refused: refused[0].index):
            # By the refusal alone, so that the parts are the same whatever was asked before.
            known = [fit for fit in (self._teacher.window, error.fits) if fit is not None]
            if parts := split_request(whole, min(known, default=None)):
                on_split(whole, parts)
                split += parts
            else:
                self._fail(whole, error)
                on_final(whole)
        self._too_long.clear()
        return split

    def _fail(self, planned_request: PlannedRequest, error: TeacherError) -> None:
        self._runner.tell_failure(planned_request, error)
        skip = _failure(planned_request, error)
        self.outcomes[planned_request.index] = RequestOutcome(
            planned_request.index, skipped=(skip,)
        )

    async def _ask_follow_ups(self, follow_ups: Sequence[_FollowUp], on_final: OnFinal) -> None:
        requests = [follow_up.planned_request for follow_up in follow_ups]
        unasked = await self._runner.run(requests, partial(self._take_follow_up, on_final))
        for left in unasked:
            detail = f"{left.reason}, so that what is missing was not asked for once more"
            self._add_skip(left.planned.index, _skip(left.planned, "not_asked", detail))
            on_final(left.planned)

    async def _take_reply(
        self, on_final: OnFinal, planned_request: PlannedRequest, reply: Reply | TeacherError
    ) -> None:
        index = planned_request.index
        if isinstance(reply, TooLongError):
            self._too_long.append((planned_request, reply))
            return
        if isinstance(reply, TeacherError):
            self._fail(planned_request, reply)
            on_final(planned_request)
            return
        parsed = await self._parse(planned_request, (reply,))
        self.outcomes[index] = RequestOutcome(index, parsed)
        if parsed.follow_up and self._differ(parsed.follow_up, planned_request.request):
            follow_up = replace(planned_request, request=parsed.follow_up)
            self._follow_ups[index] = _FollowUp(planned_request, reply, follow_up)
        else:
            on_final(planned_request)

    async def _take_follow_up(
        self, on_final: OnFinal, planned_request: PlannedRequest, reply: Reply | TeacherError
    ) -> None:
        index = planned_request.index
        if isinstance(reply, TeacherError):
            self._runner.tell_failure(planned_request, reply)
            self._add_skip(index, _failure(planned_request, reply))
        else:
            follow_up = self._follow_ups[index]
            parsed = await self._parse(follow_up.original, (follow_up.first_reply, reply))
            self.outcomes[index] = RequestOutcome(index, parsed)
        on_final(planned_request)

    def _add_skip(self, index: float, skip: Skip) -> None:
        self.outcomes[index] = replace(self.outcomes[index], skipped=(skip,))

    async def _parse(
        self, planned_request: PlannedRequest, replies: Sequence[Reply]
    ) -> ParsedCandidates:
        # Somebody may be typing. It was paid for, so it counts, whoever ends the run meanwhile.
        size = len(planned_request.request.prose) + sum(len(reply.text) for reply in replies)
        with anyio.CancelScope(shield=True):
            parsed = await run_off_loop(
                parse_candidates,
                planned_request,
                replies,
                self._options.filter,
                self._examples,
                self._rejected,
                size=size,
            )
        return parsed  # noqa: RET504 (mypy takes it that a scope may swallow the return)

    def _differ(self, follow_up: PairRequest, request: PairRequest) -> bool:
        """Tell whether a second request says anything to the teacher that the request did not.

        A base model reads what is there, not what is missing.
        """
        return self._teacher.fingerprint(follow_up) != self._teacher.fingerprint(request)


def _failure(planned_request: PlannedRequest, error: TeacherError) -> Skip:
    reason = "deferred" if isinstance(error, DeferredError) else "request_failed"
    return _skip(planned_request, reason, str(error))


def _skip(planned_request: PlannedRequest, reason: str, detail: str) -> Skip:
    return Skip(planned_request.source_id, planned_request.request.strategy, reason, detail)
