"""Judge calibration: which judge has one, and how that is said."""

import pytest

from dlm_lsp.synth.judge_calibration import Calibration, calibration_of, describe_judge


@pytest.mark.parametrize("name", ["gemma-3-270m", "hf:gemma-3-270m", "hf:google/gemma-3-270m"])
def test_a_model_has_one_calibration_by_all_of_its_names(name):
    assert calibration_of(name) == calibration_of("google/gemma-3-270m")
    assert calibration_of(name)


def test_a_model_that_nobody_measured_has_none():
    assert calibration_of("hf:./folder") is None


@pytest.mark.parametrize(
    ("threshold", "calibration", "words"),
    [
        (0.25, Calibration(0.25, 0.7, 63, 22), "threshold 0.25; AUROC 0.70 over 85 graded pairs"),
        (0.1, None, "threshold 0.1; not calibrated"),
        (None, None, "ranks the pairs and refuses none; not calibrated"),
    ],
)
def test_the_judge_is_described_by_its_rule_and_its_figures(threshold, calibration, words):
    assert describe_judge("sway:m", threshold, calibration).startswith(f"sway:m ({words}")


def test_what_the_judge_computed_in_is_said_where_it_judged():
    assert describe_judge("sway:m", 0.1, None, "bfloat16").endswith("not calibrated; in bfloat16)")
    assert describe_judge("sway:m", 0.1, None).endswith("not calibrated)")
