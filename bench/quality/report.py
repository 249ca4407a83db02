"""Quality report: the figures of all runs as Markdown tables."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.judge_auroc import auroc
from bench.quality.agreement import cohen_kappa, observed_agreement
from bench.quality.grades import GRADES, GradedPair
from bench.quality.runs import Run
from bench.quality.scores import right_and_wrong
from bench.quality.statistics import Tally, tally
from bench.quality.text_sections import HALVES, LANGUAGES, Half

_BARS_TEACHER = "qwen-1.5b"


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure that was asked for, and what was found; None where nothing was measured."""

    what: str
    asked: str
    found: str
    met: bool | None


def report(
    runs: Sequence[Run],
    graded: Mapping[str, GradedPair],
    scores: Mapping[str, Mapping[str, float]],
) -> str:
    """Return the whole report."""
    lines = ["# Pair quality", "", *_counts(graded), ""]
    for half in HALVES:
        of_half = [run for run in runs if run.half == half]
        if not of_half:
            continue
        lines += [f"## {half.capitalize()} half", "", *_bars_table(bars(of_half, graded)), ""]
        lines += [*_yield_table(of_half, graded), ""]
        lines += [*_refusals_table(of_half, graded), ""]
        lines += [*_languages_table(of_half, graded), ""]
        lines += [*_auroc_table(half, of_half, graded, scores), ""]
    return "\n".join(lines).rstrip() + "\n"


def bars(runs: Sequence[Run], graded: Mapping[str, GradedPair]) -> list[Bar]:
    """Return the bars of the default filter with Qwen over the runs of one half.

    They stand on the newest prompts of ours, and on the sections that the reference had as well.
    """
    ours = _last(runs, "ours", "sway")
    reference = _last(runs, "reference", "dedup-only")
    if not ours:
        return []
    all_of_ours = tally(ours, graded)
    found = []
    if reference:
        common = set(ours.sections) & set(reference.sections)
        mine, theirs = (tally(run, graded, sections=common) for run in (ours, reference))
        ratio = mine.right_a_section / theirs.right_a_section if theirs.right_a_section else None
        said = f"{mine.right_a_section:.2f} against {theirs.right_a_section:.2f}"
        found.append(
            Bar(
                f"right accepted pairs a section, over {len(common)} sections",
                "at least 1.3 times the reference's",
                said if ratio is None else f"{said}: {ratio:.2f} times",
                None if ratio is None else ratio >= 1.3,
            )
        )
    by_language = {
        language: tally(ours, graded, sections=_sections(ours, language)).in_language
        for language in LANGUAGES
    }
    worst = min((share for share in by_language.values() if share is not None), default=None)
    wrong = all_of_ours.share("wrong")
    found += [
        _least("accepted pairs that are right", all_of_ours.share("right"), 0.85),
        _most("accepted pairs that are wrong", wrong, 0.05),
        _most("right pairs refused by a text rule", all_of_ours.false_refusals, 0.05),
        _least("in the language of the text, worst of the six", worst, 0.98),
    ]
    return found


def _least(what: str, found: float | None, asked: float) -> Bar:
    met = None if found is None else found >= asked
    return Bar(what, f"at least {asked:.0%}", _percent(found), met)


def _most(what: str, found: float | None, asked: float) -> Bar:
    met = None if found is None else found <= asked
    return Bar(what, f"at most {asked:.0%}", _percent(found), met)


def _last(runs: Iterable[Run], maker: str, filter_: str) -> Run | None:
    fitting = [
        run
        for run in runs
        if (run.maker, run.teacher, run.strategy, run.filter)
        == (maker, _BARS_TEACHER, "extraction", filter_)
    ]
    return max(fitting, key=lambda run: run.asked_at, default=None)


def _sections(run: Run, language: str) -> set[str]:
    return {section for section, spoken in run.sections.items() if spoken == language}


def _counts(graded: Mapping[str, GradedPair]) -> Iterator[str]:
    by_half = Counter(pair.half for pair in graded.values())
    yield f"{len(graded)} graded pairs: " + ", ".join(
        f"{by_half[half]} of the {half} half" for half in HALVES
    )
    twice = [pair for pair in graded.values() if pair.second]
    if twice:
        first, second = [p.grade for p in twice], [str(p.second) for p in twice]
        yield ""
        yield (
            f"{len(twice)} were graded twice: {observed_agreement(first, second):.0%} alike, "
            f"Cohen's kappa {cohen_kappa(first, second):.2f}"
        )


def _bars_table(found: Sequence[Bar]) -> Iterator[str]:
    if not found:
        yield "No run of ours with the default filter."
        return
    yield "| Qwen 1.5B, default filter | asked for | found | met |"
    yield "|---|---|---|---|"
    for bar in found:
        met = "not measured" if bar.met is None else "yes" if bar.met else "**no**"
        yield f"| {bar.what} | {bar.asked} | {bar.found} | {met} |"


def _yield_table(runs: Sequence[Run], graded: Mapping[str, GradedPair]) -> Iterator[str]:
    yield (
        "| run | sections | pairs | accepted | not graded | right a section | "
        + " | ".join(grade.replace("_", " ") for grade in GRADES)
        + " |"
    )
    yield "|---|--:|--:|--:|--:|--:|" + "--:|" * len(GRADES)
    for run in runs:
        strategies = sorted({pair.strategy for pair in run.pairs})
        for strategy in strategies if len(strategies) > 1 else [None]:
            of_run = tally(run, graded, strategy=strategy)
            pairs = [p for p in run.pairs if strategy in (None, p.strategy)]
            cells = (
                _title(run) + (f", {strategy}" if strategy else ""),
                of_run.sections,
                len(pairs),
                sum(pair.accepted for pair in pairs),
                of_run.ungraded,
                f"{of_run.right_a_section:.2f}",
                *(_of(of_run, grade) for grade in GRADES),
            )
            yield f"| {' | '.join(map(str, cells))} |"
    yield ""
    yield "Grades are of the accepted pairs that somebody has read."


def _of(of_run: Tally, grade: str) -> str:
    return f"{of_run.accepted[grade]} ({_percent(of_run.share(grade))})"


def _refusals_table(runs: Sequence[Run], graded: Mapping[str, GradedPair]) -> Iterator[str]:
    columns = (
        "run",
        "right",
        "of these refused by a text rule",
        "right refused, by reason",
        "wrong",
        "accepted",
        "wrong refused, by reason",
    )
    yield f"| {' | '.join(columns)} |"
    yield "|---|--:|--:|---|--:|--:|---|"
    for run in runs:
        if run.maker != "ours" or run.filter == "none":
            continue
        of_run = tally(run, graded)
        cells = (
            _title(run),
            of_run.raw["right"],
            _percent(of_run.false_refusals),
            _by_reason(of_run.refused_right),
            of_run.raw["wrong"],
            of_run.accepted["wrong"],
            _by_reason(of_run.refused_wrong),
        )
        yield f"| {' | '.join(map(str, cells))} |"


def _by_reason(reasons: Counter[str]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())


def _languages_table(runs: Sequence[Run], graded: Mapping[str, GradedPair]) -> Iterator[str]:
    yield "| right a section (in the language of the text) | " + " | ".join(LANGUAGES) + " |"
    yield "|---|" + "--:|" * len(LANGUAGES)
    for run in runs:
        cells = []
        for language in LANGUAGES:
            about = tally(run, graded, sections=_sections(run, language))
            share = _percent(about.in_language)
            cells.append(f"{about.right_a_section:.2f} ({share})" if about.sections else "")
        yield f"| {_title(run)} | {' | '.join(cells)} |"


def _auroc_table(
    half: Half,
    runs: Sequence[Run],
    graded: Mapping[str, GradedPair],
    scores: Mapping[str, Mapping[str, float]],
) -> Iterator[str]:
    yield "| score, right against wrong | AUROC | right | wrong |"
    yield "|---|--:|--:|--:|"
    verified = {p.id: p.verified for run in runs for p in run.pairs if p.verified is not None}
    for name, of_pairs in [
        *((f"margin by {judge}", of_pairs) for judge, of_pairs in scores.items()),
        ("verification in the runs", verified),
    ]:
        values, is_right = right_and_wrong(of_pairs, graded, half)
        if any(is_right) and not all(is_right):
            right = sum(is_right)
            yield f"| {name} | {auroc(values, is_right):.2f} | {right} | {len(values) - right} |"


def _title(run: Run) -> str:
    return f"{run.maker}, {run.teacher}, {run.strategy}, {run.filter} ({run.prompt})"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
