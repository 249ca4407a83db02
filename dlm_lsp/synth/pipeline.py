"""Synthesis pipeline: a run from its request to what is kept, for the shell and for editors."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio

from dlm_lsp.document import Document
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import TeacherError
from dlm_lsp.store.adapters import current_adapter, first_adapter
from dlm_lsp.store.batches import BatchRecords
from dlm_lsp.store.decisions import rejected_ids
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.store.plan import StagedSection
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.answer_through import AnswerThrough, directly
from dlm_lsp.synth.choose_verifier import ChosenVerifier, is_large, verifier_selector
from dlm_lsp.synth.corpus import CorpusPlace
from dlm_lsp.synth.cost import Budget, RunPrices, check_max_cost, find_prices
from dlm_lsp.synth.estimate import Estimate, estimate_run
from dlm_lsp.synth.events import OnEvent
from dlm_lsp.synth.insertion import ledger_entries, staged_sections
from dlm_lsp.synth.judge import Judge
from dlm_lsp.synth.judge_calibration import describe_judge, judge_threshold
from dlm_lsp.synth.notices import Notices
from dlm_lsp.synth.options import plain_verify
from dlm_lsp.synth.reply_intake import ReplyRoom
from dlm_lsp.synth.report import Report
from dlm_lsp.synth.run import run_synthesis
from dlm_lsp.synth.run_models import RunModels
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.strategy_shares import teacher_notes
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.protocol import Teacher, Verifier
from dlm_lsp.teachers.registry import check_selector, select


@dataclass(frozen=True, slots=True)
class SynthResult:
    """What a run came to: who wrote, judged and verified, the estimate before, the report after.

    `judged_by` is who judged, from which margin on pairs passed, and what the judge is worth.
    `at` is when it ended, ISO-8601 in UTC; `sections` is what was accepted, ready to be placed;
    `notes` are what was told of the teacher before, a line each.
    `why_unverified` is why nobody verified although that was not switched off.
    """

    teacher: str
    judge: str | None
    estimate: Estimate
    report: Report
    sections: tuple[StagedSection, ...]
    at: str
    notes: tuple[str, ...] = ()
    judged_by: str = ""
    verifier: str | None = None
    why_unverified: str = ""

    @property
    def entries(self) -> tuple[LedgerEntry, ...]:
        """What the ledger keeps of the run."""
        run_id = f"{self.at} {self.teacher}"
        return ledger_entries(self.report.accepted, self.teacher, self.judge, self.at, run_id)


@dataclass(frozen=True, slots=True)
class SynthSession:
    """Teacher, judge and verifier that are ready, and what a run with them will ask.

    `warnings` are what the user should know of the teacher before, a line each; `asked_by` names
    the profiles that had a say, if any had.
    """

    document: Document
    teacher: Teacher
    estimate: Estimate
    warnings: tuple[str, ...]
    asked_by: str
    verification: ChosenVerifier
    prices: RunPrices
    _judge: Judge | None
    _notices: Notices
    _room: ReplyRoom
    _cache: ReplyCache
    _options: SynthOptions
    _sections: Sequence[str] | None
    _rejected: frozenset[str]

    async def run(
        self,
        on_event: OnEvent,
        stop: anyio.Event,
        budget: Budget | None = None,
        through: AnswerThrough = directly,
        corpus: CorpusPlace | None = None,
    ) -> SynthResult:
        """Ask and filter, until all is done or `stop` is set; `through` is the way of asking.

        `budget` and `corpus` are those of a run over several documents, in which this is one.

        Raises:
            TeacherError, JudgeError, StoreError: see `synthesize`.
        """
        report = await run_synthesis(
            self.document,
            self.teacher,
            self._judge,
            self._cache,
            self._options,
            sections=self._sections,
            on_event=on_event,
            stop=stop,
            verifier=self.verification.verifier,
            prices=self.prices,
            budget=budget,
            through=through,
            notices=self._notices,
            room=self._room,
            corpus=corpus,
            rejected=self._rejected,
        )
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        sections = staged_sections(self.document, report.accepted, self.teacher.name, at)
        judge = self._judge.name if self._judge else None
        verifier = self.verification.verifier
        return SynthResult(
            self.teacher.name,
            judge,
            self.estimate,
            report,
            sections,
            at,
            self.notes,
            self._judged_by,
            verifier.name if verifier else None,
            self.verification.why_not,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be told before anything is asked, a line each."""
        return (self.asked_by, *self.warnings) if self.asked_by else self.warnings

    @property
    def _judged_by(self) -> str:
        judge = self._judge
        if judge is None:
            return ""
        threshold = judge_threshold(self._options.threshold, judge.calibration)
        return describe_judge(judge.name, threshold, judge.calibration, judge.number_type)

    @property
    def remote_hosts(self) -> tuple[str, ...]:
        """The hosts that prose and pairs are sent to."""
        asked = (self.teacher, self.verification.verifier)
        hosts = [who.remote_host for who in asked if who and who.remote_host]
        return tuple(dict.fromkeys(hosts))


async def estimate_ahead(
    document: Document,
    frontmatter: Frontmatter,
    folder: Path,
    request: SynthRequest,
    sections: Sequence[str] | None = None,
    *,
    offline: bool = False,
) -> tuple[Estimate, tuple[str, ...]]:
    """Return about what a run will ask, and what is to be told of it, a line each.

    No text is sent, no model downloaded or loaded (a GGUF file is converted once), and no judge
    needed. A server is asked which model it has; not if `offline`. Where the teacher cannot be made
    ready the estimate is made without, and says why; of a model on this machine all is then taken
    to be asked anew.

    Raises:
        TeacherError, StoreError, OptionError: as `open_session`.
    """
    options = request.options
    selector = verifier_selector(options.verify) if options.filter == "sway" else None
    needs_adapter = any(
        check_selector(each)[0].needs_adapter for each in (request.teacher, selector) if each
    )
    adapter = current_adapter(folder, first_adapter(frontmatter)) if needs_adapter else None

    async def ready(name: str, **more: Any) -> Teacher:
        teacher = select(
            name,
            options.sampling,
            concurrency=options.concurrency,
            timeout=options.timeout,
            adapter=adapter,
            base_model=frontmatter.base_model,
            device=options.device,
            **more,
        )
        stack.push_async_callback(teacher.aclose)
        if not offline:
            try:
                await teacher.prepare()
            except TeacherError as error:
                unready[id(teacher)] = str(error)
        return teacher

    def is_ready(teacher: Teacher) -> bool:
        return not offline and id(teacher) not in unready

    unready: dict[int, str] = {}
    async with AsyncExitStack() as stack:
        teacher = await ready(
            request.teacher, options=options.teacher_options, window=options.window
        )
        is_local = check_selector(request.teacher)[0].is_local
        verifier: object = await ready(selector) if selector else None
        if selector is None and options.filter == "sway" and plain_verify(options.verify) == "auto":
            if not is_ready(teacher):
                verifier = None if is_local else teacher
            elif isinstance(teacher, Verifier) and is_large(teacher):
                verifier = teacher
        chosen = verifier if isinstance(verifier, Verifier) else None
        prices = find_prices(teacher, chosen)
        # Who is not ready may not have the name that has a price.
        if not (offline or unready):
            check_max_cost(options, prices)
        with ReplyCache(folder) as cache:
            expected = await estimate_run(
                document,
                teacher,
                cache,
                replace(options, fresh=options.fresh or (is_local and not is_ready(teacher))),
                sections=sections,
                verifier=chosen,
                prices=prices,
            )
        notes = _warnings(folder, teacher, options, prices, expected)
    asked_by = [line] if (line := _asked_by(request)) else []
    return expected, (*asked_by, *unready.values(), *notes)


def _asked_by(request: SynthRequest) -> str:
    return f"asked by profile {' and '.join(request.profiles)}" if request.profiles else ""


def _warnings(
    folder: Path,
    teacher: Teacher,
    options: SynthOptions,
    prices: RunPrices,
    expected: Estimate,
) -> tuple[str, ...]:
    return (
        *unasked_notes(expected.unasked_parts, teacher.name),
        *teacher_notes(teacher, options),
        *batch_notes(folder, teacher.name),
        *([prices.problem] if prices.problem else []),
    )


def unasked_notes(parts: int, teacher: str) -> tuple[str, ...]:
    """Return what is to be told of parts of long sections that are not asked about."""
    if not parts:
        return ()
    are = "1 part of a long section is" if parts == 1 else f"{parts} parts of long sections are"
    return (
        f"{are} not asked about: {teacher} reads a part at a time, and each gets a pair at most; "
        "ask for more pairs of a section, or begin a section at each heading",
    )


def batch_notes(folder: Path, teacher: str) -> tuple[str, ...]:
    """Return what is to be told of requests to a teacher that wait in batches.

    Raises:
        StoreError: the records of batches cannot be read.
    """
    batches = [record for record in BatchRecords(folder).open() if record.teacher == teacher]
    count = sum(len(record.keys) for record in batches)
    if not count:
        return ()
    waiting = (
        f"1 request to {teacher} waits" if count == 1 else f"{count} requests to {teacher} wait"
    )
    return (
        f"{waiting} in a batch, whose replies `dlm synth batch collect` brings; a request that is "
        "made again is paid for again",
    )


@asynccontextmanager
async def open_session(
    document: Document,
    frontmatter: Frontmatter,
    folder: Path,
    request: SynthRequest,
    sections: Sequence[str] | None = None,
    *,
    models: RunModels | None = None,
) -> AsyncIterator[SynthSession]:
    """Get teacher and judge ready, without asking anything, and let go of them at the end.

    `folder` is the document's store; `sections` limits the run to these section ids; `models` are
    those of a run over several documents, which go on to the next.

    Raises:
        TeacherError, JudgeError, StoreError: with the remedy.
        OptionError: the teacher writes nothing by the strategy that was chosen, or costs are to be
            limited and no price is known.
    """
    options = request.options
    async with AsyncExitStack() as stack:
        shared = await stack.enter_async_context(RunModels()) if models is None else models
        found = await stack.enter_async_context(shared.for_document(request, frontmatter, folder))
        cache = stack.enter_context(ReplyCache(folder))
        expected = await estimate_run(
            document,
            found.teacher,
            cache,
            options,
            sections=sections,
            verifier=found.verification.verifier,
            prices=found.prices,
        )
        yield SynthSession(
            document,
            found.teacher,
            expected,
            _warnings(folder, found.teacher, options, found.prices, expected),
            _asked_by(request),
            found.verification,
            found.prices,
            found.judge,
            shared.notices,
            shared.room,
            cache,
            options,
            sections,
            frozenset() if options.again else rejected_ids(folder),
        )
