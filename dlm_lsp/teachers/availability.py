"""What stands in the way of a teacher, as far as it shows without asking anybody."""

import os
from dataclasses import dataclass
from importlib.util import find_spec

from dlm_lsp.install_hint import install_hint

# What a kind of teacher imports, the extra that brings it, and the variable its key is in.
_NEEDS = {
    "hf": ("torch", "local", None),
    "self": ("torch", "local", None),
    "openai": ("openai", "openai", "OPENAI_API_KEY"),
    "anthropic": ("anthropic", "anthropic", "ANTHROPIC_API_KEY"),
    "vllm-server": ("openai", "openai", None),
}


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why something cannot be done just now: a `code` to decide by, a `message` to show."""

    code: str
    message: str


def availability(selector: str, *, has_adapter: bool) -> Unavailable | None:
    """Return why the teacher that `selector` names cannot be asked; None where nothing shows.

    `has_adapter` tells whether the document has a trained adapter, which `self` needs.
    """
    kind, colon, rest = selector.strip().partition(":")
    if kind not in _NEEDS or bool(colon) == (kind == "self") or (colon and not rest):
        return Unavailable(
            "no-teacher",
            f"{selector!r} names no teacher: set dlm.teacher, for example to hf:gemma-3-270m",
        )
    package, extra, key = _NEEDS[kind]
    if kind == "self" and not has_adapter:
        return Unavailable(
            "no-adapter",
            "the document has no trained adapter to be its own teacher: train one with "
            "`dlm train`, or set dlm.teacher",
        )
    if find_spec(package) is None:
        return Unavailable(
            "missing-extra", f"{kind} needs more than is installed: {install_hint(extra)}"
        )
    if key and not os.environ.get(key, "").strip():
        return Unavailable("missing-key", f"{kind} needs a key in the environment variable {key}")
    return None


def client_package(selector: str) -> str | None:
    """Return the package that asks the teacher over a network; None where there is none."""
    kind = selector.strip().partition(":")[0]
    package = _NEEDS[kind][0] if kind in _NEEDS else None
    return package if package != "torch" else None
