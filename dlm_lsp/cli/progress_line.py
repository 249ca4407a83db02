"""Progress bar: a live line on a terminal, on stderr; elsewhere it is not there."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dlm_lsp.cli.output import err


class ProgressLine:
    """Shows how much of `name` is done, the time left, and a word on its state.

    It is there while it is entered as a context manager.
    """

    def __init__(self, name: str, state: str = "") -> None:
        self._bar = Progress(
            TextColumn(name),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeRemainingColumn(),
            console=err(),
            transient=True,
            disable=not err().is_terminal,
        )
        self._task = self._bar.add_task("", total=None, state=state)

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

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the line away while something else is printed."""
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()

    def update(
        self, *, total: int | None = None, completed: int | None = None, state: str | None = None
    ) -> None:
        """Show what is given, and leave the rest as it is."""
        self._bar.update(self._task, total=total, completed=completed)
        if state is not None:
            self._bar.update(self._task, state=state)
