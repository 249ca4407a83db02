"""Logits check: a model whose numbers run into NaN or infinity is refused by name."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dlm_lsp.errors import ModelError
from dlm_lsp.local.load import LoadedModel

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class LogitsCheck:
    """A check of what a model computes, with `adapter` on it where one is given."""

    loaded: LoadedModel
    adapter: Path | None

    def __call__(self, _ids: "torch.Tensor", logits: "torch.Tensor") -> "torch.Tensor":
        """Return the logits as they are; to generation it is a logits processor.

        Some may be -inf: what a model is forbidden to write.

        Raises:
            ModelError: a row has NaN, or +inf, or nothing that is finite.
        """
        self.require(logits.amax(dim=-1))
        return logits

    def require(self, values: "torch.Tensor") -> None:
        """Check that all of these are finite.

        Raises:
            ModelError: one is not, with what to do.
        """
        if not values.isfinite().all():
            raise ModelError(self._message())

    def _message(self) -> str:
        if self.adapter is None:
            whose, remedy = "its weights", "get the model again"
        else:
            whose, remedy = "its weights or those of its adapter", "train the adapter again"
        return (
            f"{self.loaded.name} computes likelihoods that are no finite numbers (in "
            f"{self.loaded.number_type} on {self.loaded.device.type}): {whose} hold NaN, infinity "
            f"or far too large numbers; {remedy}, or take another model"
        )
