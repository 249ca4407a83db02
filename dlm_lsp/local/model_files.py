"""Model files: what a model is, as far as its files tell without loading it."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlm_lsp.errors import ModelError
from dlm_lsp.local.adapter_compat import check_adapter_exists
from dlm_lsp.local.weights import resolve_weights

_TEMPLATES = ("chat_template.jinja", "chat_template.json")
_LENGTH_BYTES = 8
_LONGEST_HEADER = 100_000_000


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """What files tell: how many weights there are, and whether they know turns of a chat."""

    parameters: int
    chat: bool


def read_model_files(model: str, adapter: Path | None) -> ModelFiles:
    """Return what the files of `model` tell; a GGUF file is converted the first time.

    Raises:
        ModelError: there is no such model, or no such adapter, or its files cannot be read.
    """
    if adapter is not None:
        check_adapter_exists(adapter)
    folder = resolve_weights(model).folder
    try:
        parameters = sum(map(_parameters, folder.glob("*.safetensors")))
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ModelError(
            f"cannot read the weights in {folder} ({error}); download or convert them again"
        ) from error
    return ModelFiles(parameters, _has_template(folder))


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


def _has_template(folder: Path) -> bool:
    if any((folder / name).is_file() for name in _TEMPLATES):
        return True
    try:
        config: Any = json.loads((folder / "tokenizer_config.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and bool(config.get("chat_template"))
