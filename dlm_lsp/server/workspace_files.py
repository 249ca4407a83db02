"""Workspace files: the documents below the folders of a workspace."""

import os
from collections.abc import Sequence
from pathlib import Path

MAX_ENTRIES = 20_000
"""How many files and folders of a workspace are looked at; a home folder can be one too."""


def documents_below(folders: Sequence[Path]) -> tuple[list[Path], bool]:
    """Return the `.dlm` files below folders, but in no hidden one, and whether these are all."""
    entries = 0
    found: list[Path] = []
    for folder in folders:
        for place, below, names in os.walk(folder):
            below[:] = sorted(name for name in below if not name.startswith("."))
            entries += len(below) + len(names)
            if entries > MAX_ENTRIES:
                return found, False
            paths = (Path(place, name) for name in sorted(names))
            found += (path for path in paths if path.suffix == ".dlm")
    return found, True
