"""Store fixtures: a store folder, and the ways in which a disk refuses."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.permissions import permissions

__all__ = ["permissions"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The store folder of a document; it is not there yet."""
    return tmp_path / "store" / "01HZ4X7TGZM3J1A2B3C4D5E6F7"


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start Python code with arguments in a process of its own; it is gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *args: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, args)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        with process:  # closes its pipes and waits for it
            pass
