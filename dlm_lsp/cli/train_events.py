"""Training events: what `dlm train --jsonl` prints, an object a line as each comes."""

from dataclasses import asdict
from typing import Any

from dlm_lsp.training.sources import OutsideSource
from dlm_lsp.training.trainer import (
    HeldOutEvaluated,
    StepDone,
    TrainingDone,
    TrainingEvent,
    TrainingPlanned,
)

_NAMES: dict[type[TrainingEvent], str] = {
    OutsideSource: "outside_source",
    TrainingPlanned: "planned",
    StepDone: "step",
    HeldOutEvaluated: "held_out",
    TrainingDone: "done",
}


def event_json(event: TrainingEvent) -> dict[str, Any]:
    """Return the JSON shape of an event: its name as `event`, and what it tells."""
    return {"event": _NAMES[type(event)], **asdict(event)}
