"""A store of its own, a teacher on this machine, and a document about two towns."""

from pathlib import Path

import pytest
from support.model_fixtures import chat_llama, llama
from support.teacher_server import HEAD, TeacherServer, town

__all__ = ["chat_llama", "llama"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The $DLM_HOME of the tests, not yet there."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DLM_HOME", str(folder))
    return folder


@pytest.fixture
def teacher(httpserver) -> TeacherServer:
    return TeacherServer(httpserver)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.dlm"
    path.write_text(f"{HEAD}{town(0)}\n::instruction::\n### Q\nOwn?\n### A\nYes.\n")
    return path
