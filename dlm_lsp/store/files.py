"""Atomic files: bytes read so that nothing blocks, and replaced so that nothing is lost."""

import os
import stat
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

from dlm_lsp.errors import FileChangedError, NotFoundError, StoreError
from dlm_lsp.store.os_reason import os_reason
from dlm_lsp.store.temporary import open_temporary

# Windows knows no O_NONBLOCK and would translate line ends without O_BINARY.
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def read_file(path: Path, limit: int, remedy: str = "split it") -> bytes:
    """Return the bytes of a regular file of at most `limit` bytes.

    A device or a pipe is refused before it is opened, a larger file before it is read; `remedy`
    says what to do about that one.

    Raises:
        NotFoundError: there is no such file.
        StoreError: anything else that stands in the way.
    """
    try:
        found = path.stat()
        _refuse_irregular(path, found.st_mode)
        if found.st_size <= limit:
            # Some regular files (under /proc) say that they are empty, others still grow.
            data = _read(path, limit + 1)
            if len(data) <= limit:
                return data
    except FileNotFoundError as error:
        raise NotFoundError(f"cannot read {path}: there is no such file") from error
    except OSError as error:
        raise StoreError(f"cannot read {path}: {os_reason(error)}") from error
    raise StoreError(f"cannot read {path}: it is larger than {_size(limit)}; {remedy}")


def read_beginning(path: Path, most: int) -> bytes:
    """Return the first bytes of a regular file, at most so many.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        _refuse_irregular(path, path.stat().st_mode)
        return _read(path, most)
    except OSError as error:
        raise StoreError(f"cannot read {path}: {os_reason(error)}") from error


def _read(path: Path, most: int) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY | _NONBLOCK | _BINARY), "rb") as stream:
        return stream.read(most)


def replace_file(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
    """Put `data` in the place of the file's bytes, all of it or nothing.

    The bytes are on disk before the name points to them. Mode and owner stay; a symlink stays and
    its target is replaced. Where that cannot be done, the old file is whole and nothing is left
    beside it. With `expected` that happens only to a file of these bytes, which are compared last:
    what another program saves before that is safe, what it saves in the instant after is not.

    Raises:
        FileChangedError: the file does not hold the `expected` bytes.
        StoreError: the file or its folder cannot be written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    old = _writable(path, target)
    with ExitStack() as stack:
        try:
            # The text of a private file is never readable to others, not even for a moment.
            temporary, stream = stack.enter_context(
                open_temporary(target.parent, 0o666 if old is None else 0o600)
            )
        except OSError as error:
            if not target.parent.exists():
                raise StoreError(
                    f"cannot write {path}: there is no folder {target.parent}; make it first"
                ) from error
            raise StoreError(
                f"cannot write {path}: no file can be made in its folder {target.parent} "
                f"({os_reason(error)}); make that folder writable, or use a copy elsewhere"
            ) from error
        try:
            stream.write(data)
            stream.flush()
            if old is not None:
                _take_over(stream.fileno(), old)
            os.fsync(stream.fileno())
            if sys.platform == "win32":
                # There, no file is renamed that is open.
                stream.close()
            if expected is not None and not _holds(target, expected):
                raise FileChangedError(
                    f"cannot write {path}: another program keeps saving it; close it there, "
                    "or try again once it is done"
                )
            temporary.replace(target)
        except OSError as error:
            raise StoreError(
                f"cannot write {path}: {os_reason(error)}; the file is as it was{_remedy(error)}"
            ) from error
    sync_folder(target.parent)


def _holds(target: Path, expected: bytes) -> bool:
    try:
        return read_file(target, len(expected)) == expected
    except StoreError:
        return False


def _remedy(error: OSError) -> str:
    # Windows replaces no file that a program holds open, which Python tells as a permission.
    if sys.platform == "win32" and isinstance(error, PermissionError):
        return ". Where another program has it open, close it there, and try again"
    return ""


def make_folder(folder: Path) -> None:
    """Create a folder of the store and those above it.

    Raises:
        StoreError: it cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot create {folder}: {os_reason(error)}; "
            "set DLM_HOME to a folder that can be written"
        ) from error


def is_same_file(left: Path, right: Path) -> bool:
    """Tell whether two paths lead to one file, by way of links too; not where one is missing."""
    try:
        return left.samefile(right)
    except OSError:
        return False


def _size(count: int) -> str:
    for unit, size in (("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count // size} {unit}"
    return f"{count} bytes"


def _refuse_irregular(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise StoreError(f"{path} is a folder, where a file is needed")
    if not stat.S_ISREG(mode):
        raise StoreError(f"{path} is a device, pipe or socket, where a file is needed")


def _writable(path: Path, target: Path) -> os.stat_result | None:
    """Return the state of a file that may be written, None where it is not there yet."""
    try:
        old = target.stat()
        _refuse_irregular(path, old.st_mode)
        # A rename would replace even a read-only file: whether it may be written, opening tells.
        os.close(os.open(target, os.O_WRONLY | _NONBLOCK))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {os_reason(error)}; make the file writable, or use a copy"
        ) from error
    return old


def _take_over(descriptor: int, old: os.stat_result) -> None:
    """Give a new file the owner (as far as allowed) and the mode of the old one."""
    if sys.platform != "win32":
        # The owner can be given away by root alone, the group by each of its members.
        for user, group in ((-1, old.st_gid), (old.st_uid, -1)):
            with suppress(PermissionError):
                os.fchown(descriptor, user, group)
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))


def sync_folder(folder: Path) -> None:
    """Make a rename durable; the new bytes are in place already, so a refusal changes nothing."""
    if sys.platform != "win32":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
