"""Downstream results: what each training came to, what each way adds, and the spread."""

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

BASE, PROSE, UNFILTERED = "base", "prose", "unfiltered"
CONDITIONS = {
    BASE: "nothing (the base model)",
    PROSE: "prose alone",
    UNFILTERED: "prose + unfiltered pairs",
    "filtered": "prose + pairs that passed the filters",
    "verified": "prose + those that were verified, too",
    "reference": "prose + the reference's pairs",
}
MEASURES = {
    "choice": "right answer preferred, %",
    "f1": "token F1",
    "answer_loss": "answer loss",
}
_DIGITS = {"choice": 1, "f1": 3, "answer_loss": 2}
"""In the order of the measures."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one training came to: means over the 12 held-out questions of a document.

    `content` tells the rows that were learned from any others; `choice` is a percentage. None has
    not been measured.
    """

    document: str
    model: str
    condition: str
    seed: int
    rows: int
    pairs: int
    content: str
    choice: float | None
    f1: float
    answer_loss: float | None
    seconds: float
    replies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a condition adds to another, measured pair by pair: the same document and seed.

    `by_seed` and `by_document` are means over the other of the two.
    """

    by_seed: tuple[float, ...]
    by_document: tuple[float, ...]


def token_f1(reply: str, right: str) -> float:
    """Return how far two answers share their words; case, articles and marks do not count."""
    ours, theirs = (
        Counter(word for word in re.findall(r"\w+", text.lower()) if word not in {"a", "an", "the"})
        for text in (reply, right)
    )
    shared = (ours & theirs).total()
    return 2 * shared / (ours.total() + theirs.total()) if shared else 0.0


def choice_accuracy(likelihoods: Sequence[Sequence[float]]) -> float:
    """Return the share of questions whose own answer is likelier than that of any other question.

    Row and column of a question and its answer have the same number.
    """
    return statistics.mean(
        all(row[own] > other for at, other in enumerate(row) if at != own)
        for own, row in enumerate(likelihoods)
    )


def whole_documents(found: Sequence[Result]) -> list[Result]:
    """Return the results of those documents that have as many as any other has."""
    counts = Counter(result.document for result in found)
    most = max(counts.values(), default=0)
    return [result for result in found if counts[result.document] == most]


def measured(some: Sequence[Result], measure: str) -> bool:
    """Return whether this measure was taken of all of them."""
    return all(getattr(result, measure) is not None for result in some)


def difference(
    found: Sequence[Result], measure: str, model: str, condition: str, base: str
) -> Difference:
    """Return what a condition adds to another in one measure, for one model."""
    values = {
        (result.document, result.seed, result.condition): float(getattr(result, measure))
        for result in found
        if result.model == model and measured([result], measure)
    }
    gains = {
        (document, seed): value - values[document, seed, base]
        for (document, seed, which), value in values.items()
        if which == condition
    }
    return Difference(
        *(
            tuple(
                statistics.mean(gain for key, gain in gains.items() if key[place] == each)
                for each in sorted({key[place] for key in gains}, key=str)
            )
            for place in (1, 0)
        )
    )


def results_table(found: Sequence[Result]) -> str:
    """Return a Markdown table: means over documents, with the spread (s.d.) over seeds."""
    lines = [
        f"| model | trained on | pairs | {' | '.join(MEASURES.values())} |",
        f"|---|---|{'--:|' * (1 + len(MEASURES))}",
    ]
    for model, condition in product(_models(found), CONDITIONS):
        if some := _some(found, model, condition):
            cells = [
                spread(_by_seed(some, measure), digits) if measured(some, measure) else "-"
                for measure, digits in _DIGITS.items()
            ]
            pairs = f"{statistics.mean(result.pairs for result in some):.1f}"
            lines.append(f"| {model} | {CONDITIONS[condition]} | {pairs} | {' | '.join(cells)} |")
    return "\n".join(lines)


def differences_table(found: Sequence[Result]) -> str:
    """Return a Markdown table of what each condition adds to unfiltered pairs."""
    lines = [
        f"| model | instead of unfiltered pairs | {' | '.join(MEASURES.values())} |",
        f"|---|---|{'--:|' * len(MEASURES)}",
    ]
    for model, condition in product(_models(found), CONDITIONS):
        if condition in {BASE, UNFILTERED} or not _some(found, model, condition):
            continue
        both = _some(found, model, condition) + _some(found, model, UNFILTERED)
        cells = [
            _gain(difference(found, measure, model, condition, UNFILTERED), digits)
            if measured(both, measure)
            else "-"
            for measure, digits in _DIGITS.items()
        ]
        lines.append(f"| {model} | {CONDITIONS[condition]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _gain(gain: Difference, digits: int) -> str:
    cell = spread(gain.by_seed, digits, signed=True)
    if len(gain.by_document) < 2:
        return cell
    least, most = min(gain.by_document), max(gain.by_document)
    return f"{cell} ({least:+.{digits}f} to {most:+.{digits}f})"


def spread(values: Sequence[float], digits: int, *, signed: bool = False) -> str:
    """Return mean and standard deviation in words; of one value, the value."""
    mean = f"{statistics.mean(values):{'+' if signed else ''}.{digits}f}"
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.{digits}f}"


def draw(found: Sequence[Result], path: Path) -> None:
    """Draw each measure for each model: a bar for the mean over documents, a dot for each seed."""
    from matplotlib.figure import Figure

    models = _models(found)
    shown = [condition for condition in CONDITIONS if condition != BASE]
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    for axes, (measure, title) in zip(
        figure.subplots(1, len(MEASURES)), MEASURES.items(), strict=True
    ):
        for number, (at, condition) in product(range(len(models)), enumerate(shown)):
            some = _some(found, models[number], condition)
            if some and measured(some, measure):
                values = _by_seed(some, measure)
                place = at + 0.4 * (number - (len(models) - 1) / 2)
                mean = statistics.mean(values)
                axes.barh(place, mean, 0.36, color=f"C{number}", alpha=0.6)
                axes.plot(values, [place] * len(values), "k.", ms=4)
        for number, model in enumerate(models):
            # Some measure may not have been taken of any.
            axes.barh(0, 0, color=f"C{number}", alpha=0.6, label=model)
            for bare in _by_seed(_some(found, model, BASE), measure):
                axes.axvline(bare, color=f"C{number}", ls=":", label=f"{model}, untrained")
        axes.set(title=title, yticks=range(len(shown)))
        first = measure == next(iter(MEASURES))
        axes.set_yticklabels([CONDITIONS[c] if first else "" for c in shown])
        axes.set_ylim(len(shown) - 0.5, -0.5)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.savefig(path, dpi=120)


def _models(found: Sequence[Result]) -> list[str]:
    return sorted({result.model for result in found})


def _some(found: Sequence[Result], model: str, condition: str) -> list[Result]:
    return [result for result in found if (result.model, result.condition) == (model, condition)]


def _by_seed(some: Sequence[Result], measure: str) -> list[float]:
    """Return the mean over the documents for each seed."""
    return [
        statistics.mean(getattr(result, measure) for result in some if result.seed == seed)
        for seed in sorted({result.seed for result in some})
    ]
