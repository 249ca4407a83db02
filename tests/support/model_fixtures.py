"""Model fixtures: small random models, made once for all tests."""

from pathlib import Path

import pytest
from support.tiny_model import tiny_adapter, tiny_gemma, tiny_llama


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A base model."""
    return str(tiny_llama(tmp_path_factory.mktemp("llama")))


@pytest.fixture(scope="session")
def chat_llama(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An instruct model."""
    return str(tiny_llama(tmp_path_factory.mktemp("chat"), chat=True))


@pytest.fixture(scope="session")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A base model that looks back over a sliding window only."""
    return str(tiny_gemma(tmp_path_factory.mktemp("gemma")))


@pytest.fixture(scope="session")
def adapter(tmp_path_factory: pytest.TempPathFactory, llama: str) -> Path:
    """An adapter for the first of them."""
    return tiny_adapter(tmp_path_factory.mktemp("adapter"), Path(llama))
