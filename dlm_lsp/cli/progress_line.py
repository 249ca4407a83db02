"""Progress bar: a live line on a terminal, on stderr; elsewhere it is not there."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dlm_lsp.cli.output import draws_progress, err

if TYPE_CHECKING:
    from rich.progress import Progress


class ProgressLine:
    """Shows how much of `name` is done, the time left, and a word on its state.

    It is there while it is entered as a context manager.
    """

    def __init__(self, name: str, state: str = "") -> None:
        self._bar = _bar(name, state) if draws_progress() else None

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the line away while something else is printed."""
        if self._bar:
            self._bar.stop()
        try:
            yield
        finally:
            if self._bar:
                self._bar.start()

    def update(
        self, *, total: int | None = None, completed: int | None = None, state: str | None = None
    ) -> None:
        """Show what is given, and leave the rest as it is."""
        if self._bar is None:
            return
        (task,) = self._bar.task_ids
        self._bar.update(task, total=total, completed=completed)
        if state is not None:
            self._bar.update(task, state=state)


def _bar(name: str, state: str) -> "Progress":
    # It takes time to load, and only a terminal shows it.
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn(name),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[state]}"),
        TimeRemainingColumn(),
        console=err(),
        transient=True,
    )
    bar.add_task("", total=None, state=state)
    return bar
