"""Training events as `dlm train --jsonl` prints them."""

import json
from typing import get_args

import pytest

from dlm_lsp.cli.train_events import event_json
from dlm_lsp.training.recipe import BatchSizes
from dlm_lsp.training.sources import OutsideSource
from dlm_lsp.training.trainer import (
    HeldOutEvaluated,
    StepDone,
    TrainingDone,
    TrainingEvent,
    TrainingPlanned,
)

EVENTS = (
    OutsideSource("/notes", 2),
    TrainingPlanned(80, 8, 1000, 50, 0, 0, BatchSizes(4, 2, 20), 100, 2**30),
    StepDone(1, 20, 2.0, 50, 1e-4),
    HeldOutEvaluated(2, 1.5),
    TrainingDone(2, 0, ((1, 2.0),), (), 2.0, None, (("torch", "2"),)),
)


def test_these_are_all_of_the_events():
    assert {type(event) for event in EVENTS} == set(get_args(TrainingEvent))


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_has_its_name_and_can_be_written(event):
    value = event_json(event)
    assert next(iter(value)) == "event"
    assert json.loads(json.dumps(value))["event"] == value["event"]


def test_a_step_tells_loss_and_learning_rate():
    assert event_json(EVENTS[2]) == {
        "event": "step",
        "step": 1,
        "steps": 20,
        "loss": 2.0,
        "tokens": 50,
        "learning_rate": 1e-4,
    }
