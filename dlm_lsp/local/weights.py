"""Model weights: the folder of safetensors that a model name means, and how it gets there."""

import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.document.base_models import GGUF_SUFFIX, HUB_PREFIX, base_models, model_path
from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.errors import ModelError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.local.gguf import converted_folder
from dlm_lsp.local.hub import cached_snapshot
from dlm_lsp.local.model_paths import expanded
from dlm_lsp.local.packaged import from_pypi, packaged_model

_WHAT_TO_NAME = "give a key of the registry, org/name, or a path with ./, / or ~ before it"
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
    """Return the weights of `model`: a path, a registry key or a hub id, with or without `hf:`.

    A path leads to a folder of safetensors or to a GGUF file, and is seen from the working
    directory. The hub is not asked. Blocks: a GGUF file, also that of a package, is converted into
    the cache the first time.

    Raises:
        ModelError: there is no such model, or it is not on this machine, or neither in safetensors
            nor in a GGUF file that can be converted.
    """
    require_local_extra()
    found = _on_this_machine(_checked_name(model))
    if isinstance(found, MissingModel):
        elsewhere = ", or name a folder or GGUF file that holds it, with ./, / or ~ before it"
        raise ModelError(f"{found}{from_pypi(found.name) or elsewhere}")
    return found


def missing_model(model: str) -> MissingModel | None:
    """Return the model of the hub that `model` means and this machine lacks, None where none is.

    The hub is not asked.

    Raises:
        ModelError: the name means nothing, or the extra is not installed.
    """
    require_local_extra()
    name = _checked_name(model)
    packaged = packaged_model(name)
    if model_path(name) or (packaged and packaged.is_installed):
        return None
    hub_id = _hub_id(name)
    missing = MissingModel(name, hub_id, name in base_models())
    return None if cached_snapshot(hub_id) else missing


def _checked_name(model: str) -> str:
    name = model.removeprefix(HUB_PREFIX)
    if not name:
        raise ModelError("hf: names no model; give a registry key, a hub id or a path behind it")
    if name.lower().endswith(GGUF_SUFFIX) and not model_path(name):
        raise ModelError(f"{name} is no hub id; a file is written with ./, / or ~ before it")
    return name


def _on_this_machine(name: str) -> ModelWeights | MissingModel:
    if model_path(name):
        return _at(expanded(name), name)
    packaged = packaged_model(name)
    if packaged and packaged.is_installed:
        _require_gguf()
        folder = packaged.folder()
        return _checked(folder, folder.name)
    hub_id = _hub_id(name)
    snapshot = cached_snapshot(hub_id)
    if snapshot is None:
        return MissingModel(name, hub_id, name in base_models())
    return _checked(snapshot, f"{hub_id}@{snapshot.name}")


def _at(path: Path, name: str) -> ModelWeights:
    if path.is_file():
        return _converted(path)
    if not path.is_dir():
        raise ModelError(f"there is no file or folder {name}; {_WHAT_TO_NAME}")
    return _checked(path, _stamp(path, [*path.glob("*.safetensors"), *path.glob("*.json")]))


def _converted(file: Path) -> ModelWeights:
    if file.suffix.lower() != GGUF_SUFFIX:
        raise ModelError(
            f"{file.name} is neither a folder nor a GGUF file; name the folder that holds "
            "config.json, or a file that ends in .gguf"
        )
    _require_gguf()
    where = hashlib.sha256(str(file.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    stamp = _stamp(file, [file])
    folder = converted_folder(
        file.name, f"gguf-{where}", f"{stamp}-bf16", lambda _: file.absolute()
    )
    return _checked(folder, f"{file.name}-{stamp}")


def _require_gguf() -> None:
    _require(("gguf",), "a GGUF file", "local")


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
    tensors = list(folder.glob("*.safetensors"))
    if not tensors and (files := sorted(folder.glob(f"*{GGUF_SUFFIX}"))):
        raise ModelError(f"{folder} has no .safetensors file; name the file {files[0].name} in it")
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder} holds no model: config.json is missing; name the right folder")
    if not tensors:
        raise ModelError(
            f"{folder} has no .safetensors file; other weights can run code when they are loaded "
            "and are refused. Convert them, or take a model in safetensors"
        )
    return ModelWeights(folder, identity, sum(file.stat().st_size for file in tensors))


def _stamp(path: Path, files: Sequence[Path]) -> str:
    parts = [str(path.resolve())]
    for file in sorted(files):
        status = file.stat()
        parts.append(f"{file.name} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
