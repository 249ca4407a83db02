"""Benchmark runner: measure all and write the table (`make bench`)."""

import compileall
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.figure import Figure

MODULES = (
    "startup",
    "parse",
    "dedup",
    "slow_server",
    "language_server",
    "local_teacher",
)
"""Those whose rows are all measured for both packages, in one run; the others are for ourselves."""

MACHINE = "2 cores"
PACKAGE = Path(__file__).parents[1] / "dlm_lsp"
PAGE = Path(__file__).parents[1] / "docs" / "measured.md"
BEGIN, END = "<!-- make bench writes this -->\n", "<!-- until here -->\n"


def main(names: Iterable[str]) -> None:
    """Run the named modules (`python -m bench.run startup dedup`), or all in `MODULES`.

    All of them also write the table into `docs/measured.md`.
    """
    chosen = tuple(names) or MODULES
    # As an installer does: the reference is installed, and stale bytecode takes 30 ms of a start.
    compileall.compile_dir(PACKAGE, quiet=1)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    figures: list[Figure] = []
    for name in chosen:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"bench.{name}").measure()
    print(table(figures), end="")
    if chosen == MODULES:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_table(text, figures), encoding="utf-8")


def with_table(text: str, figures: Sequence[Figure]) -> str:
    """Return a text with the table, and what is worse than the reference, between its markers.

    Raises:
        SystemExit: the markers are not there, once each and in their order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end or BEGIN in rest or END in before + after:
        raise SystemExit(f"no place for the table: {BEGIN.strip()} ... {END.strip()}")
    written = f"\n{table(figures)}\n{worse_than_reference(figures)}\n\n"
    return f"{before}{begin}{written}{end}{after}"


def worse_than_reference(figures: Iterable[Figure]) -> str:
    """Say which quantities, all of them better the less they are, are more than theirs."""
    worse = [figure.what for figure in figures if figure.ratio is not None and figure.ratio > 1]
    if not worse:
        return "Slower or larger than the reference: nothing that is measured here."
    return f"Slower or larger than the reference: {'; '.join(worse)}."


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as one Markdown table."""
    rows = [
        f"| what ({MACHINE}) | unit | ours | reference | ours / reference | asked | met |",
        "|---|---|---:|---:|---:|---|---|",
    ]
    for figure in figures:
        cells = (
            figure.what,
            figure.unit,
            _quantity(figure.ours),
            "-" if figure.reference is None else _quantity(figure.reference),
            "-" if figure.ratio is None else f"{figure.ratio:.2g}",
            figure.asked,
            "yes" if figure.met else "**no**",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _quantity(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


if __name__ == "__main__":
    main(sys.argv[1:])
