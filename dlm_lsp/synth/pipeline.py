"""Synthesis pipeline: a run from its request to what is kept, for the shell and for editors."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import anyio

from dlm_lsp.document import Document
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.store.decisions import rejected_ids
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.store.plan import StagedSection
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.answer_through import AnswerThrough, directly
from dlm_lsp.synth.choose_verifier import ChosenVerifier
from dlm_lsp.synth.corpus import CorpusPlace
from dlm_lsp.synth.cost import Budget, RunPrices
from dlm_lsp.synth.estimate import Estimate, estimate_run
from dlm_lsp.synth.events import OnEvent
from dlm_lsp.synth.insertion import ledger_entries, staged_sections
from dlm_lsp.synth.judge import Judge
from dlm_lsp.synth.judge_calibration import describe_judge, judge_threshold
from dlm_lsp.synth.notices import Notices
from dlm_lsp.synth.reply_intake import ReplyRoom
from dlm_lsp.synth.report import Report
from dlm_lsp.synth.run import run_synthesis
from dlm_lsp.synth.run_models import RunModels
from dlm_lsp.synth.run_notes import RunNotes, run_notes
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.protocol import Teacher


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
    """Teacher, judge and verifier that are ready, and what a run with them will ask."""

    document: Document
    teacher: Teacher
    estimate: Estimate
    notes: RunNotes
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
            self.notes.lines,
            self._judged_by,
            verifier.name if verifier else None,
            self.verification.why_not,
        )

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
        problems = [found.prices.problem] if found.prices.problem else []
        yield SynthSession(
            document,
            found.teacher,
            expected,
            run_notes(folder, request, found.teacher, expected, problems),
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
