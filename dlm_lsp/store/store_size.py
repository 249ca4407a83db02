"""Store size: how many bytes the files of a document's store hold."""

import os
from pathlib import Path
from typing import NoReturn

from dlm_lsp.errors import StoreError
from dlm_lsp.store.os_reason import os_reason


def store_size(folder: Path) -> int | None:
    """Return the bytes of all files in a store folder, None where there is no such folder.

    Links are not followed.

    Raises:
        StoreError: a folder in it cannot be searched.
    """
    try:
        folder.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        _refuse(error)
    size = 0
    for place, _, names in os.walk(folder, onerror=_refuse):
        for name in names:
            try:
                size += Path(place, name).lstat().st_size
            except FileNotFoundError:
                # Files are replaced while a run goes on.
                continue
            except OSError as error:
                _refuse(error)
    return size


def _refuse(error: OSError) -> NoReturn:
    raise StoreError(
        f"cannot look at {error.filename}: {os_reason(error)}; make it readable"
    ) from error
