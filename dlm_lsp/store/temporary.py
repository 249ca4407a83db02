"""Temporary files: made beside what they replace, and removed once their writer was killed.

A writer holds a lock on its file, which the kernel lets go of when it dies: so a file that can be
locked is left over, whoever wrote it, under whatever process id, in whatever container.
"""

import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

_NAME = re.compile(r"\.dlm-[0-9a-f]{16}\.tmp")
# Windows translates line ends without O_BINARY, and has no links to follow.
_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def open_temporary(folder: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """Make an empty file in `folder` and yield where it is, and it, open for writing.

    It is gone at the end, unless it has another name by then; what was not flushed may be lost.

    Raises:
        OSError: no file can be made there.
    """
    path, descriptor = _create(folder, mode)
    stream = os.fdopen(descriptor, "wb")
    try:
        yield path, stream
    finally:
        # Where a flush has failed, closing would write the same bytes, and fail, once more.
        with suppress(OSError):
            stream.close()
        with suppress(OSError):
            path.unlink()


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files in `folder` that nobody writes any more."""
    with suppress(OSError):
        for entry in folder.iterdir():
            if _NAME.fullmatch(entry.name):
                with suppress(OSError):
                    _remove(entry)


def _create(folder: Path, mode: int) -> tuple[Path, int]:
    while True:
        path = folder / f".dlm-{secrets.token_hex(8)}.tmp"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
        # Before it was locked, somebody may have taken it for a leftover.
        if _lock(descriptor) and path.exists():
            return path, descriptor
        os.close(descriptor)


def _remove(path: Path) -> None:
    if sys.platform == "win32":
        # There, a file that is open cannot be removed.
        path.unlink()
        return
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | _NO_FOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock a file, and tell whether nobody else has; where there are no locks, nobody can."""
    if sys.platform != "win32":
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
    return True
