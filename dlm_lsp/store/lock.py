"""Who may work on a document's store: one process at a time."""

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from dlm_lsp.store.error import StoreError, why
from dlm_lsp.store.files import make_folder, read_file

_GRACE = 0.25
"""Seconds before a wait is worth a word; the holder has long written its note by then."""


@contextmanager
def document_lock(folder: Path, command: str, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the store `folder` alone; wait for whoever holds it, and say once who that is.

    The kernel lets go of the lock when its holder dies. `command` is what others are told.

    Raises:
        StoreError: the lock file cannot be made.
    """
    # Importing it takes longer than the commands that need no lock may take in all.
    from filelock import FileLock, Timeout

    make_folder(folder / "synth")
    note = folder / "synth" / "lock.json"
    lock = FileLock(folder / "synth" / "lock")

    def acquired(timeout: float) -> bool:
        try:
            lock.acquire(timeout=timeout)
        except Timeout:
            return False
        except OSError as error:
            raise StoreError(
                f"cannot lock {lock.lock_file}: {why(error)}; make that folder writable, or set "
                "DLM_HOME to one that is"
            ) from error
        return True

    if not acquired(_GRACE):
        on_wait(f"waiting for {_holder(note)}, which holds this document; Ctrl-C gives up")
        acquired(-1)
    try:
        # The note is a courtesy: on a full disk the work goes on without it.
        with suppress(OSError):
            note.write_text(_note(command), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            note.unlink()
        lock.release()


def _note(command: str) -> str:
    return json.dumps(
        {
            "command": command,
            "host": platform.node(),
            "pid": os.getpid(),
            "since": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


def _holder(note: Path) -> str:
    """Return who wrote the note; the note of a process that was killed names nobody."""
    try:
        read = json.loads(read_file(note, 10**4))
        pid, host = int(read["pid"]), str(read["host"])
        elsewhere = host != platform.node()
        if not elsewhere and not _runs(pid):
            return "another process"
        place = f" on {host}" if elsewhere else ""
        words = f"`{read['command']}` (process {pid}{place}, since {read['since']})"
    except (StoreError, ValueError, TypeError, KeyError, OverflowError):
        return "another process"
    return "".join(c if c.isprintable() else " " for c in words[:300])


def _runs(pid: int) -> bool:
    # On Windows this call would end the process instead of asking for it.
    if sys.platform != "win32":
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
    return True
