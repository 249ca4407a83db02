"""Near-duplicate benchmark: how long the pairs among 500 that say the same take to find."""

import json
import random
import statistics
import subprocess
import time

from bench.figure import Figure, compared
from bench.reference import reference_python
from dlm_lsp.document.section import Pair
from dlm_lsp.quality.dedup import duplicates

PAIRS = 500
RUNS = 5

# The reference's own filter, timed in its own process; the pairs come on standard input.
_REFERENCE = """
import json, sys, time
from dlm.doc.sections import Section, SectionType
from dlm.synth.filter import filter_synth_plan
from dlm.synth.run import (
    PlannedSynthInstruction, SynthPair, SynthRunPlan, SynthSourceSection,
)

source = SynthSourceSection("0123456789abcdef", "prose")
additions = tuple(
    PlannedSynthInstruction(
        source, "extraction", SynthPair(question, answer),
        Section(type=SectionType.INSTRUCTION, content=f"### Q\\n{question}\\n### A\\n{answer}"),
    )
    for question, answer in json.load(sys.stdin)
)
start = time.perf_counter()
plan = filter_synth_plan(SynthRunPlan(additions, ()), filter_kind="dedup-only")
print(json.dumps([time.perf_counter() - start, plan.report.dedup_count]))
"""


def measure() -> list[Figure]:
    """Deduplicate the same pairs here and in the reference, which is given one run."""
    texts = _texts()
    pairs = [Pair(question, answer) for question, answer in texts]
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        duplicates(pairs, [None] * len(pairs))
        seconds.append(time.perf_counter() - start)
    ours = statistics.median(seconds)
    done = subprocess.run(
        [str(reference_python()), "-c", _REFERENCE],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    reference, _ = json.loads(done.stdout)
    what = f"near-duplicates among {PAIRS} pairs"
    return [compared(what, "ms", ours * 1000, reference * 1000, 1 / 100)]


def _texts() -> list[tuple[str, str]]:
    """Return pairs of 10 and 30 words from one vocabulary; every tenth answers one before it."""
    chance = random.Random(20)
    letters = "etaoinshrdlu"
    vocabulary = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(1500)]
    texts: list[tuple[str, str]] = []
    for number in range(PAIRS):
        question = f"What is {' '.join(chance.choices(vocabulary, k=8))}?"
        answer = f"It is {' '.join(chance.choices(vocabulary, k=28))}."
        if number % 10 == 9:
            question, answer = texts[-5][0], f"{texts[-5][1]} {chance.choice(vocabulary)}."
        texts.append((question, answer))
    return texts


if __name__ == "__main__":
    print(*measure(), sep="\n")
