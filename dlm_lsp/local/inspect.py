"""Model info: what a model is, by its files; it is not loaded."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlm_lsp.errors import ModelError
from dlm_lsp.local.adapter_compat import WEIGHTS, check_adapter_exists
from dlm_lsp.local.load import read_window
from dlm_lsp.local.weights import ModelWeights, resolve_weights

_TEMPLATE = "chat_template.jinja"
_LENGTH_BYTES = 8
_LONGEST_HEADER = 100_000_000


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is to be known about a model before it is put to work."""

    identity: str
    """What tells these weights, adapter included, from any others."""
    window: int
    """How many tokens it can look at."""
    chat: bool
    """Whether it follows instructions in turns."""
    parameters: int
    """How many weights it has, those of an adapter left out."""


def inspect_model(model: str, adapter: Path | None) -> ModelInfo:
    """Return what the files of `model` with `adapter` tell; a GGUF file is converted once.

    Raises:
        ModelError: there is no such model, or no such adapter, or its files cannot be read.
    """
    if adapter is not None:
        check_adapter_exists(adapter)
    weights = resolve_weights(model)
    try:
        parameters = sum(map(_parameters, weights.folder.glob("*.safetensors")))
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ModelError(
            f"cannot read the weights in {weights.folder} ({error}); download or convert them again"
        ) from error
    window = _told_window(weights.folder) or read_window(model, weights)
    chat = _has_template(weights.folder)
    return ModelInfo(model_identity(weights, adapter), window, chat, parameters)


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


def _parameters(file: Path) -> int:
    """Return how many numbers a file holds, by its header.

    The format: https://huggingface.co/docs/safetensors, "Format".
    """
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(_LENGTH_BYTES), "little")
        if length > _LONGEST_HEADER:
            raise ValueError("no safetensors header")
        header = json.loads(opened.read(length))
    return sum(
        math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__"
    )


def _told_window(folder: Path) -> int | None:
    """Return the window that the configuration names as most do; to import others takes long."""
    config = _json(folder / "config.json")
    text = config.get("text_config")
    window = (text if isinstance(text, Mapping) else config).get("max_position_embeddings")
    return window if isinstance(window, int) and window > 0 else None


def _has_template(folder: Path) -> bool:
    if (folder / _TEMPLATE).is_file():
        return True
    return bool(_json(folder / "tokenizer_config.json").get("chat_template"))


def _json(file: Path) -> Mapping[str, Any]:
    """Return the object in a file, an empty one where there is none."""
    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
