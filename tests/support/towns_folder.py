"""Folder of towns: documents about one town each, every one with an id and a store of its own."""

from collections.abc import Iterable
from pathlib import Path

from support.teacher_server import HEAD, town


def town_document(folder: Path, number: int, *, about: int | None = None) -> Path:
    """Write the document of a number, which is also in its id, about that town or another."""
    path = folder / f"{number:04d}.dlm"
    head = HEAD.replace("5RHV8CE", f"{number:07d}")
    path.write_text(f"{head}{town(number if about is None else about)}\n", encoding="utf-8")
    return path


def towns_folder(folder: Path, numbers: Iterable[int]) -> list[Path]:
    """Write a document for each number."""
    folder.mkdir(exist_ok=True)
    return [town_document(folder, number) for number in numbers]
