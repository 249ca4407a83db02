"""Run progress: of one document its sections, of several how many are done."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from dlm_lsp.cli.output import err, pluralize, print_notice
from dlm_lsp.cli.progress import SynthProgress
from dlm_lsp.cli.progress_line import ProgressLine
from dlm_lsp.synth.events import RequestDone, RequestFailed, RunFinished, SynthEvent, TeacherNotice


class RunProgress:
    """Shows the events of a run over so many documents; a context manager."""

    def __init__(self, count: int) -> None:
        self._progress = SynthProgress() if count == 1 else _DocumentsProgress(count)

    def __enter__(self) -> Self:
        self._progress.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.__exit__(kind, error, trace)

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
    def __init__(self, count: int) -> None:
        super().__init__("synth")
        self._count = count
        self._done = self._accepted = self._refused = self._tokens = 0
        self._notices: set[str] = set()
        self.update(total=count)

    def take(self, path: Path, event: SynthEvent) -> None:
        match event:
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
        if not err().is_terminal:
            done = f"{self._done} of {pluralize(self._count, 'document')}"
            print_notice(f"{done}: {self._state()} ({path})")

    def _tell(self, message: str, line: str) -> None:
        """Tell a message in a line, once: a server says the same to all that wait for it."""
        if message not in self._notices:
            self._notices.add(message)
            print_notice(line)

    def _state(self) -> str:
        tokens = f", {self._tokens:,} tokens" if self._tokens else ""
        return f"{self._accepted} accepted, {self._refused} refused{tokens}"
