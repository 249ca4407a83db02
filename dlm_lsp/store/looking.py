"""Looking: what is at a path, told apart from what cannot be looked at.

Since Python 3.14 the methods of `pathlib.Path` say of the latter that it is not there.
"""

import errno
import os
import stat
from pathlib import Path

_NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP)
_NOTHING_THERE_ON_WINDOWS = (21, 123, 1921)
"""A drive that is not ready, a name that none can have (as a pattern is), a link into itself."""


def exists(path: Path) -> bool:
    """Tell whether something is there.

    Raises:
        OSError: the system does not let us look.
    """
    return _status(path) is not None


def is_folder(path: Path) -> bool:
    """Tell whether a folder is there.

    Raises:
        OSError: the system does not let us look.
    """
    status = _status(path)
    return status is not None and stat.S_ISDIR(status.st_mode)


def is_regular_file(path: Path) -> bool:
    """Tell whether a regular file is there.

    Raises:
        OSError: the system does not let us look.
    """
    status = _status(path)
    return status is not None and stat.S_ISREG(status.st_mode)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError as error:
        by_windows = getattr(error, "winerror", None)
        if error.errno in _NOTHING_THERE or by_windows in _NOTHING_THERE_ON_WINDOWS:
            return None
        raise
    except ValueError:
        # A name with a null byte, which nothing has.
        return None
