"""Pair quality benchmark: `python -m bench.quality [run|export|import|report]`."""

import argparse
import sys
from pathlib import Path

from bench.quality.debian import debian_sections
from bench.quality.our_run import prompt_version, run_ours
from bench.quality.pairs import write_pairs
from bench.quality.reference_run import run_reference
from bench.quality.sections import CACHE, HALVES, TextSection, choose, own_sections
from bench.quality.teachers import TEACHERS

RUNS = CACHE / "runs"


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    run = commands.add_parser("run", help="ask a teacher; what was asked is not asked again")
    run.add_argument("--half", choices=HALVES, required=True)
    run.add_argument("--teacher", choices=TEACHERS, default="qwen-1.5b")
    run.add_argument("--maker", choices=("ours", "reference"), default="ours")
    run.add_argument("--sections", type=int, help="at most so many, each language in turn")
    run.add_argument("--per-section", type=int, default=3)
    run.add_argument("--strategy", default="extraction")
    run.add_argument("--filter", choices=("sway", "dedup-only", "none"), default="sway")
    run.add_argument("--at-once", type=int, default=2, help="requests in flight (%(default)s)")
    args = parser.parse_args()
    if args.command == "run":
        _run(args)


def all_sections() -> list[TextSection]:
    """Return the sections that are there; what is missing is told on stderr."""
    found, missing = debian_sections()
    for line in missing:
        print(line, file=sys.stderr)
    return [*found, *own_sections()]


def _run(args: argparse.Namespace) -> Path:
    teacher = TEACHERS[args.teacher]
    sections = choose(all_sections(), args.half, args.sections)
    if args.maker == "reference":
        version, filter_ = "", "dedup-only"
        pairs = run_reference(
            sections, teacher, per_section=args.per_section, strategy=args.strategy,
            at_once=args.at_once,
        )  # fmt: skip
    else:
        version, filter_ = f"-{prompt_version(teacher)}", args.filter
        pairs = run_ours(
            sections, teacher, per_section=args.per_section, strategy=args.strategy,
            filter_=filter_, at_once=args.at_once,
        )  # fmt: skip
    name = f"{args.half}-{args.maker}-{teacher.name}-{args.strategy}-{filter_}{version}.jsonl"
    count = write_pairs(RUNS / name, pairs)
    print(f"{RUNS / name}: {count} pairs about {len(sections)} sections")
    return RUNS / name


if __name__ == "__main__":
    main()
