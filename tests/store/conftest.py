"""Store fixtures: a store folder, and the ways in which a disk refuses."""

from pathlib import Path

import pytest
from support.permissions import permissions
from support.python_processes import start
from support.syscall_kills import killed_runs

__all__ = ["killed_runs", "permissions", "start"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The store folder of a document; it is not there yet."""
    return tmp_path / "store" / "01HZ4X7TGZM3J1A2B3C4D5E6F7"
