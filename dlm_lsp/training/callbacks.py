"""Trainer callbacks: what a training tells at each step, and when it has gone astray."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dlm_lsp.errors import ModelError

WHOLE = "whole"
"""The file that says that all of a checkpoint was written."""


def loss_callback(
    on_step: Callable[[int, float, int, float], None],
    on_held_out: Callable[[int, float], None],
    *,
    scaled: bool = False,
) -> Any:
    """Return a callback for a trainer, which stops one whose loss is no longer a number.

    It tells (step, loss, tokens read so far, learning rate) of each update and (step, loss) of each
    look at the held-out rows. With `scaled` losses (fp16) an infinite gradient is let pass: it only
    says that the scale was too large, and its step is not made.
    """
    from transformers import TrainerCallback

    class Watcher(TrainerCallback):  # type: ignore[misc]
        def on_log(
            self, args: Any, state: Any, control: Any, logs: dict[str, Any], **_: Any
        ) -> None:
            step = state.global_step
            if "eval_loss" in logs:
                on_held_out(step, _number("held-out loss", step, logs["eval_loss"]))
            elif "loss" in logs:
                if not scaled:
                    _number("gradient", step, logs.get("grad_norm", 0.0))
                loss = _number("loss", step, logs["loss"])
                on_step(step, loss, state.num_input_tokens_seen, float(logs["learning_rate"]))

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            (folder / WHOLE).touch()

    return Watcher()


def _number(what: str, step: int, value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ModelError(
            f"training went astray: the {what} is {number} at step {step}; lower "
            "training.learning_rate, or set precision: fp32"
        )
    return number
