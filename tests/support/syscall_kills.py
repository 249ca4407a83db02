"""Kills at system calls: work in a process that ends by SIGKILL before the nth of its calls."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

_TRACE_ME, _NEXT_SYSCALL, _SET_OPTIONS = 0, 24, 0x4200
_MARK_SYSCALLS, _KILL_WITH_TRACER = 1, 0x100000
_SYSCALL_STOP = signal.SIGTRAP | 0x80


@pytest.fixture
def killed_runs() -> Callable[[Callable[[Callable[[str], None]], None]], Iterator[str]]:
    """Run work again and again, killed before its first system call, its second, ... to its end.

    The work gets what it is to call with a letter for each thing that is done; each run yields the
    letters that were called before the kill. Skipped where processes cannot be traced.
    """
    if sys.platform != "linux":
        pytest.skip("traces a process as Linux does")
    return _killed_runs


def _killed_runs(work: Callable[[Callable[[str], None]], None]) -> Iterator[str]:
    calls = 0
    while True:
        calls += 1
        done, was_killed = _run(work, calls)
        yield done
        if not was_killed:
            assert calls > 10
            return


def _run(work: Callable[[Callable[[str], None]], None], calls: int) -> tuple[str, bool]:
    reading, writing = os.pipe()
    libc = ctypes.CDLL(None, use_errno=True)
    pid = os.fork()
    if not pid:
        code = 1
        try:
            os.close(reading)
            libc.ptrace(_TRACE_ME, 0, None, None)
            os.kill(os.getpid(), signal.SIGSTOP)
            work(lambda letter: (os.write(writing, letter.encode()), None)[1])
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    os.waitpid(pid, os.WUNTRACED)
    options = _MARK_SYSCALLS | _KILL_WITH_TRACER
    if libc.ptrace(_SET_OPTIONS, pid, None, options):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        pytest.skip("processes cannot be traced here")
    was_killed = _trace(libc, pid, calls)
    with os.fdopen(reading, "rb") as stream:
        return stream.read().decode(), was_killed


def _trace(libc: ctypes.CDLL, pid: int, calls: int) -> bool:
    """Let a process go on until its nth system call and kill it there; tell whether it got there.

    Each call stops it twice, before and after.
    """
    stops = 0
    pending = 0
    while True:
        libc.ptrace(_NEXT_SYSCALL, pid, None, pending)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            assert os.waitstatus_to_exitcode(status) == 0
            return False
        stop = os.WSTOPSIG(status)
        pending = 0 if stop == _SYSCALL_STOP else stop
        stops += stop == _SYSCALL_STOP
        if stops == 2 * calls - 1:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return True
