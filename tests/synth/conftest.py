"""Synthesis fixtures: an empty reply cache."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlm_lsp.store.replies import ReplyCache


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ReplyCache]:
    """An empty reply cache on disk."""
    with ReplyCache(tmp_path) as opened:
        yield opened
