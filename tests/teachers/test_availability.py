"""Availability: of a teacher, without a request to anybody."""

import pytest

from dlm_lsp.install_hint import install_hint
from dlm_lsp.teachers.availability import availability, client_package


def reason(selector: str, code: str, *, has_adapter: bool) -> str:
    """The message to show for a teacher that is unavailable by this code."""
    unavailable = availability(selector, has_adapter=has_adapter)
    assert unavailable is not None
    assert unavailable.code == code
    return unavailable.message


@pytest.mark.parametrize("selector", ["hf:gemma-3-270m", "vllm-server:http://localhost:8000"])
def test_nothing_stands_in_the_way_of_a_local_teacher(selector):
    assert availability(selector, has_adapter=False) is None


def test_the_document_is_its_own_teacher_once_it_was_trained():
    assert availability("self", has_adapter=True) is None
    assert "dlm train" in reason("self", "no-adapter", has_adapter=False)


@pytest.mark.parametrize(
    ("selector", "key"), [("openai:x", "OPENAI_API_KEY"), ("anthropic:x", "ANTHROPIC_API_KEY")]
)
def test_a_missing_key_is_named(selector, key, monkeypatch):
    monkeypatch.delenv(key, raising=False)
    assert key in reason(selector, "missing-key", has_adapter=False)
    monkeypatch.setenv(key, "secret")
    assert availability(selector, has_adapter=False) is None


def test_the_key_that_is_missing_is_the_one_of_the_host(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.groq.com/openai/v1")
    assert "GROQ_API_KEY" in reason("openai:m", "missing-key", has_adapter=False)
    there = "vllm-server:https://openrouter.ai/api/v1#m"
    assert "OPENROUTER_API_KEY" in reason(there, "missing-key", has_adapter=False)
    monkeypatch.setenv("GROQ_API_KEY", "secret")
    monkeypatch.setenv("VLLM_API_KEY", "secret")
    for selector in ("openai:m", there):
        assert availability(selector, has_adapter=False) is None


def test_anthropics_token_is_a_key_too(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "secret")
    assert availability("anthropic:m", has_adapter=False) is None


def test_an_address_that_cannot_be_used_is_told(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "ftp://host")
    assert "OPENAI_BASE_URL cannot" in reason("openai:m", "missing-key", has_adapter=False)
    assert "cannot be used" in reason("vllm-server:ftp://host", "no-teacher", has_adapter=False)


@pytest.mark.parametrize("selector", ["", "nobody", "nobody:x", "hf:", "hf", "self:x"])
def test_what_names_no_teacher_is_said_so(selector):
    assert "names no teacher" in reason(selector, "no-teacher", has_adapter=True)


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr("dlm_lsp.teachers.availability.find_spec", lambda _: None)
    assert install_hint("local") in reason("hf:x", "missing-extra", has_adapter=False)


@pytest.mark.parametrize(
    ("selector", "package"),
    [
        ("openai:gpt", "openai"),
        ("vllm-server:http://localhost:8000", "openai"),
        ("anthropic:claude", "anthropic"),
        ("hf:gemma-3-270m", None),
        ("self", None),
        ("nobody", None),
    ],
)
def test_what_asks_over_a_network_is_known_before_it_is_imported(selector, package):
    assert client_package(selector) == package
