"""Model fixtures: small random models for the tests of this room, and a hub."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from support.hub_server import Hub, hub_server
from support.model_fixtures import adapter, chat_llama, gemma, llama

__all__ = ["adapter", "chat_llama", "gemma", "llama"]


@pytest.fixture(autouse=True)
def plain_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs the tests has no bfloat16: in float32 a batch changes nothing but the speed."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A hub that has `org/name`, and an empty cache."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    (model / "model.safetensors").write_bytes(b"12345")
    (model / "pytorch_model.bin").write_bytes(b"pickle")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with hub_server({"org/name": model}) as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        template = f"{server.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield server
