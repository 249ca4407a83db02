"""Adapter versions: an adapter gets its number and becomes current whole, or not at all."""

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryFile

from dlm_lsp.errors import StoreError
from dlm_lsp.store.files import make_folder, replace_file, sync_folder
from dlm_lsp.store.os_reason import os_reason

_VERSION = re.compile(r"v(\d{4,})(?:\D.*)?")
_PARTIAL = ".partial-"


def check_room(folder: Path, name: str | None) -> None:
    """Check that a training can be kept, before hours go into it.

    Raises:
        StoreError: the folder of the pointer or that of the logs cannot be written.
    """
    for where in (folder / "adapter" / (name or ""), folder / "logs"):
        make_folder(where)
        try:
            with TemporaryFile(dir=where):
                pass
        except OSError as error:
            raise StoreError(
                f"cannot write into {where}: {os_reason(error)}; make it writable"
            ) from error


def check_space(folder: Path, needed: int) -> None:
    """Check that the disk of a folder has room for so many bytes.

    Raises:
        StoreError: it has not.
    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        # Whoever writes finds out.
        return
    if free < needed:
        raise StoreError(
            f"the disk of {folder} has {free / 1e6:,.1f} MB left, of which a training takes "
            f"{needed / 1e6:,.1f} MB; make room, or set DLM_HOME to a folder on another disk"
        )


def next_version(folder: Path, name: str | None) -> int:
    """Return the number that the next adapter gets (that of the one called `name`).

    Raises:
        StoreError: the versions cannot be listed.
    """
    versions = _versions(folder, name)
    try:
        names = [entry.name for entry in versions.iterdir()]
    except FileNotFoundError:
        return 1
    except OSError as error:
        raise StoreError(f"cannot list {versions}: {os_reason(error)}; make it readable") from error
    numbers = [int(match[1]) for entry in names if (match := _VERSION.fullmatch(entry))]
    return max(numbers, default=0) + 1


def partial_folder(folder: Path, name: str | None, version: int) -> Path:
    """Return a new, empty folder to write a version into, beside the others; old ones go.

    Raises:
        StoreError: it cannot be made.
    """
    versions = _versions(folder, name)
    make_folder(versions)
    # Whoever holds the lock is alone, so what another run left here is of no use to anybody.
    for left in versions.glob(f"{_PARTIAL}*"):
        shutil.rmtree(left, ignore_errors=True)
    partial = versions / f"{_PARTIAL}v{version:04d}"
    make_folder(partial)
    return partial


def keep_version(folder: Path, name: str | None, partial: Path) -> Path:
    """Give a folder that is written whole its lasting name, and return it.

    Raises:
        StoreError: that cannot be done.
    """
    version = partial.with_name(partial.name.removeprefix(_PARTIAL))
    try:
        for file in sorted(partial.iterdir()):
            _sync(file)
        sync_folder(partial)
        partial.rename(version)
    except OSError as error:
        raise StoreError(
            f"cannot keep {version}: {os_reason(error)}; make room, train again"
        ) from error
    sync_folder(version.parent)
    return version


def switch_current(folder: Path, name: str | None, version: Path) -> None:
    """Make a version the current adapter (the one called `name`).

    Raises:
        StoreError: the pointer cannot be written; the adapter before stays the current one.
    """
    pointer = folder / "adapter" / (name or "") / "current.txt"
    replace_file(pointer, f"{version.relative_to(folder).as_posix()}\n".encode())


def remove_folder(folder: Path) -> None:
    """Remove a folder that nobody needs any more, such as half a version."""
    shutil.rmtree(folder, ignore_errors=True)


def _versions(folder: Path, name: str | None) -> Path:
    return folder / "adapter" / (name or "") / "versions"


def _sync(file: Path) -> None:
    """See to it that what a file holds is on disk."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())
