"""Worker jobs: what the tests let the worker process do."""

import importlib
import os
import signal
import sys
from pathlib import Path


def own_pid() -> int:
    """Say which process this is."""
    return os.getpid()


def add(first: int, second: int) -> int:
    """Add."""
    return first + second


def spin(pipe: str) -> None:
    """Say through a named pipe which process this is, then be busy for ever."""
    with Path(pipe).open("w") as out:
        out.write(str(os.getpid()))
    while True:
        pass


def main_module() -> str:
    """Import the main module, as some libraries do."""
    return importlib.import_module("__main__").__name__


def be_killed() -> None:
    """Die as if the system had run out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def be_noisy() -> str:
    """Write far more to both streams than a pipe holds."""
    for _ in range(300):
        os.write(2, b"x" * 1024)
        print("y" * 1024)
        print("z" * 1024, file=sys.stderr)
    return "done"


class OddError(Exception):
    """An exception that pickle cannot bring back."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"odd: {first} and {second}\nand a second line")


def be_odd() -> None:
    """Fail oddly."""
    raise OddError(1, 2)


def generate_without_memory(model: str, kind: str) -> None:
    """Generate with a model for which there is no memory, as `kind` of `MEMORY_ERRORS` tells."""
    from support.memory_errors import MEMORY_ERRORS, room_for

    from dlm_lsp.local.generate import Prompt, generate_batch

    with room_for(model, 0, MEMORY_ERRORS[kind]):
        generate_batch(model, None, [Prompt("The mill")])


def models_in_memory() -> list[str]:
    """Say which models are in memory, by the names that they were loaded by."""
    from dlm_lsp.local import load

    return [loaded.name for loaded in load._models.values()]
