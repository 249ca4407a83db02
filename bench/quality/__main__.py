"""Pair quality benchmark: `python -m bench.quality [run|export|import|score|calibrate|report]`."""

import argparse
import sys
from pathlib import Path

from bench.quality.blind import read_verdicts, sheet, ungraded, with_grades
from bench.quality.calibrate import CALIBRATIONS, write_calibrations
from bench.quality.debian import debian_sections
from bench.quality.grades import read_grades, write_grades
from bench.quality.our_run import JUDGE, run_ours
from bench.quality.reference_run import run_reference
from bench.quality.report import report
from bench.quality.runs import WITH_TEXTS, Run, read_runs, write_run
from bench.quality.scores import judge_margins, read_scores, write_scores
from bench.quality.teachers import TEACHERS
from bench.quality.text_sections import HALVES, TextSection, choose, own_sections

RESULTS = Path(__file__).with_name("results.md")


def main() -> None:
    """Do what the command line asks for; without a command, print and write the report."""
    args = _parser().parse_args()
    commands = {
        "run": _run,
        "export": _export,
        "import": _import,
        "score": _score,
        "calibrate": _calibrate,
    }
    commands.get(args.command, _report)(args)


def _parser() -> argparse.ArgumentParser:
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
    run.add_argument("--kept", action="store_true", help="ask nothing: only what was answered")
    export = commands.add_parser("export", help="write what is to be graded, blind")
    export.add_argument("sheet", type=Path, metavar="OUT.md")
    export.add_argument("--limit", type=int, help="at most so many pairs")
    export.add_argument("--again", action="store_true", help="graded ones, for a second reader")
    grades = commands.add_parser("import", help='take grades: {"id", "grade", "why"} a line')
    grades.add_argument("grades", type=Path, metavar="GRADES.jsonl")
    grades.add_argument("--again", action="store_true", help="they are a second reader's")
    score = commands.add_parser("score", help="let a local model judge every graded pair")
    score.add_argument("--judge", default=JUDGE)
    for command in (export, score):
        command.add_argument("--half", choices=HALVES)
    commands.add_parser("calibrate", help="choose a threshold for each judge that has scored")
    commands.add_parser("report", help="print the tables and write results.md")
    return parser


def all_sections() -> list[TextSection]:
    """Return the sections that are there; what is missing is told on stderr."""
    found, missing = debian_sections()
    for line in missing:
        print(line, file=sys.stderr)
    return [*found, *own_sections()]


def _run(args: argparse.Namespace) -> None:
    teacher = TEACHERS[args.teacher]
    sections = choose(all_sections(), args.half, args.sections)
    asked = {
        "per_section": args.per_section,
        "strategy": args.strategy,
        "at_once": args.at_once,
        "kept_only": args.kept,
    }
    if args.maker == "reference":
        run = run_reference(sections, teacher, **asked)
    else:
        run = run_ours(sections, teacher, filter_=args.filter, **asked)
    path = write_run(run)
    taken = sum(pair.accepted for pair in run.pairs)
    print(f"{path}: {len(run.pairs)} pairs about {len(run.sections)} sections, {taken} accepted")


def _runs_of(half: str | None) -> list[Run]:
    return [run for run in read_runs(WITH_TEXTS) if half in (None, run.half)]


def _export(args: argparse.Namespace) -> None:
    pairs = ungraded(_runs_of(args.half), read_grades(), again=args.again)
    # By hash: neither the order of the runs nor that of the pairs shows.
    pairs = sorted(pairs, key=lambda pair: pair.id)[: args.limit]
    lines = sheet(pairs, choose(all_sections(), args.half))
    args.sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{args.sheet}: {len(pairs)} pairs to be graded by bench/quality/RUBRIC.md")


def _import(args: argparse.Namespace) -> None:
    verdicts = list(read_verdicts(args.grades.read_text(encoding="utf-8")))
    graded = with_grades(read_grades(), verdicts, _runs_of(None), all_sections(), again=args.again)
    write_grades(graded.values())
    print(f"{len(verdicts)} grades taken, {len(graded)} pairs graded in all")


def _score(args: argparse.Namespace) -> None:
    graded = read_grades()
    pairs = {pair.id: pair for run in _runs_of(args.half) for pair in run.pairs}
    known = [pair for pair in pairs.values() if pair.id in graded]
    margins = judge_margins(known, choose(all_sections(), args.half), args.judge)
    print(f"{write_scores(args.judge, margins)}: {len(margins)} pairs judged")


def _calibrate(_: argparse.Namespace) -> None:
    write_calibrations(read_scores(), read_grades())
    print(CALIBRATIONS.read_text(encoding="utf-8"), end="")


def _report(_: argparse.Namespace) -> None:
    text = report(list(read_runs()), read_grades(), read_scores())
    print(text, end="")
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
