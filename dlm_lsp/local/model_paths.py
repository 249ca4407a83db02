"""Model paths: a model that is named by a path, seen from the document that it is for."""

from pathlib import Path
from typing import TYPE_CHECKING

from dlm_lsp.document.base_models import HUB_PREFIX, model_path

if TYPE_CHECKING:
    from dlm_lsp.document.schema import Frontmatter

_OTHER_MACHINE = ("\\\\", "//")


def model_beside(model: str, folder: Path) -> str:
    """Return a model with the path that names it, if one does, seen from `folder`."""
    path = model_path(model)
    if path is None:
        return model
    prefix = HUB_PREFIX if model.startswith(HUB_PREFIX) else ""
    return f"{prefix}{(folder / expanded(path)).absolute()}"


def expanded(path: str) -> Path:
    """Return a path with its `~`, where it begins with one, as the home folder that it means."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # Nobody of this name is known.
        return Path(path)


def frontmatter_beside(frontmatter: "Frontmatter", folder: Path) -> "Frontmatter":
    """Return a frontmatter with the path of its base model, if it has one, seen from `folder`."""
    return frontmatter.model_copy(
        update={"base_model": model_beside(frontmatter.base_model, folder)}
    )


def on_other_machine(path: str) -> bool:
    """Say whether a path leads to another machine, where to look would be to log in."""
    return path.startswith(_OTHER_MACHINE)


def model_is_there(model: str, folder: Path) -> bool:
    """Say whether the path that names a model, if one does, leads to something.

    What a path on another machine leads to is left open.
    """
    path = model_path(model)
    if path is None or on_other_machine(path):
        return True
    try:
        return Path(model_beside(path, folder)).exists()
    except (OSError, ValueError):
        return False


def is_within(model: str, folders: tuple[Path, ...]) -> bool:
    """Say whether the path that names a model, if one does, leads into one of the folders.

    A path on another machine leads into none.
    """
    path = model_path(model)
    if path is None:
        return True
    return not on_other_machine(path) and any(
        expanded(path).resolve().is_relative_to(folder.resolve()) for folder in folders
    )
