"""Model presence: whether a model is on this machine, as far as it shows without loading it."""

from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.document.base_models import model_path
from dlm_lsp.errors import ModelError
from dlm_lsp.local.model_paths import model_is_there, on_other_machine
from dlm_lsp.local.weights import missing_model


@dataclass(frozen=True, slots=True)
class ModelPresence:
    """Whether a model is on this machine; None: not known. `note` says why, where it is not."""

    is_here: bool | None
    note: str = ""


def model_presence(model: str, folder: Path) -> ModelPresence:
    """Tell whether `model` is on this machine; `folder` is the one of the document that names it.

    Nothing is loaded, converted or downloaded, and the hub is not asked.
    """
    path = model_path(model)
    if path is not None and on_other_machine(path):
        return ModelPresence(None, "it is on another machine, where nobody looks for it")
    if not model_is_there(model, folder):
        return ModelPresence(False, f"there is no file or folder {path}")
    if path is not None:
        return ModelPresence(True)
    try:
        missing = missing_model(model)
    except ModelError as error:
        return ModelPresence(None, str(error))
    return ModelPresence(False, str(missing)) if missing else ModelPresence(True)
