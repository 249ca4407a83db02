"""Notices: what teachers say on the way, heard by every run that asks them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dlm_lsp.teachers.protocol import TellingTeacher

OnNotice = Callable[[str], None]


class Notices:
    """Passes what a teacher says on to whoever listens at that moment."""

    def __init__(self) -> None:
        self._listeners: dict[object, OnNotice] = {}

    def hear(self, teacher: object) -> None:
        """Have a teacher say here what it has to say."""
        if isinstance(teacher, TellingTeacher):
            teacher.tell_to(self._say)

    @contextmanager
    def listening(self, on_notice: OnNotice) -> Iterator[None]:
        """Call `on_notice` with each line, until the end of the block."""
        key = object()
        self._listeners[key] = on_notice
        try:
            yield
        finally:
            del self._listeners[key]

    def _say(self, message: str) -> None:
        for on_notice in tuple(self._listeners.values()):
            on_notice(message)
