"""Chaos runner: `python -m bench.chaos [NAME ...]`."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from bench.chaos import disk, kills, messages, replies, saves, texts
from bench.chaos.campaign import Outcome, run_scenario

SCENARIOS = {
    module.SCENARIO.name: module.SCENARIO
    for module in (kills, saves, disk, replies, messages, texts)
}
RESULTS = Path(__file__).with_name("results.md")


def main() -> None:
    """Run the named scenarios or all, which also writes `results.md`.

    Raises:
        SystemExit: with 1, where a promise was broken.
    """
    parser = argparse.ArgumentParser(description="Kills, faults and fuzzing.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCENARIOS))
    parser.add_argument("--seconds", type=float, default=60.0, help="time of each (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(%(default)s)")
    parser.add_argument("--rounds", type=int, help="so many rounds, instead of a time")
    args = parser.parse_args()
    outcomes = []
    for name in args.names or SCENARIOS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        outcome = run_scenario(SCENARIOS[name], args.seconds, args.seed, args.rounds)
        outcomes.append(outcome)
        for broken in outcome.broken:
            print(f"{name}: {broken}", file=sys.stderr, flush=True)
    text = table(outcomes)
    print(text, end="")
    if not args.names and not args.rounds:
        RESULTS.write_text(text, encoding="utf-8")
    raise SystemExit(any(outcome.broken for outcome in outcomes))


def table(outcomes: Iterable[Outcome]) -> str:
    """Return the outcomes as a Markdown table."""
    lines = [
        "| scenario | promise | rounds | slowest | broken | met |",
        "|---|---|---:|---:|---:|---|",
    ]
    for outcome in outcomes:
        met = ", ".join(f"{event} {count}" for event, count in sorted(outcome.met.items()))
        cells = (
            outcome.scenario.name,
            outcome.scenario.promise,
            f"{outcome.rounds:,}",
            f"{outcome.slowest:.1f} s",
            f"{len(outcome.broken)}",
            met,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
