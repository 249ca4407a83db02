"""How a run is to go: every choice of `dlm synth`, checked in one value."""

import math
from dataclasses import dataclass, field
from typing import Literal, get_args

from dlm_lsp.document.changes import Placement
from dlm_lsp.errors import OptionError
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.teachers.protocol import GenerationOptions

FilterKind = Literal["none", "dedup-only", "sway"]
StrategyChoice = Literal["extraction", "expansion", "both"]

DEFAULT_THRESHOLD = 0.1
"""The margin that the judge asks for where nobody named another (format §9)."""

# As many connections as the clients of the providers keep open.
_MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class SynthOptions:
    """The choices of one run; None means no limit, and for `threshold` the judge's own.

    Raises:
        OptionError: a choice that cannot be.
    """

    per_section: int = 3
    strategy: StrategyChoice = "extraction"
    filter: FilterKind = "sway"
    threshold: float | None = None
    max_pairs: int | None = None
    max_requests: int | None = None
    placement: Placement = "after-source"
    fresh: bool = False
    sampling: GenerationOptions = field(default_factory=GenerationOptions)
    concurrency: int = 8
    timeout: float = 120.0

    def __post_init__(self) -> None:
        for flag, value in (
            ("--per-section", self.per_section),
            ("--max-pairs", self.max_pairs),
            ("--max-requests", self.max_requests),
            ("--max-new-tokens", self.sampling.max_new_tokens),
            ("--concurrency", self.concurrency),
        ):
            if value is not None and value < 1:
                raise OptionError(f"{flag} is {value}; it has to be 1 or more")
        if self.concurrency > _MOST_AT_ONCE:
            raise OptionError(
                f"--concurrency is {self.concurrency}; it has to be {_MOST_AT_ONCE} or less"
            )
        for flag, name, among in (
            ("--strategy", self.strategy, get_args(StrategyChoice)),
            ("--filter", self.filter, get_args(FilterKind)),
            ("--placement", self.placement, get_args(Placement)),
        ):
            if name not in among:
                raise OptionError(f"{flag} is {name!r}; it has to be one of {', '.join(among)}")
        _check_range("--timeout", self.timeout, above=0.0)
        _check_range("--temp", self.sampling.temperature, least=0.0, most=2.0)
        _check_range("--top-p", self.sampling.top_p, above=0.0, most=1.0)
        _check_range("--seed", self.sampling.seed, least=0, most=2**32 - 1)
        _check_range("--threshold", self.threshold, least=0.0)
        if self.threshold is not None and self.filter != "sway":
            raise OptionError(
                f"--threshold belongs to --filter sway; leave it out with --filter {self.filter}"
            )

    @property
    def counts(self) -> tuple[tuple[Strategy, int], ...]:
        """How many pairs each strategy is asked for per section; extraction has the larger half."""
        if self.strategy != "both":
            return ((self.strategy, self.per_section),)
        larger = (self.per_section + 1) // 2
        halves: tuple[tuple[Strategy, int], ...] = (
            ("extraction", larger),
            ("expansion", self.per_section - larger),
        )
        return tuple((strategy, count) for strategy, count in halves if count)

    @property
    def least_margin(self) -> float:
        """The margin from which on a pair is accepted."""
        return DEFAULT_THRESHOLD if self.threshold is None else self.threshold


def _check_range(
    flag: str,
    value: float | None,
    *,
    least: float = -math.inf,
    above: float = -math.inf,
    most: float = math.inf,
) -> None:
    if value is None or (math.isfinite(value) and least <= value <= most and value > above):
        return
    lower = f"above {above:g}" if math.isfinite(above) else f"{least:g} or more"
    upper = f", at most {most:.10g}" if math.isfinite(most) else ""
    raise OptionError(f"{flag} is {value}; it has to be a number {lower}{upper}")
