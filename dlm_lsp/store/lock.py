"""Document lock: one process at a time works on a document's store."""

import json
import os
import platform
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from dlm_lsp.errors import StoreError
from dlm_lsp.store.files import make_folder, read_file
from dlm_lsp.store.os_reason import os_reason
from dlm_lsp.store.process_alive import is_alive
from dlm_lsp.store.temporary import remove_leftovers

_GRACE = 0.25
"""Seconds before a wait is worth a word; the holder has long written its note by then."""


@contextmanager
def document_lock(
    folder: Path, command: str, on_wait: Callable[[str], None], document: Path | None = None
) -> Iterator[None]:
    """Hold the store `folder` alone; wait for whoever holds it, and say once who that is.

    The kernel lets go of the lock when its holder dies. `command` is what others are told. What a
    killed process left half written goes, in the store and beside the `document`.

    Raises:
        StoreError: the lock file cannot be made.
    """
    lock = _Lock(folder, document)
    if not lock.acquired(_GRACE):
        on_wait(f"waiting for {lock.holder}, which holds this document; Ctrl-C gives up")
        lock.acquired(-1)
    with lock.held(command):
        yield


def lock_holder(folder: Path) -> str | None:
    """Return who holds the store `folder`, as far as that is known; nothing is made or locked."""
    return _noted_holder(folder / "synth" / "lock.json")


@asynccontextmanager
async def shared_document_lock(
    folder: Path, command: str, on_wait: Callable[[str], None], document: Path | None = None
) -> AsyncIterator[None]:
    """Hold the store as `document_lock` does, while other tasks of this process go on.

    Raises:
        StoreError: the lock file cannot be made.
    """
    lock = SharedLock(folder, command, document)
    if not lock.acquire():
        await lock.wait(on_wait)
    try:
        yield
    finally:
        lock.release()


class SharedLock:
    """The lock of a store for one of many tasks; `acquire` and `release` may be in any thread.

    `swept` are folders of documents without leftovers, to which that of the document is added.
    """

    def __init__(
        self, folder: Path, command: str, document: Path | None, swept: set[Path] | None = None
    ) -> None:
        self._lock = _Lock(folder, document, swept)
        self._command = command
        self._is_held = False

    def acquire(self) -> bool:
        """Hold the store as `document_lock` does, and tell whether nobody else does.

        Raises:
            StoreError: the lock file cannot be made.
        """
        if self._lock.acquired(0):
            self._is_held = True
            self._lock.begin(self._command)
        return self._is_held

    async def wait(self, on_wait: Callable[[str], None]) -> None:
        """Acquire it once who holds it lets go; `on_wait` hears who that is.

        Raises:
            StoreError: the lock file cannot be made.
        """
        import anyio

        await anyio.sleep(_GRACE)
        if self.acquire():
            return
        on_wait(f"waiting for {self._lock.holder}, which holds this document")
        # No event tells that another process has let go.
        while not self.acquire():  # noqa: ASYNC110
            await anyio.sleep(_GRACE)

    def release(self) -> None:
        """Let go of it, if it is held."""
        if self._is_held:
            self._is_held = False
            self._lock.end()


class _Lock:
    """The lock of one store folder, and the note that says who holds it."""

    def __init__(self, folder: Path, document: Path | None, swept: set[Path] | None = None) -> None:
        # Importing it takes longer than the commands that need no lock may take in all.
        from filelock import FileLock

        make_folder(folder / "synth")
        self._folder = folder
        self._document = document
        self._swept = set() if swept is None else swept
        self._note = folder / "synth" / "lock.json"
        # Which of the threads of this process lets go of it is no matter.
        self._lock = FileLock(folder / "synth" / "lock", thread_local=False)

    @property
    def holder(self) -> str:
        """Who holds the lock, as far as that is known."""
        return _noted_holder(self._note) or "another process"

    def acquired(self, timeout: float) -> bool:
        """Try for so many seconds to get the lock (below 0: for ever), and tell whether it is."""
        from filelock import Timeout

        try:
            self._lock.acquire(timeout=timeout)
        except Timeout:
            return False
        except OSError as error:
            raise StoreError(
                f"cannot lock {self._lock.lock_file}: {os_reason(error)}; "
                "make that folder writable, "
                "or set DLM_HOME to one that is"
            ) from error
        return True

    @contextmanager
    def held(self, command: str) -> Iterator[None]:
        """Tell others who holds the lock, and let go of it at the end."""
        self.begin(command)
        try:
            yield
        finally:
            self.end()

    def begin(self, command: str) -> None:
        """Tell others who holds the lock, and remove what killed processes left half written."""
        # The note is a courtesy: on a full disk the work goes on without it.
        with suppress(OSError):
            self._note.write_text(_note(command), encoding="utf-8")
        for place in self._written():
            remove_leftovers(place)

    def end(self) -> None:
        """Let go of the lock."""
        with suppress(OSError):
            self._note.unlink()
        self._lock.release()

    def _written(self) -> Iterator[Path]:
        """Yield the folders in which files are replaced."""
        yield from (self._folder, self._folder / "synth", self._folder / "logs")
        yield from (self._folder / "adapter", *(self._folder / "adapter").glob("*"))
        if self._document:
            parent = Path(os.path.realpath(self._document)).parent
            # It may hold thousands of documents, each of which comes by here.
            if parent not in self._swept:
                self._swept.add(parent)
                yield parent


def _note(command: str) -> str:
    return json.dumps(
        {
            "command": command,
            "host": platform.node(),
            "pid": os.getpid(),
            "since": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


def _noted_holder(note: Path) -> str | None:
    """Return who wrote the note; the note of a process that was killed names nobody."""
    try:
        read = json.loads(read_file(note, 10**4))
        pid, host = int(read["pid"]), str(read["host"])
        elsewhere = host != platform.node()
        if not elsewhere and not is_alive(pid):
            return None
        place = f" on {host}" if elsewhere else ""
        words = f"`{read['command']}` (process {pid}{place}, since {read['since']})"
    except (StoreError, ValueError, TypeError, KeyError, OverflowError):
        return None
    return "".join(c if c.isprintable() else " " for c in words[:300])
