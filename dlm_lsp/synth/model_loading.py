"""Model loading: the local models of a run, each told of and brought into memory once."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, runtime_checkable

import anyio

from dlm_lsp.document.base_models import public_name, short_name
from dlm_lsp.local.model import LocalModel, keep_only
from dlm_lsp.synth.events import ModelLoading, ModelReady, OnEvent


@runtime_checkable
class UsesLocalModel(Protocol):
    """A teacher or a judge with a model on this machine."""

    @property
    def local_model(self) -> LocalModel:
        """The model, which is loaded when it is first asked, if nobody has done so before."""


def uses_local_model(who: object) -> bool:
    """Tell whether a teacher, a verifier or a judge has its model on this machine."""
    return isinstance(who, UsesLocalModel)


class RunLoading:
    """Loads what the teacher, the judge and the verifier of a run need, when it is needed.

    With the first of them, the models of earlier runs are let go of that are none of these.
    """

    def __init__(self, asked: Iterable[object], on_event: OnEvent) -> None:
        self._models = [who.local_model for who in asked if isinstance(who, UsesLocalModel)]
        self._on_event = on_event
        self._lock = anyio.Lock()
        self._ready: set[tuple[str, Path | None]] = set()

    async def load(self, who: object) -> None:
        """Load the model of `who`, if it has one; while another is loaded, this one waits.

        Raises:
            ModelError: it cannot be loaded, with the remedy.
        """
        if not isinstance(who, UsesLocalModel):
            return
        model = who.local_model
        # Teacher and judge may call the same model by its key and by its hub id.
        key = public_name(model.name), model.adapter
        async with self._lock:
            if key in self._ready:
                return
            name = short_name(model.name)
            self._on_event(ModelLoading(name))
            try:
                if not self._ready:
                    await keep_only(self._models)
                await model.load()
                self._ready.add(key)
            finally:
                self._on_event(ModelReady(name))
