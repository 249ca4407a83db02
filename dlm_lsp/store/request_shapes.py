"""Request shapes: what servers were found to take, kept for the next run and for some days."""

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dlm_lsp.errors import StoreError
from dlm_lsp.store.files import make_folder, read_file, replace_file
from dlm_lsp.store.home import store_home

MAX_AGE = timedelta(days=7)
"""How long a server is taken to be as it was; then it is asked for everything again."""

_LARGEST = 10**6


def load_shape(server: str, model: str, today: date) -> dict[str, Any] | None:
    """Return what was kept for this model of a server, None where nothing is or it is too old.

    What cannot be read counts as not kept: it is learned again.
    """
    entry = _entries(today).get(_key(server, model))
    return entry["shape"] if entry else None


def save_shape(server: str, model: str, shape: dict[str, Any], today: date) -> None:
    """Keep what was found; server and model stand in the file as a hash alone.

    Raises:
        StoreError: the file cannot be written.
    """
    entries = _entries(today)
    entries[_key(server, model)] = {"on": today.isoformat(), "shape": shape}
    make_folder(store_home())
    replace_file(_path(), json.dumps(entries, indent=1, sort_keys=True).encode("ascii"))


def _path() -> Path:
    return store_home() / "request-shapes.json"


def _key(server: str, model: str) -> str:
    return hashlib.sha256(json.dumps([server, model]).encode("ascii")).hexdigest()


def _entries(today: date) -> dict[str, Any]:
    """Return the entries that are whole and not too old."""
    try:
        read = json.loads(read_file(_path(), _LARGEST))
    except (StoreError, ValueError, RecursionError):
        return {}
    entries = read if isinstance(read, dict) else {}
    return {key: entry for key, entry in entries.items() if _is_fresh(entry, today)}


def _is_fresh(entry: object, today: date) -> bool:
    match entry:
        case {"on": str(on), "shape": dict()}:
            try:
                age = today - date.fromisoformat(on)
            except ValueError:
                return False
            # A clock that was wrong must not keep an entry for ever.
            return timedelta() <= age < MAX_AGE
    return False
