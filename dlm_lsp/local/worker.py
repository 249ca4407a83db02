"""Worker process: where models live, so that a call can be dropped at any moment."""

import os
import sys
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any, TypeVar, TypeVarTuple

from anyio import BrokenWorkerProcess, CapacityLimiter, to_process
from anyio.lowlevel import RunVar

from dlm_lsp.errors import ModelError
from dlm_lsp.local.oom import WAYS_OUT, is_out_of_memory

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")

_limiter: RunVar[CapacityLimiter] = RunVar("local_worker_limiter")


async def run_in_worker(function: Callable[[*_Args], _T], *args: *_Args) -> _T:
    """Return `function(*args)` from the worker process, which stays for the next call.

    The function and its arguments are pickled. One call runs at a time. A call that is cancelled
    takes the process with it, and the next call starts another.

    Raises:
        ModelError: what the function raised, or the process died.
    """
    try:
        return await to_process.run_sync(
            _job, os.getpid(), function, args, cancellable=True, limiter=_one_at_a_time()
        )
    except BrokenWorkerProcess as error:
        raise ModelError(
            f"the process with the local model died, most likely for want of memory; {WAYS_OUT}"
        ) from error


def _one_at_a_time() -> CapacityLimiter:
    try:
        return _limiter.get()
    except LookupError:
        limiter = CapacityLimiter(1)
        _limiter.set(limiter)
        return limiter


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
