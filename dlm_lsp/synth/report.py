"""Run report: each pair, and each section that gave none, with the reason."""

from dataclasses import dataclass

from dlm_lsp.document.section import Pair, SectionType, section_id
from dlm_lsp.document.well_formed import body_of
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.synth.options import FilterKind
from dlm_lsp.teachers.money import Money

LEAST_PROBABILITY = 0.8
"""The probability of being right from which on a pair counts as verified.

Of 131 pairs that Qwen2.5-Coder-1.5B-Instruct wrote in six languages 60 were right; of those that
it takes when it has answered their questions again, 41 of 59 at 0.8, 52 of 96 at 0.5.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely the verifier finds an answer right and complete, from 0 to 1.

    None where that cannot be told. `detail` is what it finds wrong, or why nothing can be told.
    """

    probability: float | None = None
    detail: str = ""

    @property
    def verified(self) -> bool:
        """Whether the verifier stands by the answer."""
        return self.probability is not None and self.probability >= LEAST_PROBABILITY


WHOLE_DOCUMENT = "(document)"
"""What stands for the id of a source section where none is meant."""


def pair_id(pair: Pair) -> str:
    """Return the id of the section that a pair would become."""
    return section_id(SectionType.INSTRUCTION, body_of(pair))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A well-formed pair, the section and strategy it comes from, and what is thought of it."""

    pair: Pair
    source_id: str
    strategy: Strategy
    evidence: str = ""
    margin: float | None = None
    verdict: Verdict | None = None

    @property
    def id(self) -> str:
        """The id of the section that the pair would become."""
        return pair_id(self.pair)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pair that is not accepted.

    `reason` is one of `invalid_structure`, `wrong_language`, `not_self_contained`, `looping`,
    `copied_example`, `says_nothing`, `not_grounded`, `rejected`, `over_count`, `near_probe`,
    `duplicate_pair`, `judge_disfavored`, `below_threshold`, `unjudged`, `not_verified`,
    `over_max_pairs`.
    """

    question: str
    answer: str
    source_id: str
    strategy: Strategy
    reason: str
    detail: str
    margin: float | None = None
    verdict: Verdict | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """A section, or a strategy for it, that gave nothing or less than it was asked for.

    `reason` is one of `no_prose`, `invalid_output`, `empty_pair`, `already_present`, `shortfall`,
    `request_failed`, `deferred`, `not_asked`. `source_id` is `(document)` where no section is
    meant.
    """

    source_id: str
    strategy: Strategy | None
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run cost; tokens are None where no teacher told, `cost` where no price is known."""

    requests: int = 0
    from_cache: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    seconds: float = 0.0
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run, in document order.

    Of the `generated` well-formed pairs, `dedup` passed the filters and are no duplicates; of these
    the judge disfavored all but `judge_passed`, and `threshold` of them have the margin asked for.
    Without the judge both are as `dedup`. Where pairs were verified, the verifier stands by
    `verified` of these, and those that got no verdict go on as if it had not run. Of what is left
    no more is `accepted` than was asked for, less those of the same replies that an earlier run
    has put in (`already_present`).
    `failure` says why the run ended early; `stopped` that its caller ended it. `notices` are what
    the teacher's server did on the way, a line each.
    """

    filter: FilterKind
    generated: int
    dedup: int
    judge_passed: int
    threshold: int
    accepted: tuple[Candidate, ...]
    refused: tuple[Refusal, ...]
    skipped: tuple[Skip, ...]
    usage: Usage
    failure: str | None = None
    stopped: bool = False
    already_present: int = 0
    verified: int | None = None
    notices: tuple[str, ...] = ()

    @property
    def unverified(self) -> tuple[Candidate, ...]:
        """The accepted pairs that were to be verified and got no verdict."""
        return tuple(c for c in self.accepted if c.verdict and not c.verdict.verified)

    @property
    def failed_requests(self) -> int:
        """How many requests came to nothing because the teacher failed."""
        return sum(skip.reason == "request_failed" for skip in self.skipped)
