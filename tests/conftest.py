"""Shared fixtures: the reference's Python, the example documents, and a small disk."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes depends on what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent

# Made of pipes, pseudoterminals, signals and processes that only POSIX has.
_POSIX_MODULES = [
    "cli/test_progress.py",
    "e2e",
    "editors/tree_sitter",
    "local/test_worker.py",
    "server/test_main.py",
    "training/test_process.py",
]
collect_ignore = _POSIX_MODULES if sys.platform == "win32" else []


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Skip on Windows what needs pipes, signals, devices, links, or permission bits that count."""
    if sys.platform != "win32":
        return
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("posix") or {"permissions", "small_disk"} & {*fixtures}:
            item.add_marker(pytest.mark.skip(reason="needs a POSIX system"))


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
    import resource

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
