"""Current adapter: which trained adapter speaks for a document."""

import json
import re
from pathlib import Path, PurePosixPath, PureWindowsPath

from dlm_lsp.document.base_models import public_name
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.errors import NotFoundError, StoreError
from dlm_lsp.store.files import read_file
from dlm_lsp.store.looking import is_folder
from dlm_lsp.store.os_reason import os_reason

_CACHED = re.compile(r"models--([^/\\]+)[/\\]snapshots")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


def first_adapter(frontmatter: Frontmatter) -> str | None:
    """Return the adapter that speaks for a document: the first of its named ones, or its only."""
    return next(iter(frontmatter.training.adapters or ()), None)


def current_adapter(folder: Path, name: str | None = None) -> Path | None:
    """Return the folder of the adapter in use (of the one called `name`), None before training.

    Raises:
        StoreError: the pointer leads out of the store, or to a folder that is not there or cannot
            be looked at.
    """
    if name is not None and not _NAME.fullmatch(name):
        raise StoreError(f"{name!r} is no adapter name: it takes a-z, 0-9 and _, 32 at most")
    pointer = folder / "adapter" / (name or "") / "current.txt"
    try:
        written = read_file(pointer, 10**4, "train again, or remove it").decode("utf-8").strip()
    except NotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise StoreError(f"{pointer} is not UTF-8: train again, or remove it") from error
    if not written:
        return None
    adapter = _inside(folder, written)
    if adapter is None:
        raise StoreError(
            f"{pointer} points to {written!r}, outside the store: remove it, or train again"
        )
    try:
        there = is_folder(adapter)
    except OSError as error:
        raise StoreError(
            f"cannot look at {adapter}: {os_reason(error)}; make its folder readable"
        ) from error
    if not there:
        raise StoreError(
            f"{pointer} points to {written!r}, which is not there: train again, or remove it"
        )
    return adapter


def other_base(adapter: Path, base_model: str) -> str | None:
    """Return the base model that an adapter was trained on, where it has another name than this."""
    try:
        written = json.loads(read_file(adapter / "adapter_config.json", 10**7))
    except (StoreError, ValueError, RecursionError):
        return None
    name = written.get("base_model_name_or_path") if isinstance(written, dict) else None
    if not isinstance(name, str) or not name:
        return None
    if cached := _CACHED.search(name):
        # Others write down where the hub's files lie on their machine.
        name = cached[1].replace("--", "/", 1)
    return None if name == public_name(base_model) else name


def _inside(folder: Path, written: str) -> Path | None:
    for flavour in (PurePosixPath, PureWindowsPath):
        path = flavour(written)
        if path.anchor or ".." in path.parts or "\0" in written:
            return None
    try:
        adapter = (folder / written).resolve()
    except (OSError, RuntimeError):  # a symlink that leads to itself
        return None
    return adapter if adapter.is_relative_to(folder.resolve()) else None
