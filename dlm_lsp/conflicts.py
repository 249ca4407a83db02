"""Conflicting distributions: what cannot share an environment with this one, told at start."""

import os
import sys
from pathlib import Path

from dlm_lsp.install_hint import DISTRIBUTION

_ENVIRONMENT = Path(__file__).parent.parent
_REMEDY = (
    f"install {DISTRIBUTION} anew in an environment of its own, by `uv tool install`, "
    "`pipx install` or in a venv"
)


def check_environment(command: str, folder: Path = _ENVIRONMENT) -> None:
    """Refuse to start `command` beside what overwrites our files; warn of a second `dlm`.

    `folder` is where the package is installed. It is listed once: importlib.metadata would take
    longer to import than the whole check.

    Raises:
        SystemExit: with 2, where the reference's language server is installed in `folder`.
    """
    installed = [name for name in os.listdir(folder) if name.endswith(".dist-info")]  # noqa: PTH208
    if server := _installed("dlm_lsp", installed):
        sys.stderr.write(
            f"{command}: dlm-lsp {server} is in the same environment ({folder}), and each "
            f"overwrites files of the other: {_REMEDY}\n"
        )
        raise SystemExit(2)
    if command == "dlm" and (reference := _installed("document_language_model", installed)):
        sys.stderr.write(
            f"dlm: document-language-model {reference} is in the same environment ({folder}) and "
            "has a command dlm too; the one that was installed last is run. To have both, "
            f"{_REMEDY}\n"
        )


def _installed(name: str, installed: list[str]) -> str | None:
    """Return the version of a distribution, None where it is not installed."""
    for folder in installed:
        distribution, _, version = folder.removesuffix(".dist-info").partition("-")
        if distribution == name:
            return version
    return None
