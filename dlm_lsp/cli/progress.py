"""Progress of a synthesis: a live line on a terminal, plain lines elsewhere; always on stderr."""

from dlm_lsp.cli.output import pluralize, print_notice, print_progress
from dlm_lsp.cli.progress_line import ProgressLine
from dlm_lsp.synth.events import (
    ModelLoading,
    PairAccepted,
    PairRefused,
    PairVerified,
    RequestDone,
    RequestFailed,
    RunFinished,
    RunStarted,
    SectionDone,
    SynthEvent,
    TeacherNotice,
)
from dlm_lsp.synth.models_in_progress import ModelsInProgress


class SynthProgress(ProgressLine):
    """Shows the events of one run; a context manager. `state` is the word before the first."""

    def __init__(self, state: str = "") -> None:
        super().__init__("synth", state)
        self._models = ModelsInProgress()
        self._accepted = self._refused = self._tokens = 0
        self._verified = ""

    def show(self, event: SynthEvent) -> None:
        """Take one event of the run into account."""
        match event:
            case RunStarted(sections=sections):
                self.update(total=sections)
            case RequestDone(cached=False):
                self._tokens += (event.tokens_in or 0) + (event.tokens_out or 0)
            case ModelLoading() | RequestFailed() | TeacherNotice():
                _tell(event)
            case PairAccepted():
                self._accepted += 1
            case PairRefused():
                self._refused += 1
            case PairVerified():
                self._verified = f"{event.done} of {event.total} verified, "
                if event.done == event.total:
                    print_progress(f"{pluralize(event.total, 'pair')} verified: {self._state()}")
            case SectionDone():
                self.update(completed=event.done)
                print_progress(f"{event.done} of {event.total} sections: {self._state()}")
            case RunFinished(report=report):
                self._finish(len(report.accepted), len(report.refused))
        self._models.take(event)
        self.update(state=self._models.words + self._verified + self._state())

    def _finish(self, accepted: int, refused: int) -> None:
        """Tell the counts of the report where they are others: which pairs stay is known last."""
        if (self._accepted, self._refused) != (accepted, refused):
            self._accepted, self._refused = accepted, refused
            print_progress(f"in all: {self._state()}")

    def _state(self) -> str:
        tokens = f", {self._tokens:,} tokens" if self._tokens else ""
        return f"{self._accepted:,} accepted, {self._refused:,} refused{tokens}"


def _tell(event: ModelLoading | RequestFailed | TeacherNotice) -> None:
    """Print a line about what is no count; a terminal shows in its live line what is loaded."""
    match event:
        case ModelLoading():
            print_progress(f"loading {event.model}")
        case RequestFailed():
            task = event.strategy or "verification"
            print_notice(f"dlm: {event.source_id} [{task}]: {event.message}")
        case TeacherNotice():
            print_notice(f"note: {event.message}")
