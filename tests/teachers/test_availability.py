"""What can be known at once of why a teacher cannot be asked."""

import pytest

from dlm_lsp.teachers.availability import client_package, obstacle


@pytest.mark.parametrize("selector", ["hf:gemma-3-270m", "vllm-server:http://localhost:8000"])
def test_nothing_stands_in_the_way_of_a_local_teacher(selector):
    assert obstacle(selector, has_adapter=False) is None


def test_the_document_is_its_own_teacher_once_it_was_trained():
    assert obstacle("self", has_adapter=True) is None
    assert "dlm train" in (obstacle("self", has_adapter=False) or "")


@pytest.mark.parametrize(
    ("selector", "key"), [("openai:x", "OPENAI_API_KEY"), ("anthropic:x", "ANTHROPIC_API_KEY")]
)
def test_a_missing_key_is_named(selector, key, monkeypatch):
    monkeypatch.delenv(key, raising=False)
    assert key in (obstacle(selector, has_adapter=False) or "")
    monkeypatch.setenv(key, "secret")
    assert obstacle(selector, has_adapter=False) is None


@pytest.mark.parametrize("selector", ["", "nobody", "nobody:x", "hf:", "hf", "self:x"])
def test_what_names_no_teacher_is_said_so(selector):
    assert "names no teacher" in (obstacle(selector, has_adapter=True) or "")


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr("dlm_lsp.teachers.availability.find_spec", lambda _: None)
    assert "dlm-synth[local]" in (obstacle("hf:x", has_adapter=False) or "")


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
