"""What a model is, before it is put to work."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.local.fits import WEIGHTS, check_there
from dlm_lsp.local.load import load


@dataclass(frozen=True, slots=True)
class Facts:
    """What is to be known about a model that is ready to run."""

    identity: str
    """What tells these weights, adapter included, from any others."""
    window: int
    """How many tokens it can look at."""
    chat: bool
    """Whether it follows instructions in turns."""


def inspect(model: str, adapter: Path | None) -> Facts:
    """Load `model` with `adapter` and return what it is.

    Raises:
        LocalError: it cannot be had, or the two do not fit.
    """
    if adapter is not None:
        check_there(adapter)
    loaded = load(model)
    with loaded.speaking_as(adapter):
        identity = loaded.weights.identity
    if adapter is not None:
        identity += f"+{_digest(adapter / WEIGHTS)}"
    return Facts(identity, loaded.window, loaded.chat)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:16]
