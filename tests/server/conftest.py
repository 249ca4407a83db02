"""A teacher for the server, and a store of its own."""

from pathlib import Path

import pytest
from towns import TeacherServer


@pytest.fixture
def teacher(httpserver) -> TeacherServer:
    """A server that writes pairs about towns."""
    return TeacherServer(httpserver)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """The environment of a language server with an empty store."""
    return {"DLM_HOME": str(tmp_path / "home")}
