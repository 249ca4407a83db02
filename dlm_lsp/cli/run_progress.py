"""Run progress: of one document its sections, of several how many are done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dlm_lsp.cli.output import pluralize, print_notice, print_progress
from dlm_lsp.cli.progress import SynthProgress
from dlm_lsp.cli.progress_line import ProgressLine
from dlm_lsp.synth.events import (
    ModelLoading,
    ModelReady,
    RequestDone,
    RequestFailed,
    RunFinished,
    SynthEvent,
    TeacherNotice,
)
from dlm_lsp.synth.models_in_progress import ModelsInProgress


@contextmanager
def run_progress(count: int, state: str = "") -> Iterator["RunProgress"]:
    """Give what shows the events of a run over so many documents, and `state` before the first."""
    with SynthProgress(state) if count == 1 else _DocumentsProgress(count, state) as line:
        yield RunProgress(line)


class RunProgress:
    """Shows the events of a run."""

    def __init__(self, line: "SynthProgress | _DocumentsProgress") -> None:
        self._progress = line

    def show(self, path: Path, event: SynthEvent) -> None:
        """Take an event of the run over a document into account."""
        if isinstance(self._progress, SynthProgress):
            self._progress.show(event)
        else:
            self._progress.take(path, event)

    def finish(self, path: Path) -> None:
        """Take it into account that a document is done, or has failed."""
        if isinstance(self._progress, _DocumentsProgress):
            self._progress.finish(path)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the screen to something else."""
        with self._progress.paused():
            yield


class _DocumentsProgress(ProgressLine):
    def __init__(self, count: int, state: str) -> None:
        super().__init__("synth", state)
        self._models = ModelsInProgress()
        self._count = count
        self._done = self._accepted = self._refused = self._tokens = 0
        self._notices: set[str] = set()
        self.update(total=count)

    def take(self, path: Path, event: SynthEvent) -> None:
        self._models.take(event)
        match event:
            case ModelLoading(model=model):
                self._tell(model, f"loading {model}", print_progress)
            case ModelReady():
                pass
            case RequestDone(cached=False):
                self._tokens += (event.tokens_in or 0) + (event.tokens_out or 0)
            case RequestFailed():
                self._tell(event.message, f"dlm: {path}: {event.message}")
            case TeacherNotice():
                self._tell(event.message, f"note: {event.message}")
            case RunFinished(report=report):
                self._accepted += len(report.accepted)
                self._refused += len(report.refused)
            case _:
                return
        self.update(state=self._state())

    def finish(self, path: Path) -> None:
        self._done += 1
        self.update(completed=self._done)
        done = f"{self._done:,} of {pluralize(self._count, 'document')}"
        print_progress(f"{done}, {path}; so far {self._counts()}")

    def _tell(self, message: str, line: str, show: Callable[[str], None] = print_notice) -> None:
        """Tell a message in a line, once: a server says the same to all that wait for it."""
        if message not in self._notices:
            self._notices.add(message)
            show(line)

    def _state(self) -> str:
        return f"{self._models.words}{self._counts()}"

    def _counts(self) -> str:
        tokens = f", {self._tokens:,} tokens" if self._tokens else ""
        return f"{self._accepted:,} accepted, {self._refused:,} refused{tokens}"
