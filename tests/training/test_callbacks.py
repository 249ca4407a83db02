"""Trainer callbacks: what a training tells at each step."""

from types import SimpleNamespace

import pytest

from dlm_lsp.errors import ModelError
from dlm_lsp.training.callbacks import WHOLE, loss_callback, tokens_of


def _logged(*, scaled=False, history=(), **logs):
    calls = []
    watch = loss_callback(
        lambda *values: calls.append(("step", *values)),
        lambda *values: calls.append(values),
        scaled=scaled,
    )
    watch.on_train_begin(None, SimpleNamespace(log_history=history), None)
    watch.on_log(None, SimpleNamespace(global_step=3), None, logs=logs)
    return calls


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
    with pytest.raises(ModelError, match=r"at step 3.*learning_rate"):
        _logged(**logs)


def test_a_scaled_loss_may_have_an_infinite_gradient_but_be_no_infinite_loss():
    assert _logged(scaled=True, loss=1.0, grad_norm=float("inf"))
    with pytest.raises(ModelError, match="the loss is inf"):
        _logged(scaled=True, loss=float("inf"), grad_norm=1.0)


def test_a_resumed_training_counts_on_from_the_tokens_that_were_read_before():
    assert _logged(history=[{"num_tokens": 30.0}], loss=1.5, num_tokens=7.0) == [
        ("step", 3, 1.5, 37)
    ]


def test_tokens_are_counted_over_all_resumptions():
    read = (10.0, 20.0, 5.0, 12.0, 12.0, 3.0)
    assert tokens_of([{"loss": 1.0}, *({"num_tokens": tokens} for tokens in read)]) == 35
    assert tokens_of([]) == 0


def test_a_checkpoint_that_was_written_is_marked(tmp_path):
    (tmp_path / "checkpoint-3").mkdir()
    watch = loss_callback(lambda *_: None, lambda *_: None)
    arguments = SimpleNamespace(output_dir=str(tmp_path))
    watch.on_save(arguments, SimpleNamespace(global_step=3), None)
    assert (tmp_path / "checkpoint-3" / WHOLE).is_file()
