"""What every room's tests share: the oracle and the example documents."""

import os
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
