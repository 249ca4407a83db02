"""Fixtures: a home for an editor, and a teacher for its server."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from e2e.home import EDITORS, Home
from pytest_httpserver import HTTPServer
from support.teacher_server import TeacherServer, Town


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A clean home folder; the editors have to be there."""
    if not (EDITORS / "installed").is_file():
        pytest.fail(f"no editors in {EDITORS}: run `make editors` first")
    return Home.made(tmp_path / "home")


@pytest.fixture
def teacher() -> Iterator[TeacherServer]:
    """A server that writes pairs about towns."""
    with HTTPServer(threaded=True) as server:
        yield TeacherServer(server)


@pytest.fixture
def held(teacher: TeacherServer) -> Iterator[TeacherServer]:
    """The same, but it does not answer before the test is over."""
    gate = Event()

    def answer(prompt: str) -> Town:
        gate.wait()
        return Town(prompt)

    teacher.answer = answer
    yield teacher
    gate.set()
