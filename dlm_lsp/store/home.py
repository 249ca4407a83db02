"""Store folder: where it is."""

import os
import re
import sys
from pathlib import Path

from dlm_lsp.errors import StoreError

_DLM_ID = re.compile(r"[0-9A-HJ-KM-NP-TV-Z]{26}")


def store_home() -> Path:
    r"""Return `$DLM_HOME`, else `~/.dlm` (Windows: `%APPDATA%\dlm`), as an absolute path.

    Raises:
        StoreError: no home folder is known for the user.
    """
    try:
        if chosen := os.environ.get("DLM_HOME"):
            return Path(chosen).expanduser().absolute()
        if sys.platform == "win32" and (appdata := os.environ.get("APPDATA")):
            return Path(appdata).absolute() / "dlm"
        return Path.home() / ".dlm"
    except RuntimeError as error:
        raise StoreError(f"no store folder: {error}; set DLM_HOME to a folder") from error


def store_folder(dlm_id: str) -> Path:
    """Return the folder of one document's store; nothing is created.

    Raises:
        StoreError: `dlm_id` is no document id, so it could name a folder outside the store.
    """
    if not _DLM_ID.fullmatch(dlm_id):
        raise StoreError(f"{dlm_id!r} is no dlm_id: it takes 26 characters of a ULID")
    return store_home() / "store" / dlm_id
