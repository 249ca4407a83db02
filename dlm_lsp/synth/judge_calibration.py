"""Judge calibration: what the margins of a judge model are worth, measured on graded pairs.

The scale of margins differs from model to model, so each has a threshold of its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from dlm_lsp.document.base_models import HUB_PREFIX, public_name


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well a judge model tells right pairs from wrong ones, by `bench/quality`.

    `threshold` is the margin that 19 of 20 right pairs reach, in nats per token; `auroc` is how
    often a right pair has a larger margin than a wrong one, from 0 to 1, over so many graded pairs,
    `right` and `wrong`.
    """

    threshold: float
    auroc: float
    right: int
    wrong: int


@cache
def _calibrations() -> Mapping[str, Calibration]:
    data = files(__package__).joinpath("judge_calibrations.json").read_text(encoding="utf-8")
    return MappingProxyType({name: Calibration(**row) for name, row in json.loads(data).items()})


def calibration_of(model: str) -> Calibration | None:
    """Return the calibration of a model by registry key or hub id, None where it has none.

    An adapter changes the margins: that of its base model does not hold for it.
    """
    return _calibrations().get(public_name(model.removeprefix(HUB_PREFIX)))


def judge_threshold(named: float | None, calibration: Calibration | None) -> float | None:
    """Return the margin from which on a pair passes, None where the judge only ranks the pairs."""
    if named is None and calibration:
        return calibration.threshold
    return named


def describe_judge(
    name: str, threshold: float | None, calibration: Calibration | None, number_type: str = ""
) -> str:
    """Return who judged, from which margin on pairs passed, and what the judge is worth.

    `number_type` is what its model computed in, which moves margins by about 0.01; empty where
    it judged nothing.
    """
    if calibration is None:
        measured = "not calibrated"
    else:
        count = calibration.right + calibration.wrong
        measured = f"AUROC {calibration.auroc:.2f} over {count} graded pairs"
    rule = "ranks the pairs and refuses none" if threshold is None else f"threshold {threshold:g}"
    computed = f"; in {number_type}" if number_type else ""
    return f"{name} ({rule}; {measured}{computed})"
