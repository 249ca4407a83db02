"""Judge calibration: the threshold that nearly all right pairs reach."""

from bench.quality.calibrate import calibration


def test_nineteen_of_twenty_right_pairs_reach_the_threshold():
    right = [place / 10 for place in range(1, 21)]
    found = calibration([*right, 0.05], [True] * 20 + [False])
    assert found.threshold == 0.2
    assert (found.right, found.wrong, found.auroc) == (20, 1, 1.0)


def test_of_few_right_pairs_all_reach_it():
    assert calibration([-0.4004, 0.3, 0.1], [True, True, False]).threshold == -0.401
