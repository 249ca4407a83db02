"""Shared fixtures: the reference's Python, the example documents, and a small disk."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes depends on what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def reference_python() -> Path:
    """The interpreter of the environment that the reference implementation is installed in."""
    python = Path(os.environ.get("DLM_REFERENCE_PYTHON") or ROOT / ".cache/reference/bin/python")
    if not python.is_file():
        pytest.fail(f"no reference implementation at {python}: run `make reference` first")
    return python


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of example documents."""
    return ROOT / "examples"


SMALL_DISK = 256 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 256 KiB, or where that is not allowed, with a limit on file sizes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", disk]
    if (
        os.geteuid() == 0
        and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    ):
        yield disk
        subprocess.run(["umount", disk], check=True)
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_DISK, hard))
    yield disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
