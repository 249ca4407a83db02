"""Model fetching: a download that somebody asked for; no other function asks the hub."""

from dataclasses import dataclass

from dlm_lsp.errors import ModelError
from dlm_lsp.local.hub import download_size, download_snapshot
from dlm_lsp.local.weights import MissingModel, missing_model


@dataclass(frozen=True, slots=True)
class PlannedFetch:
    """A model to be downloaded, and how many bytes that is."""

    model: MissingModel
    size: int

    @property
    def description(self) -> str:
        """The model and the size of its download, for somebody who decides."""
        return f"{self.model.hub_id} ({self.size / 1e9:.2g} GB)"


def plan_fetch(model: str) -> PlannedFetch | None:
    """Return what is to be downloaded of `model`; None where all of it is on this machine.

    Raises:
        ModelError: the name means nothing, the hub has no such model, or cannot be reached.
    """
    missing = missing_model(model)
    return PlannedFetch(missing, download_size(missing.hub_id)) if missing else None


def fetch_model(planned: PlannedFetch, *, show: bool = False) -> str:
    """Download the model and return its folder; `show` draws how far it is on stderr.

    Raises:
        ModelError: it could not be had, or is not in safetensors.
    """
    folder = download_snapshot(planned.model.hub_id, show=show)
    if missing_model(planned.model.name):
        raise ModelError(
            f"{planned.model.hub_id} brings no config.json with .safetensors; take another model"
        )
    return str(folder)
