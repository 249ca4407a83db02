"""OpenAI address: the base of the API, and the address that is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.errors import SelectorError
from dlm_lsp.teachers.openai_address import openai_endpoint, shown_address, vllm_server

# What is typed, where requests go, and what is shown.
ADDRESSES = [
    ("http://localhost:8000", "http://localhost:8000/v1", "http://localhost:8000"),
    ("http://localhost:8000/", "http://localhost:8000/v1", "http://localhost:8000"),
    ("http://localhost:8000/v1", "http://localhost:8000/v1", "http://localhost:8000"),
    ("http://h:8000/v1/chat/completions", "http://h:8000/v1", "http://h:8000"),
    ("http://h:8000/v1/completions/", "http://h:8000/v1", "http://h:8000"),
    ("http://h:8000/v1/models", "http://h:8000/v1", "http://h:8000"),
    ("localhost:11434", "http://localhost:11434/v1", "http://localhost:11434"),
    ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1", None),
    ("api.groq.com/openai/v1", "https://api.groq.com/openai/v1", None),
    (
        "https://generativelanguage.googleapis.com/v1beta/openai/",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        None,
    ),
    ("https://open.bigmodel.cn/api/paas/v4/", "https://open.bigmodel.cn/api/paas/v4", None),
    (
        "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions",
        "https://dashscope.aliyuncs.com/compatible-mode/v1",
        None,
    ),
    ("http://gateway/proxy", "http://gateway/proxy", None),
    ("http://gateway/proxy/v1", "http://gateway/proxy/v1", None),
    # The whole address of an operation leaves nothing to be added.
    (
        "https://api.perplexity.ai/chat/completions",
        "https://api.perplexity.ai",
        "https://api.perplexity.ai/chat/completions",
    ),
    (
        "https://name.openai.azure.com",
        "https://name.openai.azure.com/openai/v1",
        "https://name.openai.azure.com/openai/v1",
    ),
]


@pytest.mark.parametrize(("typed", "base", "shown"), ADDRESSES)
def test_a_bare_host_gets_a_version_and_a_path_stays_as_it_was_given(typed, base, shown):
    endpoint, model = vllm_server(f"{typed}#m")
    assert (endpoint.url, model) == (base, "m")
    assert shown_address(endpoint) == (shown or base)


_paths = st.lists(st.sampled_from(("v1", "v4", "v1beta", "api", "openai", "proxy", "models")))


@given(_paths, st.booleans())
def test_what_is_shown_always_names_the_same_server(steps, whole):
    typed = "/".join(["http://host:80", *steps, *(["chat", "completions"] if whole else [])])
    endpoint, _ = vllm_server(typed)
    assert vllm_server(shown_address(endpoint))[0] == endpoint


@pytest.mark.parametrize(
    ("target", "model"),
    [
        ("http://h", ""),
        ("http://h#", ""),
        ("http://h#org/model:free@x", "org/model:free@x"),
        ("http://h#my model #2", "my model #2"),
        ("http://h # m ", "m"),
    ],
)
def test_all_behind_the_first_hash_is_the_model(target, model):
    assert vllm_server(target)[1] == model


def test_credentials_and_query_stay_apart():
    endpoint, _ = vllm_server("https://ann:s3cret@host.example/v1/chat/completions?token=abc#m")
    assert (endpoint.url, endpoint.userinfo) == ("https://host.example/v1", "ann:s3cret")
    assert endpoint.query == "token=abc"


def test_a_bad_address_is_told_with_how_to_write_it():
    with pytest.raises(SelectorError, match="write it as vllm-server:http://localhost:8000") as no:
        vllm_server("ftp://u:hunter2@host#m")
    assert "hunter2" not in str(no.value)


@pytest.mark.parametrize(
    ("variable", "base"),
    [
        (None, "https://api.openai.com/v1"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("localhost:8000/v1/", "http://localhost:8000/v1"),
        ("https://api.deepseek.com/chat/completions", "https://api.deepseek.com"),
        ("https://name.openai.azure.com/", "https://name.openai.azure.com/openai/v1"),
    ],
)
def test_the_address_for_openai_is_the_one_of_its_client(monkeypatch, variable, base):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    if variable:
        monkeypatch.setenv("OPENAI_BASE_URL", variable)
    assert openai_endpoint().url == base
