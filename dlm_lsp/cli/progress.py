"""How far a run is: a live line on a terminal, plain lines elsewhere; always on stderr."""

from dlm_lsp.cli.live import LiveLine
from dlm_lsp.cli.output import err, tell
from dlm_lsp.synth.events import (
    Event,
    PairAccepted,
    PairRefused,
    RequestDone,
    RequestFailed,
    SectionDone,
    Started,
)


class Progress(LiveLine):
    """Shows the events of one run; a context manager."""

    def __init__(self) -> None:
        super().__init__("synth")
        self._accepted = self._refused = self._tokens = 0

    def show(self, event: Event) -> None:
        """Take one event of the run into account."""
        match event:
            case Started(sections=sections):
                self.update(total=sections)
            case RequestDone(cached=False):
                self._tokens += (event.tokens_in or 0) + (event.tokens_out or 0)
            case RequestFailed():
                tell(f"dlm: {event.source_id} [{event.strategy}]: {event.message}")
            case PairAccepted():
                self._accepted += 1
            case PairRefused():
                self._refused += 1
            case SectionDone():
                self.update(completed=event.done)
                if not err().is_terminal:
                    tell(f"{event.done} of {event.total} sections: {self._state()}")
        self.update(state=self._state())

    def _state(self) -> str:
        tokens = f", {self._tokens:,} tokens" if self._tokens else ""
        return f"{self._accepted} accepted, {self._refused} refused{tokens}"
