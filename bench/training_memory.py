"""Training memory benchmark: the estimate of `dlm train` beside what a training really took.

Each training is a process of its own, on the processor; what it took is the most that the system
had in memory for it at once (`VmHWM`, proc_pid_status(5)), so this runs on Linux alone.
"""

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.judge_auroc import MODEL, passages
from bench.run import table
from dlm_lsp.document.schema import Training
from dlm_lsp.training.process import stream_events
from dlm_lsp.training.recipe import Precision, make_recipe
from dlm_lsp.training.rows import PairRow, ProseRow, TrainingRow, TrainValidationSplit
from dlm_lsp.training.trainer import TrainerJob, TrainingPlanned, train_adapter

STEPS = 2
LEAST, MOST = 0.8, 1.25
"""Between which shares of the measured memory an estimate is to lie."""


@dataclass(frozen=True, slots=True)
class Case:
    """A training: so many rows at once, each of so many tokens."""

    rows: int
    tokens: int
    pairs: bool = False
    precision: Precision = "fp32"
    adapter: str = "lora"

    def __str__(self) -> str:
        kind = "pairs" if self.pairs else "prose"
        return f"{self.rows} x {self.tokens} tokens of {kind}, {self.adapter}, {self.precision}"


CASES = (
    Case(1, 64),
    Case(1, 512),
    Case(2, 512),
    Case(2, 256, pairs=True),
    Case(2, 256, adapter="dora"),
    Case(2, 256, precision="bf16"),
    Case(1, 1100),
)
"""The last one has rows that are long enough for activations to be computed again."""


def measure() -> Iterator[Figure]:
    """Train a little in each way, and yield what was estimated and what it took."""
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            estimate, peak = train(case, Path(folder))
        share = estimate / peak
        yield Figure(
            f"training memory, {MODEL}, {case} (beside: the estimate)",
            "GiB",
            peak / 2**30,
            estimate / 2**30,
            asked=f"the estimate {LEAST} to {MOST} times it",
            met=LEAST <= share <= MOST,
        )


def train(case: Case, folder: Path) -> tuple[int, int]:
    """Train by a case; return the estimate and the most that it took, in bytes."""
    settings = Training(
        num_epochs=1,
        sequence_len=case.tokens,
        micro_batch_size=case.rows,
        grad_accum=1,
        adapter=case.adapter,  # type: ignore[arg-type]
        precision=case.precision,
    )
    rows = _pairs(case) if case.pairs else _prose(case)
    job = TrainerJob(
        model=MODEL,
        recipe=make_recipe(settings, None, prose_share=0.0, precision=case.precision),
        rows=TrainValidationSplit(rows, ()),
        system=None,
        device="cpu",
        checkpoints=folder / "checkpoints",
        target=folder / "target",
        max_steps=STEPS,
    )
    estimate = peak = 0
    for event in stream_events(_train_and_weigh, job):
        if isinstance(event, TrainingPlanned):
            estimate = event.memory
        elif isinstance(event, int):
            peak = event
    return estimate, peak


def _train_and_weigh(job: TrainerJob, tell: Callable[[Any], None]) -> None:
    train_adapter(job, tell)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kibibytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    tell(int(kibibytes) * 1024)


def _prose(case: Case) -> tuple[TrainingRow, ...]:
    """Return prose that is cut into rows of the wanted length."""
    words = " ".join(passage.prose for passage in passages()).split()
    # No tokenizer makes fewer tokens than words out of these.
    text = " ".join((words * 8)[: case.rows * case.tokens * STEPS])
    return (ProseRow("0" * 16, text),)


def _pairs(case: Case) -> tuple[TrainingRow, ...]:
    """Return pairs with a question that nearly fills a row, and an answer of some words."""
    words = " ".join(passage.prose for passage in passages()).split()
    question = " ".join((words * 8)[: int(case.tokens * 0.7)])
    return tuple(
        PairRow(f"{n:016x}", question, "It is a lighthouse of 34 metres on Skerry Point.")
        for n in range(case.rows * STEPS)
    )


def main() -> None:
    """Print each figure as it comes, and then the table."""
    figures = []
    for figure in measure():
        print(figure, file=sys.stderr, flush=True)
        figures.append(figure)
    print(table(figures), end="")


if __name__ == "__main__":
    main()
