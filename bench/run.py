"""Benchmark runner: measure all and write the table (`make bench`)."""

import compileall
import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

from bench.figure import Figure

MODULES = (
    "startup",
    "parse",
    "dedup",
    "store",
    "slow_server",
    "many_documents",
    "document_cost",
    "request_cost",
    "language_server",
    "local_batch",
    "judge_speed",
    "judge_auroc",
)
MACHINE = "2 cores"
PACKAGE = Path(__file__).parents[1] / "dlm_lsp"
RESULTS = Path(__file__).with_name("results.md")


def main(names: Iterable[str]) -> None:
    """Run the named modules (`python -m bench.run startup dedup`), or all.

    All of them also write `bench/results.md`.
    """
    chosen = tuple(names) or MODULES
    # As an installer does: the reference is installed, and stale bytecode takes 30 ms of a start.
    compileall.compile_dir(PACKAGE, quiet=1)
    figures: list[Figure] = []
    for name in chosen:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"bench.{name}").measure()
    text = table(figures)
    print(text, end="")
    if chosen == MODULES:
        RESULTS.write_text(text, encoding="utf-8")


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as one Markdown table."""
    rows = [
        f"| what ({MACHINE}) | ours | reference | ratio | asked | met |",
        "|---|---:|---:|---:|---|---|",
    ]
    for figure in figures:
        cells = (
            figure.what,
            _quantity(figure.ours, figure.unit),
            "-" if figure.reference is None else _quantity(figure.reference, figure.unit),
            _ratio(figure.ratio),
            figure.asked,
            "yes" if figure.met else "**no**",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _quantity(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}".rstrip() if value < 100 else f"{value:,.0f} {unit}".rstrip()


def _ratio(ratio: float | None) -> str:
    if ratio is None:
        return "-"
    return (
        f"{ratio:.2g}"
        if 0.5 <= ratio < 10
        else f"1/{1 / ratio:.0f}"
        if ratio < 1
        else f"{ratio:.0f}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
