"""Finite weights: whether weights on disk are numbers."""

from pathlib import Path

from dlm_lsp.errors import ModelError


def check_finite_weights(adapter: Path) -> None:
    """Check the weights of an adapter folder for NaN and infinity.

    Raises:
        ModelError: a weight is no number, or there are no weights.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    file = adapter / "adapter_model.safetensors"
    try:
        with safe_open(file, "pt") as weights:
            names = list(weights.keys())
            for name in names:
                if not torch.isfinite(weights.get_tensor(name)).all():
                    raise ModelError(
                        f"training went astray: {name} holds NaN or infinity; "
                        "lower learning_rate, or set precision: fp32"
                    )
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"{file.name} was not written whole ({error}); make room, train again"
        ) from error
    if not names:
        raise ModelError(
            "no layer got an adapter; mend training.target_modules, or leave it at auto"
        )
