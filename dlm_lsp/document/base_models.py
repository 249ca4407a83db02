"""Base model registry: the models that are known by name, and what is known of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

HUB_PREFIX = "hf:"
GGUF_SUFFIX = ".gguf"
# Of either kind of system, whatever this one is, for documents travel.
_PATH = re.compile(r"\.{1,2}(?:[/\\].*)?|[/~\\].*|[A-Za-z]:[/\\].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model of the registry.

    `params` counts parameters, `context_length` tokens; `size_gb_fp16` is the size of its weights
    in GB at 16 bits. `requires_acceptance` is set where the hub wants the license accepted first.
    """

    key: str
    hf_id: str
    params: int
    context_length: int
    size_gb_fp16: float
    license_spdx: str
    requires_acceptance: bool
    modality: str
    architecture: str


@cache
def base_models() -> Mapping[str, RegisteredModel]:
    """Return the registry by key."""
    data = files(__package__).joinpath("base_models.json").read_text(encoding="utf-8")
    models = (RegisteredModel(**entry) for entry in json.loads(data))
    return MappingProxyType({model.key: model for model in models})


def resolve_base_model(base_model: str) -> RegisteredModel | None:
    """Return what is known of a registry key or `hf:org/name`, None where that is nothing.

    Of two keys with the same hub id, the first in the registry answers for that id.
    """
    if not base_model.startswith(HUB_PREFIX):
        return base_models().get(base_model)
    hf_id = base_model.removeprefix(HUB_PREFIX)
    return next((model for model in base_models().values() if model.hf_id == hf_id), None)


def model_path(model: str) -> str | None:
    """Return the path that a model is named by, None where it is a key or a hub id.

    A path is written with `/`, `./`, `../` or `~` before it, so that no folder is taken for a hub
    id.
    """
    name = model.removeprefix(HUB_PREFIX)
    return name if _PATH.fullmatch(name) else None


def shown_name(model: str) -> str:
    """Return what may be shown of a model: a key or a hub id, and of a path its last part alone."""
    path = model_path(model)
    name = model.removeprefix(HUB_PREFIX)
    return name if path is None else re.split(r"[/\\]", path.rstrip("/\\"))[-1] or name


def short_name(model: str) -> str:
    """Return the registry key of a model that is called by it or by its hub id, else as shown."""
    registered = resolve_base_model(model)
    return registered.key if registered else shown_name(model)


def public_name(base_model: str) -> str:
    """Return the name under which others find a base model: its hub id, or its path."""
    model = resolve_base_model(base_model)
    return model.hf_id if model else base_model.removeprefix(HUB_PREFIX)
