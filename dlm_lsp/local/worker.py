"""Worker process: where models live, so that a call can be dropped at any moment."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, TypeVar, TypeVarTuple

from anyio import BrokenWorkerProcess, CapacityLimiter, to_process
from anyio.lowlevel import RunVar

from dlm_lsp.errors import ModelError
from dlm_lsp.local.oom import WAYS_OUT, is_out_of_memory

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")

IDLE_SECONDS = 600.0
"""How long the process stays that is asked nothing; with it go the models in its memory."""


@dataclass(slots=True)
class _Worker:
    """The process of an event loop: who asks it, and what ends it when nobody does."""

    limiter: CapacityLimiter
    calls: int = 0
    is_used: bool = False
    timer: asyncio.TimerHandle | None = None
    ending: "asyncio.Task[None] | None" = None

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Put its end off until nobody asks it, and then by the time that it may be idle."""
        self.calls += 1
        self.is_used = True
        if self.timer:
            self.timer.cancel()
        try:
            yield
        finally:
            self.calls -= 1
            if not self.calls:
                loop = asyncio.get_running_loop()
                self.timer = loop.call_later(IDLE_SECONDS, self._begin_to_end)

    def _begin_to_end(self) -> None:
        self.ending = asyncio.create_task(end_worker())


_own: RunVar[_Worker] = RunVar("local_worker")


async def run_in_worker(function: Callable[[*_Args], _T], *args: *_Args) -> _T:
    """Return `function(*args)` from the worker process, which stays for the next call.

    The function and its arguments are pickled. One call runs at a time. A call that is cancelled
    takes the process with it, and the next call starts another. A process that is asked nothing
    for `IDLE_SECONDS` ends.

    Raises:
        ModelError: what the function raised, or the process died.
    """
    try:
        own = _own.get()
    except LookupError:
        own = _Worker(CapacityLimiter(1))
        _own.set(own)
        logging.getLogger("asyncio").addFilter(_is_of_use)
    try:
        with own.asked():
            return await to_process.run_sync(
                _job, os.getpid(), function, args, cancellable=True, limiter=own.limiter
            )
    except BrokenWorkerProcess as error:
        raise ModelError(
            f"the process with the local model died, most likely for want of memory; {WAYS_OUT}"
        ) from error


def _is_of_use(record: logging.LogRecord) -> bool:
    """Tell whether to log what asyncio has to say: not where two parts of it race to see the end.

    Python 3.11 waits for a process in a thread and, when it lets go of it, at once; the thread then
    finds none any more and warns.
    """
    return not str(record.msg).startswith("Unknown child process pid")


async def end_worker() -> None:
    """End the worker process of this event loop once its calls are done, and free its memory."""
    own = _own.get(None)
    if own is None or not own.is_used:
        return
    own.is_used = False
    if own.timer:
        own.timer.cancel()
    with suppress(BrokenWorkerProcess):
        await to_process.run_sync(os._exit, 0, cancellable=True, limiter=own.limiter)


def _job(parent: int, function: Callable[..., _T], args: tuple[Any, ...]) -> _T:
    _prepare_process(parent)
    try:
        return function(*args)
    except ModelError as error:
        # Without its cause: not every exception survives the way back through pickle.
        raise type(error)(str(error)) from None
    except Exception as error:
        lines = str(error).strip().splitlines() or ["no reason given"]
        if is_out_of_memory(error):
            raise ModelError(f"the local model ran out of memory; {WAYS_OUT}") from None
        raise ModelError(
            f"the local model failed ({type(error).__name__}: {lines[0]}); "
            "if it comes again, take another model"
        ) from None


@cache
def _prepare_process(parent: int) -> None:
    """Make the process quiet, deaf to Ctrl-C and mortal."""
    import signal
    import threading

    # Ctrl-C reaches every process of the terminal; ours is ended by its parent.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nobody reads the pipe behind it, and what fills a pipe stops.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    # Threads that wait by spinning make a model several times slower beside any other program.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Where the parent's main module is no file, anyio leaves none here; some libraries want one.
    sys.modules.setdefault("__main__", ModuleType("__main__"))
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: int) -> None:
    import psutil

    try:
        psutil.Process(parent).wait()
    finally:
        os._exit(1)
