"""Process jobs: what the tests let a process of its own do."""

import os
from collections.abc import Callable
from pathlib import Path

from dlm_lsp.errors import ModelError


def count(to: int, tell: Callable[[int], None]) -> None:
    """Tell the numbers below."""
    for number in range(to):
        tell(number)


def tell_pid(_: None, tell: Callable[[int], None]) -> None:
    """Tell which process this is, then be busy for ever."""
    tell(os.getpid())
    while True:
        pass


def pid_into(pipe: str, tell: Callable[[int], None]) -> None:
    """Write which process this is into a named pipe, then be busy for ever."""
    Path(pipe).write_text(str(os.getpid()))
    while True:
        pass


def leave_word(pipe: str) -> None:
    """Write a last word into a named pipe."""
    Path(pipe).write_text("orphaned")


def be_killed(_: None, tell: Callable[[int], None]) -> None:
    """Die as if the system had run out of memory."""
    tell(1)
    os.kill(os.getpid(), 9)


def refuse(_: None, tell: Callable[[int], None]) -> None:
    """Fail in a way that was foreseen, after much noise."""
    print("x" * 100_000)
    raise ModelError("no model; name another")
