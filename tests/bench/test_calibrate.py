"""Judge calibration: the threshold that nearly all right pairs reach."""

from bench.quality.calibrate import calibration


def test_nineteen_of_twenty_right_pairs_reach_the_threshold():
    right = [place / 10 for place in range(1, 21)]
    found = calibration([*right, 0.05], [True] * 20 + [False])
    assert found.threshold == 0.2
    assert (found.right, found.wrong, found.auroc) == (20, 1, 1.0)


def test_a_judge_that_likes_an_empty_answer_better_than_right_ones_only_ranks():
    assert calibration([-0.4, 0.3, 0.1], [True, True, False]).threshold is None
