"""What can be known at once of why a teacher cannot be asked."""

import pytest

from dlm_lsp.teachers.availability import availability, client_package


@pytest.mark.parametrize("selector", ["hf:gemma-3-270m", "vllm-server:http://localhost:8000"])
def test_nothing_stands_in_the_way_of_a_local_teacher(selector):
    assert availability(selector, has_adapter=False) is None


def test_the_document_is_its_own_teacher_once_it_was_trained():
    assert availability("self", has_adapter=True) is None
    refusal = availability("self", has_adapter=False)
    assert refusal.code == "no-adapter"
    assert "dlm train" in refusal.message


@pytest.mark.parametrize(
    ("selector", "key"), [("openai:x", "OPENAI_API_KEY"), ("anthropic:x", "ANTHROPIC_API_KEY")]
)
def test_a_missing_key_is_named(selector, key, monkeypatch):
    monkeypatch.delenv(key, raising=False)
    refusal = availability(selector, has_adapter=False)
    assert refusal.code == "missing-key"
    assert key in refusal.message
    monkeypatch.setenv(key, "secret")
    assert availability(selector, has_adapter=False) is None


@pytest.mark.parametrize("selector", ["", "nobody", "nobody:x", "hf:", "hf", "self:x"])
def test_what_names_no_teacher_is_said_so(selector):
    refusal = availability(selector, has_adapter=True)
    assert refusal.code == "no-teacher"
    assert "names no teacher" in refusal.message


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr("dlm_lsp.teachers.availability.find_spec", lambda _: None)
    refusal = availability("hf:x", has_adapter=False)
    assert refusal.code == "missing-extra"
    assert "dlm-synth[local]" in refusal.message


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
