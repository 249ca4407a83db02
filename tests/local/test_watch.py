"""What a training says at each step."""

from types import SimpleNamespace

import pytest

from dlm_lsp.local.error import LocalError
from dlm_lsp.local.watch import WHOLE, watcher


def _logged(**logs):
    seen = []
    watch = watcher(lambda *told: seen.append(("step", *told)), lambda *told: seen.append(told))
    watch.on_log(None, SimpleNamespace(global_step=3), None, logs=logs)
    return seen


def test_steps_and_held_out_losses_are_told():
    assert _logged(loss=1.5, num_tokens=70.0) == [("step", 3, 1.5, 70)]
    assert _logged(eval_loss=2.5) == [(3, 2.5)]
    assert _logged(train_runtime=1.0) == []


@pytest.mark.parametrize(
    "logs",
    [
        {"loss": float("nan")},
        {"loss": float("inf")},
        {"eval_loss": float("nan")},
        {"loss": 1.0, "grad_norm": float("nan")},
    ],
)
def test_what_is_no_number_ends_the_training(logs):
    with pytest.raises(LocalError, match=r"at step 3.*learning_rate"):
        _logged(**logs)


def test_a_checkpoint_that_was_written_is_marked(tmp_path):
    (tmp_path / "checkpoint-3").mkdir()
    watch = watcher(lambda *_: None, lambda *_: None)
    where = SimpleNamespace(output_dir=str(tmp_path))
    watch.on_save(where, SimpleNamespace(global_step=3), None)
    assert (tmp_path / "checkpoint-3" / WHOLE).is_file()
