"""Fixtures of the teachers' tests: a real server, and an environment without keys."""

import os
from collections.abc import Iterator
from pathlib import Path

import anthropic
import openai
import pytest
from pytest_httpserver import HTTPServer
from support.http_servers import llama_server


@pytest.fixture(scope="session")
def llama() -> Iterator[str]:
    """The URL of llama.cpp's server, without `/v1`."""
    with llama_server() as url:
        yield url


def _is_of_teachers(variable: str) -> bool:
    name = variable.upper()
    return name.startswith(("OPENAI_", "ANTHROPIC_", "AZURE_OPENAI_")) or name.endswith(
        ("_API_KEY", "_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
    )


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key, address, proxy, certificate or store of whoever runs the tests."""
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))
    for variable in list(os.environ):
        if _is_of_teachers(variable):
            monkeypatch.delenv(variable)


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clients' own retries, without the seconds that they wait before each."""
    for client in (anthropic, openai):
        monkeypatch.setattr(client._base_client, "INITIAL_RETRY_DELAY", 0.001)


@pytest.fixture
def server(httpserver: HTTPServer) -> HTTPServer:
    """A server that lists the model `m`; each test says how it chats."""
    httpserver.expect_request("/v1/models").respond_with_json(
        {"object": "list", "data": [{"id": "m", "object": "model"}]}
    )
    return httpserver
