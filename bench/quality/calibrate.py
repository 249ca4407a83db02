"""Judge calibration: a threshold for each judge model, from the graded pairs of the tuning half."""

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import dlm_lsp.synth
from bench.judge_auroc import auroc
from bench.quality.grades import GradedPair
from bench.quality.scores import right_and_wrong
from dlm_lsp.document.base_models import public_name
from dlm_lsp.synth.judge_calibration import Calibration

CALIBRATIONS = Path(dlm_lsp.synth.__file__).with_name("judge_calibrations.json")
# A right pair that is refused costs more than a wrong one that the verifier or a reader finds.
_KEPT = 0.95


def calibration(margins: Iterable[float], right: Iterable[bool]) -> Calibration:
    """Return the calibration of a judge from the margins of pairs and which of them are right.

    The threshold is rounded down to 0.001, so that what it is made of passes.
    """
    pairs = list(zip(margins, right, strict=True))
    of_right = sorted((margin for margin, is_right in pairs if is_right), reverse=True)
    least = of_right[math.ceil(_KEPT * len(of_right)) - 1]
    area = auroc([margin for margin, _ in pairs], [is_right for _, is_right in pairs])
    threshold = math.floor(least * 1000) / 1000
    return Calibration(
        threshold,
        round(area, 3),
        len(of_right),
        len(pairs) - len(of_right),
    )


def write_calibrations(
    scores: Mapping[str, Mapping[str, float]], graded: Mapping[str, GradedPair]
) -> None:
    """Write what is known of each judge model to where the product reads it."""
    rows = {
        public_name(judge): calibration(*right_and_wrong(margins, graded, "tuning"))
        for judge, margins in scores.items()
    }
    data = {
        name: {field: getattr(row, field) for field in Calibration.__slots__}
        for name, row in sorted(rows.items())
    }
    CALIBRATIONS.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
