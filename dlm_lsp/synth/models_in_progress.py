"""Models in progress: which are being loaded, as a progress line begins with them."""

from dlm_lsp.synth.events import ModelLoading, ModelReady, SynthEvent


class ModelsInProgress:
    """The models that are being loaded, by the events of a run."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def take(self, event: SynthEvent) -> None:
        """Take an event into account."""
        match event:
            case ModelLoading(model=model):
                self._names[model] = None
            case ModelReady(model=model):
                self._names.pop(model, None)
            case _:
                pass

    @property
    def words(self) -> str:
        """What stands before the counts, with a comma behind it; empty where nothing is loaded."""
        return f"loading {', '.join(self._names)}, " if self._names else ""
