"""Progress of a training."""

import pytest

from dlm_lsp.cli import train_progress
from dlm_lsp.cli.train_progress import TrainProgress
from dlm_lsp.training.recipe import BatchSizes
from dlm_lsp.training.trainer import HeldOutEvaluated, StepDone, TrainingPlanned


@pytest.fixture
def notices(monkeypatch) -> list[str]:
    """What is told off a terminal, by a clock on which each look takes a second."""
    lines: list[str] = []
    for name in ("print_notice", "print_progress"):
        monkeypatch.setattr(train_progress, name, lines.append)
    clock = iter(range(1000))
    monkeypatch.setattr(train_progress, "monotonic", lambda: float(next(clock)))
    return lines


def test_off_a_terminal_there_is_a_line_each_tenth_and_at_each_look_at_what_was_held_out(notices):
    with TrainProgress("adapter") as progress:
        progress.show(TrainingPlanned(80, 8, 1000, 50, 0, 0, BatchSizes(4, 2, 20), 100, 2**30))
        for step in range(1, 21):
            progress.show(StepDone(step, 20, 2.0, step * 50, 1e-4))
        progress.show(HeldOutEvaluated(20, 1.5))
    assert notices[0] == (
        "train adapter: 80 rows and 8 held out, 1,000 tokens an epoch, 20 steps, about 1.0 GiB"
    )
    assert notices[1] == "step 2 of 20: loss 2.000, 50 tokens/s, 18 s left"
    assert len(notices) == 12
    assert notices[-1] == "step 20: loss 2.000, held-out loss 1.500, 50 tokens/s"


def test_what_does_not_fit_is_said(notices):
    with TrainProgress("adapter") as progress:
        progress.show(TrainingPlanned(8, 0, 10, 5, 2, 1, BatchSizes(1, 1, 1), 100, 2**30))
    assert notices[1] == "note: 3 pairs cut or left out by sequence_len"
