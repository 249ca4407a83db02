"""File cache: what stands in files is read again once one of them is another."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

_T = TypeVar("_T")

_Stamp = tuple[int, int, int]
# The clock of a file system is coarse: two changes within one of its ticks look like one.
_TICK_NS = 100_000_000


@dataclass(frozen=True, slots=True)
class FileCache(Generic[_T]):
    """What `read` finds in the `files` of a store folder; read again once one of them changes.

    `read` may raise `StoreError`, of which nothing is kept.
    """

    files: Callable[[Path], tuple[Path, ...]]
    read: Callable[[Path], _T]
    _known: dict[Path, tuple[tuple[_Stamp | None, ...], _T]] = field(default_factory=dict)

    def of(self, store: Path) -> _T:
        """Return what stands there now.

        Raises:
            StoreError: a file cannot be read.
        """
        stamps = tuple(map(_stamp, self.files(store)))
        cached = self._known.get(store)
        if cached and cached[0] == stamps:
            return cached[1]
        value = self.read(store)
        now = time.time_ns()
        if all(stamp is None or now - stamp[1] > _TICK_NS for stamp in stamps):
            self._known[store] = stamps, value
        return value


def _stamp(path: Path) -> _Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
