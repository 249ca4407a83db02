"""Adapter compatibility: whether an adapter was made for a model."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

from dlm_lsp.errors import ModelError

WEIGHTS = "adapter_model.safetensors"
_CONFIG = "adapter_config.json"

_NUMBER = re.compile(r"\.\d+\.")

Shapes = dict[str, tuple[int, ...]]


def check_adapter_exists(adapter: Path) -> None:
    """Check that a folder holds an adapter, with its weights in safetensors.

    Raises:
        ModelError: a file is missing.
    """
    for name in (_CONFIG, WEIGHTS):
        if not (adapter / name).is_file():
            raise ModelError(f"{adapter} is no adapter: {name} is missing; train it again")


def check_adapter_fits(model: Any, adapter: Path) -> None:
    """Check that the weights of an adapter are those that the model has places for.

    Nothing is put on the model, for what does not fit could not be taken off it again.

    Raises:
        ModelError: they are not, or the adapter cannot be read.
    """
    check_adapter_exists(adapter)
    weights = _shapes(adapter / WEIGHTS)
    config = _config(adapter)
    try:
        expected = _expected(model, config)
    except (ValueError, RuntimeError, KeyError) as error:
        raise _unfit(adapter, config, str(error).splitlines()[0]) from error
    if problem := _difference(weights, expected):
        raise _unfit(adapter, config, problem)


def _shapes(file: Path) -> Shapes:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "pt") as weights:
            return {name: tuple(weights.get_slice(name).get_shape()) for name in weights.keys()}  # noqa: SIM118 (no mapping)
    except (OSError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"cannot read {file} ({reason}); train the adapter again") from error


def _config(adapter: Path) -> Any:
    from peft import PeftConfig

    try:
        return PeftConfig.from_pretrained(str(adapter))
    except (ValueError, OSError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(
            f"cannot read {adapter / _CONFIG} ({reason}); train the adapter again"
        ) from error


def _expected(model: Any, config: Any) -> Shapes:
    """Return the weights that an adapter of this kind has on the model, and their shapes."""
    layers = getattr(config, "target_modules", None) or ()
    named = _adapted_shapes(model, config, layers)
    if isinstance(layers, str) or not any(map(_NUMBER.search, layers)):
        return named
    # In a model of few layers peft writes down "all-linear" layer by layer, and where all kinds of
    # layers are named, that was meant.
    every = _adapted_shapes(model, config, "all-linear")
    return every if _kinds(every) == _kinds(named) else named


def _kinds(shapes: Shapes) -> set[str]:
    return {_NUMBER.sub(".*.", name) for name in shapes}


def _adapted_shapes(model: Any, config: Any, layers: Any) -> Shapes:
    import torch
    from peft import get_peft_model, get_peft_model_state_dict

    config = deepcopy(config)
    config.target_modules = layers
    # Else peft warns that it is another one here.
    config.base_model_name_or_path = None
    # On a device without numbers there is nothing to begin with.
    config.init_lora_weights = False
    with torch.device("meta"):
        bare = type(model)(deepcopy(model.config))
        adapted = get_peft_model(bare, config)
    state = get_peft_model_state_dict(adapted, save_embedding_layers=False)
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def _difference(weights: Shapes, expected: Shapes) -> str | None:
    """Return in words how the weights of an adapter differ from those that are expected."""
    for names, what in (
        (expected.keys() - weights.keys(), "without weights"),
        # Beside its own weights, an adapter may carry embeddings.
        (
            {name for name in weights.keys() - expected.keys() if ".lora_" in name},
            "not in the model",
        ),
        (
            {name for name in weights.keys() & expected.keys() if weights[name] != expected[name]},
            "of another size",
        ),
    ):
        if names:
            layers = {
                name.partition(".lora_")[0].removeprefix("base_model.model.") for name in names
            }
            return f"{len(layers)} of its layers are {what}, such as {min(layers)}"
    return None


def _unfit(adapter: Path, config: Any, problem: str) -> ModelError:
    base = config.base_model_name_or_path
    return ModelError(
        f"the adapter in {adapter} does not fit this base model ({problem}); train it again"
        + (f", or name the base_model that it was trained on, {base}" if base else "")
    )
