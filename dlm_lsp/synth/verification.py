"""Verification: whether an answer is right and complete by its text, asked of a large model.

Where a verdict is but a likelihood, the question of a pair that is likely right is asked again,
without its answer: the two have to agree.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dlm_lsp.document.section import Pair
from dlm_lsp.errors import TeacherError, TooLongError
from dlm_lsp.quality.answer_agreement import answers_agree
from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.chunking import estimate_tokens
from dlm_lsp.synth.judge import excerpt_around
from dlm_lsp.synth.parse_verdicts import parse_verdicts
from dlm_lsp.synth.planned_requests import SAFE_SHARE, Planned
from dlm_lsp.synth.report import Verdict
from dlm_lsp.synth.request_runner import RequestRunner, cached_reply
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.thoughts import without_thoughts
from dlm_lsp.teachers.protocol import (
    AnswerRequest,
    CheckRequest,
    Reply,
    VerdictRequest,
    Verifier,
)

# What is told of an answer is one line.
_LONGEST = 200

# Characters of prose that a pair is verified by at least.
_SHORTEST = 200


@dataclass(frozen=True, slots=True)
class Unverified:
    """A pair that is to be verified: the request that it came of, its section and its passage."""

    at: float
    source_id: str
    prose: str
    pair: Pair


@dataclass(frozen=True, slots=True)
class _Group:
    """Pairs about one passage that are asked about at once."""

    prose: str
    pairs: tuple[Unverified, ...]

    @property
    def request(self) -> VerdictRequest:
        texts = ((unverified.pair.question, unverified.pair.answer) for unverified in self.pairs)
        return VerdictRequest(self.prose, tuple(texts))


OnVerdict = Callable[[Unverified, Verdict], None]


class Verification:
    """Asks a verifier within the limits of one run."""

    def __init__(
        self,
        verifier: Verifier,
        runner: RequestRunner[CheckRequest],
        cache: ReplyCache,
        options: SynthOptions,
    ) -> None:
        self._verifier = verifier
        self._runner = runner
        self._cache = cache
        self._options = options
        self._tried = False

    async def verify(self, pairs: Sequence[Unverified], on_verdict: OnVerdict) -> None:
        """Give `on_verdict` the verdict on each pair as it comes, or why there is none.

        Raises:
            StoreError: the cache cannot be read or written.
        """
        likely: dict[Unverified, Verdict] = {}

        def hold_likely(unverified: Unverified, verdict: Verdict) -> None:
            if verdict.verified and self._verifier.by_likelihood:
                likely[unverified] = verdict
            else:
                on_verdict(unverified, verdict)

        await self._ask_for_verdicts(pairs, hold_likely)
        await self._ask_again(likely, on_verdict)

    async def _ask_for_verdicts(self, pairs: Sequence[Unverified], on_verdict: OnVerdict) -> None:
        left = list(pairs)
        # A server that tells no likelihoods says so only when it is asked: what earlier runs have
        # asked of it alone or together is looked up both ways.
        for group in (self._alone, self._together):
            cached = [about for about in group(left) if self._is_cached(about)]
            await self._ask(cached, on_verdict)
            left = _without(left, cached)
        if left and self._verifier.one_by_one and not self._tried:
            first = self._alone(left[:1])
            await self._ask(first, on_verdict)
            left = _without(left, first)
            self._tried = True
        group = self._alone if self._verifier.one_by_one else self._together
        await self._ask(group(left), on_verdict)

    async def _ask_again(self, likely: Mapping[Unverified, Verdict], on_verdict: OnVerdict) -> None:
        """Ask the questions of pairs that are likely right again; another answer is against them.

        Where there is none that can be compared, the likelihood holds.
        """
        pairs = list(likely)
        pair_at = dict[float, Unverified](enumerate(pairs))

        async def take(asked: Planned[CheckRequest], outcome: Reply | TeacherError) -> None:
            unverified = pair_at[asked.index]
            verdict = likely[unverified]
            answer = (
                without_thoughts(outcome.text)
                if isinstance(outcome, Reply) and outcome.finish == "stop"
                else None
            )
            if answer is not None and not answers_agree(unverified.pair.answer, answer):
                says = " ".join(answer.split())[:_LONGEST]
                verdict = Verdict(0.0, f'asked again, it answers "{says}"')
            on_verdict(unverified, verdict)

        planned: list[Planned[CheckRequest]] = [
            Planned(index, u.source_id, AnswerRequest(self._excerpt(u), u.pair.question))
            for index, u in enumerate(pairs)
        ]
        for unasked in await self._runner.run(planned, take):
            unverified = pair_at[unasked.planned.index]
            on_verdict(unverified, likely[unverified])

    def _alone(self, pairs: Sequence[Unverified]) -> list[_Group]:
        return [_Group(self._excerpt(unverified), (unverified,)) for unverified in pairs]

    def _together(self, pairs: Sequence[Unverified]) -> list[_Group]:
        """Return the pairs by passage, as many as there is room for in one reply."""
        passages: dict[tuple[str, str], list[Unverified]] = {}
        for unverified in pairs:
            key = unverified.source_id, self._excerpt(unverified)
            passages.setdefault(key, []).append(unverified)
        size = self._verifier.tokens_per_verdict
        most = max(1, self._options.sampling.max_new_tokens // size) if size else len(pairs)
        return [
            _Group(prose, tuple(about[at : at + most]))
            for (_, prose), about in passages.items()
            for at in range(0, len(about), most)
        ]

    def _excerpt(self, unverified: Unverified) -> str:
        prose, window = unverified.prose, self._verifier.window
        tokens = estimate_tokens(prose) / SAFE_SHARE
        if window is None or tokens <= window:
            return prose
        return excerpt_around(prose, unverified.pair.answer, int(len(prose) * window / tokens))

    def _is_cached(self, group: _Group) -> bool:
        if self._options.fresh:
            return False
        return cached_reply(self._cache, self._verifier, group.request) is not None

    async def _ask(self, groups: Sequence[_Group], on_verdict: OnVerdict) -> None:
        def tell(asked: Planned[CheckRequest], verdicts: Sequence[Verdict]) -> None:
            for unverified, verdict in zip(group_of[asked.index].pairs, verdicts, strict=True):
                on_verdict(unverified, verdict)

        async def take(asked: Planned[CheckRequest], outcome: Reply | TeacherError) -> None:
            group = group_of[asked.index]
            count = len(group.pairs)
            if isinstance(outcome, TooLongError) and (parts := _shorter(group)):
                shorter.extend(parts)
                return
            if isinstance(outcome, TeacherError):
                self._runner.tell_failure(asked, outcome)
            tell(
                asked,
                [Verdict(detail=str(outcome))] * count
                if isinstance(outcome, TeacherError)
                else parse_verdicts(outcome, count),
            )

        shorter: list[_Group] = []
        group_of = dict[float, _Group](enumerate(groups))
        planned: list[Planned[CheckRequest]] = [
            Planned(index, group.pairs[0].source_id, group.request)
            for index, group in enumerate(groups)
        ]
        for left in await self._runner.run(planned, take):
            count = len(group_of[left.planned.index].pairs)
            tell(left.planned, [Verdict(detail=left.reason)] * count)
        if shorter:
            # Each is half as long, so that this ends.
            await self._ask(shorter, on_verdict)


def _shorter(group: _Group) -> list[_Group]:
    """Return each pair with half of the prose, what is about it; nothing if it is short already."""
    most = len(group.prose) // 2
    if most < _SHORTEST:
        return []
    return [
        _Group(excerpt_around(group.prose, unverified.pair.answer, most), (unverified,))
        for unverified in group.pairs
    ]


def _without(pairs: Sequence[Unverified], groups: Sequence[_Group]) -> list[Unverified]:
    done = {unverified for group in groups for unverified in group.pairs}
    return [unverified for unverified in pairs if unverified not in done]
