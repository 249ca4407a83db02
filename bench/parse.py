"""Parse benchmark: how long a document takes to parse, ids and problems included."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from bench.figure import Figure, compared
from bench.reference import reference_python

LINES = (1_000, 10_000)
RUNS = 9
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
# The reference takes no problems into account beyond the first, and no pairs.
_REFERENCE = """
import sys
from bench.parse import answer
from dlm.doc.parser import parse_text

answer(lambda text: [section.section_id for section in parse_text(text).sections])
"""
_OURS = """
from bench.parse import answer
from dlm_lsp.document.parse import parse

answer(parse)
"""


def measure() -> list[Figure]:
    """Parse the same texts with both, each in a process of its own, taking turns."""
    programs = {
        "ours": [sys.executable, "-c", _OURS],
        "reference": [str(reference_python()), "-c", _REFERENCE],
    }
    figures = []
    for lines in LINES:
        best = {name: float("inf") for name in programs}
        for _ in range(3):
            for name, program in programs.items():
                run = subprocess.run(
                    program, input=text_of(lines), capture_output=True, text=True, check=True,
                    cwd=EXAMPLES.parent,
                )  # fmt: skip
                best[name] = min(best[name], json.loads(run.stdout))
        pairs = text_of(lines).count("synth_teacher")
        what = f"parsing {lines:,} lines, {pairs:,} synthesized pairs"
        ours, reference = best["ours"] * 1000, best["reference"] * 1000
        figures.append(compared(what, "ms", ours, reference, 1 / 3))
    return figures


def answer(parse: Callable[[str], object]) -> None:
    """Read a text from stdin and print the seconds that the quickest of several parses took."""
    text = sys.stdin.read()
    best = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        parse(text)
        best = min(best, time.process_time() - start)
    sys.stdout.write(json.dumps(best))


def text_of(lines: int) -> str:
    """Return a document of about `lines` lines: the examples' sections, wrapped, with pairs."""
    marker = (
        '<!-- dlm-auto-synth: synth_teacher="hf:teacher" synth_strategy="extraction" '
        'synth_at="2026-01-01T00:00:00Z" source_section_id="0123456789abcdef" -->'
    )
    paragraphs = [
        paragraph
        for path in sorted(EXAMPLES.glob("*.dlm"))
        for paragraph in path.read_text(encoding="utf-8").split("---\n", 2)[2].split("\n\n")
        if not paragraph.lstrip().startswith(("::", "#", "`"))
        and "::" not in paragraph
        and "`" not in paragraph
    ]
    made = ["---", "dlm_id: 01K7XWBENCHSTART0P1N3V5Z7T", "base_model: smollm2-135m", "---"]
    for number, paragraph in enumerate(cycle(paragraphs)):
        if len(made) >= lines:
            break
        words = paragraph.split()
        made += ["::prose::", *(" ".join(words[i : i + 12]) for i in range(0, len(words), 12)), ""]
        made += ["::instruction::", marker, "### Q", f"What is said in part {number}?"]
        made += ["### A", " ".join(words[:20])]
    return "\n".join(made) + "\n"


if __name__ == "__main__":
    for figure in measure():
        print(figure)
