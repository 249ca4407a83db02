"""Synthesis run: ask, read, ask again where pairs are missing, judge, select."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

from dlm_lsp.document.document import Document
from dlm_lsp.errors import JudgeError, TeacherError
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.candidates import parse_candidates
from dlm_lsp.synth.events import (
    OnEvent,
    PairAccepted,
    PairRefused,
    RunFinished,
    RunStarted,
    SectionDone,
    SynthEvent,
)
from dlm_lsp.synth.judge import Judge
from dlm_lsp.synth.options import SynthOptions
from dlm_lsp.synth.planned_requests import PlannedRequest, ProseSource, plan_requests, prose_sources
from dlm_lsp.synth.report import Report, Skip
from dlm_lsp.synth.request_runner import RequestRunner
from dlm_lsp.synth.select import RequestOutcome, judge_verdict, select_pairs, with_margins
from dlm_lsp.teachers.protocol import PairRequest, Reply, Teacher


def _ignore(_: SynthEvent) -> None:
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
) -> Report:
    """Ask `teacher` about the prose of `document` and return what is accepted, and why not more.

    `sections` limits the run to these section ids. Setting `stop` cancels the requests in flight
    and returns the report of what is finished; cancelling the task from outside loses the report,
    but no reply: those are in `cache`. Neither teacher nor judge is closed.

    Raises:
        TeacherError, JudgeError: found before anything was asked. Later, a failed request is
            reported as its section's, and a failed judge ends the run as `Report.failure`.
        StoreError: the cache cannot be read or written.
        ValueError: the filter is `sway` and there is no judge.
    """
    if options.filter == "sway" and judge is None:
        raise ValueError("the filter sway needs a judge")
    run = _Run(document, teacher, judge, cache, options, sections=sections, on_event=on_event)
    try:
        async with anyio.create_task_group() as tasks:
            run.end = tasks.cancel_scope.cancel
            if stop is not None:
                tasks.start_soon(run.end_on, stop)
            await run.go()
            tasks.cancel_scope.cancel()
    except ExceptionGroup as group:
        raise _first(group) from None
    report = run.report()
    on_event(RunFinished(report))
    return report


def _first(group: ExceptionGroup[Exception]) -> Exception:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error


class _Run:
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
    ) -> None:
        self.end: Callable[[], None] = lambda: None
        self._document = document
        self._teacher = teacher
        self._judge = judge if options.filter == "sway" else None
        self._options = options
        self._examples = teacher.examples
        self._tell = on_event
        self._asking = RequestRunner(teacher, cache, options, on_event)
        self._sources = prose_sources(document, sections)
        self._asks: dict[str, list[PlannedRequest]] = {source.id: [] for source in self._sources}
        self._nothing = tuple(_nothing(self._sources, sections))
        self._outcomes: dict[int, RequestOutcome] = {}
        self._over_limit: set[int] = set()
        self._done = 0
        self._began = anyio.current_time()
        self._stopped = False
        self._failure: str | None = None

    async def end_on(self, stop: anyio.Event) -> None:
        """End the run once `stop` is set."""
        await stop.wait()
        self._stopped = True
        self.end()

    async def go(self) -> None:
        """Work through the sections, in waves where a number of pairs is enough."""
        if not self._sources:
            return
        if self._judge:
            await self._judge.prepare()
        await self._teacher.prepare()
        requests = await plan_requests(self._sources, self._teacher, self._options)
        for one in requests:
            self._asks[one.source_id].append(one)
        self._tell(RunStarted(len(self._sources), len(requests)))
        for wave in self._waves():
            await self._ask_and_judge(wave)

    def report(self) -> Report:
        """Return what the run came to, whether it went to its end or not."""
        return select_pairs(
            self._document,
            [*self._nothing, *self._outcomes.values(), *self._unasked()],
            self._options,
            usage=self._asking.usage(anyio.current_time() - self._began),
            failure=self._failure,
            stopped=self._stopped,
        )

    def _waves(self) -> Iterator[Sequence[ProseSource]]:
        """Yield the sections to ask at once: all, or as few as can give the pairs that are wanted.

        Each wave is twice the one before, so that a document that gives little is not asked one
        section at a time. Nothing here depends on which reply comes first.
        """
        most = self._options.max_pairs
        if most is None:
            yield self._sources
            return
        at = size = 0
        while at < len(self._sources) and len(self.report().accepted) < most:
            size = 2 * size or math.ceil(most / self._options.per_section)
            yield self._sources[at : at + size]
            at += size

    async def _ask_and_judge(self, wave: Sequence[ProseSource]) -> None:
        left = Counter({source.id: len(self._asks[source.id]) for source in wave})
        finished, to_judge = anyio.create_memory_object_stream[str](math.inf)

        def close(one: PlannedRequest) -> None:
            left[one.source_id] -= 1
            if not left[one.source_id]:
                finished.send_nowait(one.source_id)

        # The judge reads while the teacher writes, so that every reply is kept the moment it comes.
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._judge_each, to_judge)
            with finished:
                await self._ask([one for source in wave for one in self._asks[source.id]], close)

    async def _ask(
        self, requests: Sequence[PlannedRequest], close: Callable[[PlannedRequest], None]
    ) -> None:
        """Ask each once, then once more where pairs are missing; `close` those that are final.

        Repairs wait for all first replies, so that a limit on requests cuts off the same ones
        whatever finishes first.
        """
        first: dict[int, Reply] = {}
        repairs: dict[int, PlannedRequest] = {}

        def take(one: PlannedRequest, reply: Reply | TeacherError) -> None:
            if isinstance(reply, TeacherError):
                self._outcomes[one.index] = RequestOutcome(
                    one.index, skipped=(_failed(one, reply),)
                )
                close(one)
                return
            found = parse_candidates(one, (reply,), self._options.filter, self._examples)
            self._outcomes[one.index] = RequestOutcome(one.index, found)
            if found.repair and self._differ(found.repair, one.request):
                first[one.index] = reply
                repairs[one.index] = replace(one, request=found.repair)
            else:
                close(one)

        def take_repair(repair: PlannedRequest, reply: Reply | TeacherError) -> None:
            before = self._outcomes[repair.index]
            if isinstance(reply, TeacherError):
                failed = _failed(repair, reply)
                self._outcomes[repair.index] = replace(before, skipped=(failed,))
            else:
                one = replace(repair, request=originals[repair.index])
                replies = first[one.index], reply
                found = parse_candidates(one, replies, self._options.filter, self._examples)
                self._outcomes[one.index] = RequestOutcome(one.index, found)
            close(repair)

        originals = {one.index: one.request for one in requests}
        for one in await self._asking.replies(requests, take):
            self._over_limit.add(one.index)
            close(one)
        in_order = [repairs[index] for index in sorted(repairs)]
        for repair in await self._asking.replies(in_order, take_repair):
            before = self._outcomes[repair.index]
            why = f"{self._limit()}, so that what is missing was not asked for once more"
            skip = Skip(repair.source_id, repair.request.strategy, "not_asked", why)
            self._outcomes[repair.index] = replace(before, skipped=(skip,))
            close(repair)

    async def _judge_each(self, to_judge: MemoryObjectReceiveStream[str]) -> None:
        with to_judge:
            async for source_id in to_judge:
                if self._judge:
                    try:
                        await self._add_margins(self._judge, source_id)
                    except JudgeError as error:
                        self._failure = str(error)
                        self.end()
                        return
                self._tell_section(source_id)

    async def _add_margins(self, judge: Judge, source_id: str) -> None:
        # Asks about one passage follow each other, and the judge reads a passage once.
        by_prose: dict[str, list[RequestOutcome]] = {}
        for one in self._asks[source_id]:
            outcome = self._outcomes.get(one.index)
            if outcome and outcome.parsed.candidates:
                by_prose.setdefault(one.request.prose, []).append(outcome)
        for prose, outcomes in by_prose.items():
            pairs = [candidate.pair for one in outcomes for candidate in one.parsed.candidates]
            margins = iter(await judge.margins(prose, [(p.question, p.answer) for p in pairs]))
            for outcome in outcomes:
                judged = with_margins(outcome.parsed, margins)
                self._outcomes[outcome.index] = replace(outcome, parsed=judged)

    def _tell_section(self, source_id: str) -> None:
        for one in self._asks[source_id]:
            outcome = self._outcomes.get(one.index)
            if outcome is None:
                continue
            for refusal in outcome.parsed.refused:
                self._tell(PairRefused(refusal))
            for candidate in outcome.parsed.candidates:
                out = judge_verdict(candidate, self._options.least_margin) if self._judge else None
                self._tell(PairRefused(out) if out else PairAccepted(candidate))
        self._done += 1
        self._tell(SectionDone(source_id, self._done, len(self._sources)))

    def _unasked(self) -> Iterator[RequestOutcome]:
        options = self._options
        if self._failure:
            why = "the judge failed"
        elif self._stopped:
            why = "the run was stopped"
        else:
            why = f"--max-pairs is {options.max_pairs}"
        for at, source in enumerate(self._sources):
            requests = self._asks[source.id]
            if not requests:
                yield RequestOutcome(at, skipped=(Skip(source.id, None, "not_asked", why),))
            told = set()
            for one in requests:
                strategy = one.request.strategy
                if one.index in self._outcomes or strategy in told:
                    continue
                told.add(strategy)
                limited = one.index in self._over_limit
                reason = self._limit() if limited else why
                skip = Skip(source.id, strategy, "not_asked", reason)
                yield RequestOutcome(one.index, skipped=(skip,))

    def _differ(self, repair: PairRequest, request: PairRequest) -> bool:
        """Tell whether a repair says anything to the teacher that the ask did not.

        A base model reads no complaint.
        """
        return self._teacher.fingerprint(repair) != self._teacher.fingerprint(request)

    def _limit(self) -> str:
        return f"--max-requests is {self._options.max_requests}"


def _failed(one: PlannedRequest, error: TeacherError) -> Skip:
    return Skip(one.source_id, one.request.strategy, "request_failed", str(error))


def _nothing(
    found: Sequence[ProseSource], sections: Sequence[str] | None
) -> Iterator[RequestOutcome]:
    """Yield what was to be asked about and holds no prose."""
    if sections is None and not found:
        skip = Skip("(document)", None, "no_prose", "the document has no prose to ask about")
        yield RequestOutcome(-1, skipped=(skip,))
    known = {source.id for source in found}
    for section_id in dict.fromkeys(sections or ()):
        if section_id not in known:
            skip = Skip(section_id, None, "no_prose", "no prose section has this id")
            yield RequestOutcome(-1, skipped=(skip,))
