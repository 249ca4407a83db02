"""Synthesis fixtures: an empty reply cache, and an empty store of what servers take."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlm_lsp.store.replies import ReplyCache


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No store of whoever runs the tests."""
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ReplyCache]:
    """An empty reply cache on disk."""
    with ReplyCache(tmp_path) as opened:
        yield opened
