"""How far a run is: a live line on a terminal, plain lines elsewhere; always on stderr."""

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

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


class Progress:
    """Shows the events of one run; a context manager."""

    def __init__(self) -> None:
        self._bar = Bar(
            TextColumn("synth"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeRemainingColumn(),
            console=err(),
            transient=True,
            disable=not err().is_terminal,
        )
        self._task = self._bar.add_task("", total=None, state="")
        self._accepted = self._refused = self._tokens = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def show(self, event: Event) -> None:
        """Take one event of the run into account."""
        match event:
            case Started(sections=sections):
                self._bar.update(self._task, total=sections)
            case RequestDone(cached=False):
                self._tokens += (event.tokens_in or 0) + (event.tokens_out or 0)
            case RequestFailed():
                tell(f"dlm: {event.source_id} [{event.strategy}]: {event.message}")
            case PairAccepted():
                self._accepted += 1
            case PairRefused():
                self._refused += 1
            case SectionDone():
                self._bar.advance(self._task)
                if not err().is_terminal:
                    tell(f"{event.done} of {event.total} sections: {self._state()}")
        self._bar.update(self._task, state=self._state())

    def _state(self) -> str:
        tokens = f", {self._tokens:,} tokens" if self._tokens else ""
        return f"{self._accepted} accepted, {self._refused} refused{tokens}"
