"""Campaign: run the rounds of one scenario until its time is over, and count broken promises."""

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


class BrokenPromiseError(Exception):
    """What a round has shown not to hold."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done to the product in each round, and what has to hold whatever happens.

    `play` gets a random generator and an empty folder, returns what the round met (a word each, to
    be counted), and raises BrokenPromiseError.
    """

    name: str
    promise: str
    play: Callable[[random.Random, Path], tuple[str, ...]]


@dataclass(slots=True)
class Outcome:
    """What came of a scenario; `met` counts what its rounds went through, `slowest` in seconds."""

    scenario: Scenario
    rounds: int = 0
    slowest: float = 0.0
    met: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def run_scenario(
    scenario: Scenario, seconds: float, seed: int, rounds: int | None = None
) -> Outcome:
    """Play rounds for so long, or so many; the seed of a round that breaks a promise is named."""
    outcome = Outcome(scenario)
    end = time.monotonic() + seconds
    while outcome.rounds < rounds if rounds else time.monotonic() < end:
        round_seed = f"{seed}.{outcome.rounds}"
        start = time.monotonic()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try:
                for event in scenario.play(random.Random(round_seed), Path(folder)):
                    outcome.met[event] = outcome.met.get(event, 0) + 1
            except BrokenPromiseError as broken:
                outcome.broken.append(f"round {round_seed}: {broken}")
        outcome.slowest = max(outcome.slowest, time.monotonic() - start)
        outcome.rounds += 1
    return outcome
