"""Model info: what a model is, before it is put to work."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.local.adapter_compat import WEIGHTS, check_adapter_exists
from dlm_lsp.local.load import load_model
from dlm_lsp.local.weights import ModelWeights


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is to be known about a model that is ready to run."""

    identity: str
    """What tells these weights, adapter included, from any others."""
    window: int
    """How many tokens it can look at."""
    chat: bool
    """Whether it follows instructions in turns."""
    parameters: int
    """How many weights it has, those of an adapter included."""
    number_type: str
    """What it computes in, which the processor or the GPU decides: `float32` or `bfloat16`."""


def inspect_model(model: str, adapter: Path | None) -> ModelInfo:
    """Load `model` with `adapter` and return what it is.

    Raises:
        ModelError: it cannot be had, or the two do not fit.
    """
    if adapter is not None:
        check_adapter_exists(adapter)
    loaded = load_model(model)
    with loaded.speaking_as(adapter):
        parameters = loaded.model.num_parameters()
    identity = model_identity(loaded.weights, adapter)
    return ModelInfo(identity, loaded.window, loaded.chat, parameters, loaded.number_type)


def model_identity(weights: ModelWeights, adapter: Path | None) -> str:
    """Return what tells these weights with this adapter from any others.

    Raises:
        ModelError: the adapter is not there.
    """
    if adapter is None:
        return weights.identity
    check_adapter_exists(adapter)
    return f"{weights.identity}+{_digest(adapter / WEIGHTS)}"


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:16]
