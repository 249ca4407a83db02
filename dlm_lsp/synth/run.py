"""Synthesis run: ask, read, ask again where pairs are missing, judge, select."""

import math
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from dlm_lsp.document.document import Document
from dlm_lsp.errors import JudgeError, ModelError, TeacherError
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.answer_through import AnswerThrough, directly
from dlm_lsp.synth.corpus import CorpusPlace
from dlm_lsp.synth.cost import UNKNOWN_PRICES, Budget, CostMeter, RunPrices, budget_of
from dlm_lsp.synth.events import (
    OnEvent,
    PairAccepted,
    PairRefused,
    PairVerified,
    RunFinished,
    RunStarted,
    SectionDone,
    SynthEvent,
    TeacherNotice,
)
from dlm_lsp.synth.judge import Judge
from dlm_lsp.synth.judge_calibration import judge_threshold
from dlm_lsp.synth.model_loading import RunLoading, uses_local_model
from dlm_lsp.synth.notices import Notices
from dlm_lsp.synth.off_loop import check_cancelled, run_off_loop
from dlm_lsp.synth.planned_requests import (
    PlannedRequest,
    ProseSource,
    plan_requests,
    prose_sources,
    without_link_lists,
)
from dlm_lsp.synth.reply_intake import ReplyRoom
from dlm_lsp.synth.report import WHOLE_DOCUMENT, Candidate, Report, Skip, Verdict
from dlm_lsp.synth.request_rounds import RequestRounds
from dlm_lsp.synth.request_runner import RequestRunner, first_error
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.select import (
    RequestOutcome,
    judge_verdict,
    passed_pairs,
    select_pairs,
    verifier_refusal,
    with_margins,
    with_verdicts,
)
from dlm_lsp.synth.verification import Unverified, Verification
from dlm_lsp.teachers.money import Money
from dlm_lsp.teachers.protocol import CheckRequest, PairRequest, Teacher, VerdictRequest, Verifier


def _ignore(event: SynthEvent) -> None:
    return


async def run_synthesis(
    document: Document,
    teacher: Teacher,
    judge: Judge | None,
    cache: ReplyCache,
    options: SynthOptions,
    *,
    sections: Sequence[str] | None = None,
    on_event: OnEvent = _ignore,
    stop: anyio.Event | None = None,
    verifier: Verifier | None = None,
    prices: RunPrices = UNKNOWN_PRICES,
    budget: Budget | None = None,
    through: AnswerThrough = directly,
    notices: Notices | None = None,
    room: ReplyRoom | None = None,
    corpus: CorpusPlace | None = None,
    rejected: Collection[str] = (),
) -> Report:
    """Ask `teacher` about the prose of `document` and return what is accepted, and why not more.

    `sections` limits the run to these section ids. Setting `stop` cancels the requests in flight
    and returns the report of what is finished; cancelling the task from outside loses the report,
    but no reply: those are in `cache`. `verifier` is prepared, and is asked about what the judge
    lets pass; without one nothing is verified. None of the three is closed. By `prices` the run is
    counted against `budget`, which is that of its options where it is the only one. `through` is
    the way on which teacher and verifier are asked; `notices` is where they are heard already, if
    anybody hears them; `room` is for the replies of all documents of a run. No pair is accepted
    that is in another document of `corpus`, or whose id is in `rejected`.

    Raises:
        TeacherError, JudgeError: found before anything was asked. Later, a failed request is
            reported as its section's, and a failed judge ends the run as `Report.failure`.
        StoreError: the cache cannot be read or written.
        ValueError: the filter is `sway` and there is no judge.
    """
    if options.filter == "sway" and judge is None:
        raise ValueError("the filter sway needs a judge")
    run = _SynthesisRun(
        document,
        teacher,
        judge,
        cache,
        options,
        sections=sections,
        on_event=on_event,
        verifier=verifier,
        prices=prices,
        budget=budget or budget_of(options),
        through=through,
        corpus=corpus,
        room=room or ReplyRoom(),
        rejected=rejected,
    )
    if notices is None:
        notices = Notices()
        notices.hear(teacher)
        notices.hear(verifier)
    with notices.listening(run.take_notice):
        try:
            async with anyio.create_task_group() as tasks:
                run.tasks = tasks
                if stop is not None:
                    tasks.start_soon(run.end_on, stop)
                await run.ask_all()
                tasks.cancel_scope.cancel()
        except ExceptionGroup as group:
            raise first_error(group) from None
        finally:
            run.share.let_go()
    report = await run.report()
    if corpus:
        corpus.close(candidate.pair for candidate in report.accepted)
    on_event(RunFinished(report))
    return report


class _OpenSections:
    """Counts the replies that each section waits for, and passes on the id of each that has all."""

    def __init__(
        self, requests: Iterable[PlannedRequest], finished: MemoryObjectSendStream[str]
    ) -> None:
        self._pending = Counter(planned_request.source_id for planned_request in requests)
        self._finished = finished

    def split(self, whole: PlannedRequest, parts: Sequence[PlannedRequest]) -> None:
        """Count the parts of a request in its place."""
        self._pending[whole.source_id] += len(parts) - 1

    def close(self, planned_request: PlannedRequest) -> None:
        """Count off a request of which no more will come."""
        source_id = planned_request.source_id
        self._pending[source_id] -= 1
        if not self._pending[source_id]:
            # A judge that has failed waits for none, though what was paid for still comes.
            with suppress(anyio.BrokenResourceError):
                self._finished.send_nowait(source_id)


class _SynthesisRun:
    """The state of one run; all of its tasks live in one thread, so plain fields do."""

    def __init__(
        self,
        document: Document,
        teacher: Teacher,
        judge: Judge | None,
        cache: ReplyCache,
        options: SynthOptions,
        *,
        sections: Sequence[str] | None,
        on_event: OnEvent,
        verifier: Verifier | None,
        prices: RunPrices,
        budget: Budget,
        through: AnswerThrough,
        corpus: CorpusPlace | None,
        room: ReplyRoom,
        rejected: Collection[str],
    ) -> None:
        self.tasks: TaskGroup | None = None
        self._document = document
        self._teacher = teacher
        self._judge = judge if options.filter == "sway" else None
        self._calibration = judge.calibration if judge else None
        self._options = options
        self._on_event = on_event
        self._currency = prices.currency
        self.share = budget.share()
        self._corpus = corpus
        most = options.sampling.max_new_tokens
        self._meter = CostMeter(prices.teacher, self.share, most)
        self._checking_meter: CostMeter | None = None
        self._is_direct = through is directly
        self._loading = RunLoading((teacher, self._judge, verifier), on_event)
        self._runner = RequestRunner(
            through(teacher),
            cache,
            options,
            on_event,
            meter=self._meter,
            room=room,
            before_asking=self._load_teacher,
        )
        self._verification: Verification | None = None
        if self._judge and verifier:
            self._checking_meter = CostMeter(prices.verifier, self.share, most)
            runner = RequestRunner[CheckRequest](
                through(verifier),
                cache,
                options,
                on_event,
                spending=self._runner.spending,
                meter=self._checking_meter,
                room=room,
                before_asking=partial(self._try_to_load, verifier),
            )
            self._verification = Verification(verifier, runner, cache, options)
        self._rounds = RequestRounds(teacher, self._runner, options, rejected)
        found = prose_sources(document, sections)
        self._sources = without_link_lists(found)
        self._requests: dict[str, list[PlannedRequest]] = {
            source.id: [] for source in self._sources
        }
        self._without_prose = tuple(_without_prose(found, sections))
        self._sections_done = 0
        self._began = anyio.current_time()
        self._stopped = False
        self._failure: str | None = None
        self._notices: dict[str, None] = {}

    def take_notice(self, message: str) -> None:
        """Pass on what the server of a teacher or a verifier did on the way."""
        self._notices[message] = None
        self._on_event(TeacherNotice(message))

    async def end_on(self, stop: anyio.Event) -> None:
        """End the run once `stop` is set."""
        await stop.wait()
        self._stopped = True
        self._end()

    def _end(self) -> None:
        if self.tasks:
            self.tasks.cancel_scope.cancel()

    async def ask_all(self) -> None:
        """Work through the sections, in waves where a number of pairs is enough."""
        if not self._sources:
            return
        if self._judge:
            await self._judge.prepare()
        await self._teacher.prepare()
        plan = await plan_requests(self._sources, self._teacher, self._options)
        for planned_request in plan.requests:
            self._requests[planned_request.source_id].append(planned_request)
        await self.share.admit(self._most_cost([planned.request for planned in plan.requests]))
        self._on_event(RunStarted(len(self._sources), len(plan.requests)))
        async for wave in self._waves():
            await self._ask_and_judge(
                [
                    planned_request
                    for source in wave
                    for planned_request in self._requests[source.id]
                ]
            )
            if self._verification:
                await self._verify(self._verification)

    async def _load_teacher(self) -> None:
        """Load the model of the teacher; while a server writes, that of the judge is loaded.

        Raises:
            TeacherError: it cannot be loaded.
        """
        if self.tasks and self._is_direct and not uses_local_model(self._teacher):
            self.tasks.start_soon(self._try_to_load, self._judge)
        try:
            await self._loading.load(self._teacher)
        except ModelError as error:
            raise TeacherError(str(error)) from error

    async def _try_to_load(self, who: object) -> None:
        """Load a model beforehand; where that fails, it will be told when it is asked."""
        with suppress(ModelError):
            await self._loading.load(who)

    def _most_cost(self, requests: Sequence[PairRequest]) -> int:
        """Return what a run with these first requests may cost, in millionths."""
        most = self._meter.most_for(requests)
        if self._checking_meter:
            verdicts = [
                VerdictRequest(request.prose, (("", ""),))
                for request in requests
                for _ in range(request.count + request.spare)
            ]
            most += self._checking_meter.most_for(verdicts)
        return most

    async def report(self) -> Report:
        """Return what the run came to, whether it went to its end or not."""
        if self._corpus:
            await self._corpus.turn()
        select = partial(
            select_pairs,
            self._document,
            [*self._without_prose, *self._rounds.outcomes.values(), *self._unasked()],
            self._options,
            usage=replace(self._runner.usage(anyio.current_time() - self._began), cost=self._cost),
            calibration=self._calibration,
            verifying=self._verification is not None,
            failure=self._failure or self._why_nobody_was_asked,
            corpus=self._corpus,
            stopped=self._stopped,
            notices=tuple(self._notices),
            check_cancelled=check_cancelled,
        )
        # New pairs are held against all of a document, and somebody may be typing.
        return await run_off_loop(select, size=len(self._document.text))

    @property
    def _why_nobody_was_asked(self) -> str | None:
        """What has ended the asking for others before this document had its turn."""
        spent = self._runner.spending
        return None if spent.requests or spent.from_cache else self._runner.ended_by

    @property
    def _cost(self) -> Money | None:
        if self._currency is None:
            return None
        return Money(self.share.spent, self._currency)

    async def _waves(self) -> AsyncIterator[Sequence[ProseSource]]:
        """Yield the sections to ask at once: all, or as few as can give the pairs that are wanted.

        Each wave is twice the one before, so that a document that gives little is not asked one
        section at a time. Nothing here depends on which reply comes first. Replies that are
        still to come may be enough.
        """
        most = self._options.max_pairs
        if most is None:
            yield self._sources
            return
        at = size = 0
        while at < len(self._sources) and await self._pair_count() < most:
            size = 2 * size or math.ceil(most / self._options.per_section)
            yield self._sources[at : at + size]
            at += size
            if self._rounds.deferred:
                return

    async def _pair_count(self) -> int:
        report = await self.report()
        return len(report.accepted) + report.already_present

    async def _ask_and_judge(self, requests: Sequence[PlannedRequest]) -> None:
        finished, to_judge = anyio.create_memory_object_stream[str](math.inf)
        # The judge reads while the teacher writes, so that every reply is kept the moment it comes.
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._judge_each, to_judge)
            with finished:
                sections = _OpenSections(requests, finished)

                def split(whole: PlannedRequest, parts: Sequence[PlannedRequest]) -> None:
                    self._replace(whole, parts)
                    sections.split(whole, parts)

                await self._rounds.ask(requests, sections.close, split)

    def _replace(self, whole: PlannedRequest, parts: Sequence[PlannedRequest]) -> None:
        requests = self._requests[whole.source_id]
        at = requests.index(whole)
        requests[at : at + 1] = parts

    async def _judge_each(self, to_judge: MemoryObjectReceiveStream[str]) -> None:
        with to_judge:
            async for source_id in to_judge:
                if self._judge:
                    try:
                        await self._add_margins(self._judge, source_id)
                    except JudgeError as error:
                        self._failure = str(error)
                        self._end()
                        return
                self._report_section(source_id)

    async def _add_margins(self, judge: Judge, source_id: str) -> None:
        # Pairs about one passage follow each other, and the judge reads a passage once.
        by_prose: dict[str, list[RequestOutcome]] = {}
        for planned_request in self._requests[source_id]:
            outcome = self._rounds.outcomes.get(planned_request.index)
            if outcome and outcome.parsed.candidates:
                by_prose.setdefault(planned_request.request.prose, []).append(outcome)
        for prose, outcomes in by_prose.items():
            pairs = [
                (candidate.pair.question, candidate.pair.answer)
                for outcome in outcomes
                for candidate in outcome.parsed.candidates
            ]
            await self._try_to_load(judge)
            margins = iter(await judge.margins(prose, pairs))
            for outcome in outcomes:
                judged = with_margins(outcome.parsed, margins)
                self._rounds.outcomes[outcome.index] = replace(outcome, parsed=judged)

    async def _verify(self, verification: Verification) -> None:
        """Ask about each pair that has passed everything else and was not asked about yet."""
        outcomes = list(self._rounds.outcomes.values())
        select = partial(
            passed_pairs,
            self._document,
            outcomes,
            self._options,
            self._calibration,
            check_cancelled=check_cancelled,
        )
        passed = await run_off_loop(select, size=len(self._document.text))
        prose_of = {
            planned_request.index: planned_request.request.prose
            for requests in self._requests.values()
            for planned_request in requests
        }
        # Pairs about one passage are asked about together, so all of them have to be there.
        deferred = self._rounds.deferred
        candidate_of = {
            Unverified(at, candidate.source_id, prose_of[at], candidate.pair): candidate
            for at, candidate in passed.candidates
            if candidate.verdict is None and candidate.source_id not in deferred
        }
        done = 0

        def take(unverified: Unverified, verdict: Verdict) -> None:
            nonlocal done
            done += 1
            outcome = self._rounds.outcomes[unverified.at]
            parsed = with_verdicts(outcome.parsed, {unverified.pair: verdict})
            self._rounds.outcomes[unverified.at] = replace(outcome, parsed=parsed)
            verified = replace(candidate_of[unverified], verdict=verdict)
            refusal = verifier_refusal(verified)
            self._on_event(PairRefused(refusal) if refusal else PairAccepted(verified))
            self._on_event(PairVerified(done, len(candidate_of)))

        await verification.verify(list(candidate_of), take)

    def _report_section(self, source_id: str) -> None:
        for planned_request in self._requests[source_id]:
            outcome = self._rounds.outcomes.get(planned_request.index)
            if outcome is None:
                continue
            for refusal in outcome.parsed.refused:
                self._on_event(PairRefused(refusal))
            for candidate in outcome.parsed.candidates:
                self._report_candidate(candidate)
        self._sections_done += 1
        self._on_event(SectionDone(source_id, self._sections_done, len(self._sources)))

    def _report_candidate(self, candidate: Candidate) -> None:
        threshold = judge_threshold(self._options.threshold, self._calibration)
        refusal = judge_verdict(candidate, threshold) if self._judge else None
        if refusal:
            self._on_event(PairRefused(refusal))
        elif not self._verification:
            self._on_event(PairAccepted(candidate))

    def _unasked(self) -> Iterator[RequestOutcome]:
        """Yield what was not asked, once for each section and strategy, with the reason."""
        reason = self._end_reason()
        for at, source in enumerate(self._sources):
            requests = self._requests[source.id]
            if not requests:
                yield RequestOutcome(at, skipped=(Skip(source.id, None, "not_asked", reason),))
            strategies: set[Strategy] = set()
            for planned_request in requests:
                index, strategy = planned_request.index, planned_request.request.strategy
                if index in self._rounds.outcomes or strategy in strategies:
                    continue
                strategies.add(strategy)
                detail = self._rounds.unasked.get(index, reason)
                skip = Skip(source.id, strategy, "not_asked", detail)
                yield RequestOutcome(index, skipped=(skip,))

    def _end_reason(self) -> str:
        if self._failure:
            return "the judge failed"
        if self._stopped:
            return "the run was stopped"
        return f"max_pairs is {self._options.max_pairs}"


def _without_prose(
    sources: Sequence[ProseSource], sections: Sequence[str] | None
) -> Iterator[RequestOutcome]:
    """Yield what was to be asked about and holds no prose."""
    if sections is None and not sources:
        skip = Skip(WHOLE_DOCUMENT, None, "no_prose", "the document has no prose to ask about")
        yield RequestOutcome(-1, skipped=(skip,))
    known = {source.id for source in sources}
    for section_id in dict.fromkeys(sections or ()):
        if section_id not in known:
            skip = Skip(section_id, None, "no_prose", "no prose section has this id")
            yield RequestOutcome(-1, skipped=(skip,))
