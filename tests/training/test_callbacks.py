"""Trainer callbacks: what a training tells at each step."""

from types import SimpleNamespace

import pytest

from dlm_lsp.errors import ModelError
from dlm_lsp.training.callbacks import WHOLE, loss_callback


def _logged(*, scaled=False, tokens=0, **logs):
    calls = []
    watch = loss_callback(
        lambda *values: calls.append(("step", *values)),
        lambda *values: calls.append(values),
        scaled=scaled,
    )
    state = SimpleNamespace(global_step=3, num_input_tokens_seen=tokens)
    watch.on_log(None, state, None, logs=logs)
    return calls


def test_steps_and_held_out_losses_are_told():
    assert _logged(loss=1.5, tokens=70, learning_rate=1e-4) == [("step", 3, 1.5, 70, 1e-4)]
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
    with pytest.raises(ModelError, match=r"at step 3.*learning_rate"):
        _logged(**logs)


def test_a_scaled_loss_may_have_an_infinite_gradient_but_be_no_infinite_loss():
    assert _logged(scaled=True, loss=1.0, grad_norm=float("inf"), learning_rate=1e-4)
    with pytest.raises(ModelError, match="the loss is inf"):
        _logged(scaled=True, loss=float("inf"), grad_norm=1.0)


def test_a_checkpoint_that_was_written_is_marked(tmp_path):
    (tmp_path / "checkpoint-3").mkdir()
    watch = loss_callback(lambda *_: None, lambda *_: None)
    arguments = SimpleNamespace(output_dir=str(tmp_path))
    watch.on_save(arguments, SimpleNamespace(global_step=3), None)
    assert (tmp_path / "checkpoint-3" / WHOLE).is_file()
