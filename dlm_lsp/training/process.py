"""Training process: a process of its own for one long work that tells how far it is."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TypeVar

from dlm_lsp.errors import ModelError
from dlm_lsp.local.oom import is_out_of_memory

_Input = TypeVar("_Input")
_Event = TypeVar("_Event")
_EVENT, _ENDED, _FAILED = range(3)
_FULL_DISK = (
    "no space left",
    "quota exceeded",
    "file too large",
    # PyTorch says no more than that it could not write, or that less was written than it meant.
    "streamwriter",
    "inline_container",
)
"""What the messages of errors hold where a disk is full, in lower case."""


def stream_events(
    work: Callable[[_Input, Callable[[_Event], None]], None],
    job: _Input,
    orphaned: Callable[[], None] | None = None,
) -> Generator[_Event]:
    """Yield what `work(job, tell)` tells, from a process that ends with this iterator.

    Work, job and events are pickled. The process is deaf to Ctrl-C, for whoever iterates hears
    it. Where this one dies, it calls `orphaned` (pickled too) and dies as well.

    Raises:
        ModelError: what the work raised, or the process died.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(work, job, theirs, orphaned), daemon=True)
    try:
        with _deaf():
            process.start()
        theirs.close()
        while True:
            kind, payload = ours.recv()
            if kind == _FAILED:
                raise ModelError(payload)
            if kind == _ENDED:
                return
            yield payload
    except EOFError as error:
        raise ModelError(
            "the process that trains died, most likely for want of memory; close other programs, "
            "or lower training.sequence_len or micro_batch_size"
        ) from error
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        ours.close()


@contextmanager
def _deaf() -> Iterator[None]:
    """Ignore Ctrl-C for a moment: a process that is started now ignores it for good."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _run(
    work: Callable[[_Input, Callable[[_Event], None]], None],
    job: _Input,
    pipe: Connection,
    orphaned: Callable[[], None] | None,
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch = threading.Thread(target=_die_with_parent, args=(orphaned,), daemon=True)
    watch.start()

    def send(kind: int, payload: object) -> None:
        try:
            pipe.send((kind, payload))
        except BrokenPipeError:
            # Nobody listens any more. What is to be done then is done over there.
            watch.join()

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    # TRL tells its makers of each training otherwise.
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    # Threads that wait by spinning make a model several times slower beside any other program.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        work(job, lambda event: send(_EVENT, event))
    except Exception as error:
        send(_FAILED, explain_failure(error))
    else:
        send(_ENDED, None)


def explain_failure(error: BaseException) -> str:
    """Return what went wrong in one line that ends with what to do about it."""
    if isinstance(error, ModelError):
        return str(error)
    first = (str(error).strip().splitlines() or ["no reason given"])[0]
    if is_out_of_memory(error):
        return (
            "training ran out of memory: close other programs, lower training.sequence_len or "
            "micro_batch_size, or take a smaller model"
        )
    if any(sign in str(error).lower() for sign in _FULL_DISK):
        return (
            f"the disk of the store is full ({first}): make room, or set DLM_HOME to a folder on "
            "another disk, and train again; resuming goes on from the last whole checkpoint"
        )
    return f"training failed ({type(error).__name__}: {first}); try other settings or another model"


def _die_with_parent(orphaned: Callable[[], None] | None) -> None:
    parent = multiprocessing.parent_process()
    try:
        if parent is not None:
            parent.join()
        if orphaned is not None:
            orphaned()
    finally:
        os._exit(1)
