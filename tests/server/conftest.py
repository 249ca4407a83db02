"""Fixtures: a teacher for the server, and a store of its own."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from pytest_httpserver import HTTPServer
from support.model_fixtures import llama
from support.teacher_server import TeacherServer

__all__ = ["llama"]


@pytest.fixture
def teacher() -> Iterator[TeacherServer]:
    """A server that writes pairs about towns, to several clients at once."""
    with HTTPServer(threaded=True) as server:
        yield TeacherServer(server)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """The environment of a language server with an empty store and no profile."""
    return {"DLM_HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture
def gate() -> Iterator[Event]:
    """What a held-up teacher waits for; opened at the end, so that nothing hangs."""
    event = Event()
    yield event
    event.set()
