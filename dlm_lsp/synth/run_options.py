"""Run options: the choices of one run, checked against the table of options."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from dlm_lsp.errors import OptionError
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.synth.options import (
    DEFAULTS,
    OPTIONS,
    DedupScope,
    FilterKind,
    PlacementChoice,
    StrategyChoice,
    plain_verify,
)
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.request_limit import MOST


@dataclass(frozen=True, slots=True)
class SynthOptions:
    """The choices of one run; None means no limit, for `threshold` what the judge is calibrated to.

    `guidance` is what a profile asks of the teacher.

    Raises:
        OptionError: a choice that cannot be.
    """

    per_section: int = DEFAULTS["per_section"]
    strategy: StrategyChoice = DEFAULTS["strategy"]
    filter: FilterKind = DEFAULTS["filter"]
    threshold: float | None = DEFAULTS["threshold"]
    verify: str = DEFAULTS["verify"]
    dedup: DedupScope = DEFAULTS["dedup"]
    max_pairs: int | None = DEFAULTS["max_pairs"]
    max_requests: int | None = DEFAULTS["max_requests"]
    max_cost: float | None = DEFAULTS["max_cost"]
    placement: PlacementChoice = DEFAULTS["placement"]
    fresh: bool = DEFAULTS["fresh"]
    again: bool = DEFAULTS["again"]
    sampling: GenerationOptions = field(default_factory=GenerationOptions)
    concurrency: int | None = DEFAULTS["concurrency"]
    timeout: float = DEFAULTS["timeout"]
    teacher_options: Mapping[str, Any] | None = DEFAULTS["teacher_options"]
    window: int | None = DEFAULTS["window"]
    device: str = DEFAULTS["device"]
    guidance: Guidance | None = None

    def __post_init__(self) -> None:
        for values in (self, self.sampling):
            for name in (member.name for member in fields(values)):
                if name in OPTIONS:
                    OPTIONS[name].check(getattr(values, name))
        if self.threshold is not None and self.filter != "sway":
            raise OptionError(
                "threshold",
                self.threshold,
                f"belongs to {{other}} sway; leave it out with {{other}} {self.filter}",
                other="filter",
            )

        if self.dedup == "corpus" and self.filter == "none":
            raise OptionError(
                "dedup",
                self.dedup,
                "belongs to {other} dedup-only or sway; leave it out with {other} none",
                other="filter",
            )
        if plain_verify(self.verify) not in ("auto", "off") and self.filter != "sway":
            raise OptionError(
                "verify",
                # An address may hold a password.
                self.verify.partition(":")[0],
                f"belongs to {{other}} sway; leave it out with {{other}} {self.filter}",
                other="filter",
            )

    @property
    def most_at_once(self) -> int:
        """How many requests may be in flight at most."""
        return self.concurrency or MOST

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
