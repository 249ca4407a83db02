"""API keys: which key goes to which host, and to no other."""

import pytest
from support.http_servers import chat_completion
from support.teacher_calls import CHAT, FINE, address, outcome, served

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.api_keys import KEYED_HOSTS, key_for, usable_key
from dlm_lsp.teachers.endpoint import parse_endpoint
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.registry import select

OWN = ("VLLM_API_KEY",)
EVERY = sorted({row.variable for row in KEYED_HOSTS} | {"VLLM_API_KEY"})


@pytest.fixture(autouse=True)
def every_key(monkeypatch):
    for variable in EVERY:
        monkeypatch.setenv(variable, f"the key in {variable}")


@pytest.mark.parametrize("row", KEYED_HOSTS, ids=lambda row: row.host)
@pytest.mark.parametrize("subdomain", ["", "eu."])
def test_a_provider_is_sent_its_own_key(row, subdomain):
    key = key_for(parse_endpoint(f"https://{subdomain}{row.host}/v1"), OWN, required=False)
    assert (key.variable, key.value) == (row.variable, f"the key in {row.variable}")
    assert key.expected


@pytest.mark.parametrize(
    "address",
    [
        "http://api.groq.com/openai/v1",
        "https://api.groq.com.example.org",
        "https://evilapi.groq.com",
        "https://groq.com",
        "https://example.org/api.groq.com",
        "https://api.groq.com@example.org",
        "http://localhost:8000",
        "http://192.168.1.7:8000",
    ],
)
def test_any_other_server_is_sent_the_key_of_its_kind_alone(address):
    key = key_for(parse_endpoint(address), OWN, required=False)
    assert (key.variable, key.value) == ("VLLM_API_KEY", "the key in VLLM_API_KEY")


def test_without_the_key_of_the_host_the_one_of_the_kind_is_sent(monkeypatch):
    monkeypatch.delenv("GROQ_API_KEY")
    key = key_for(parse_endpoint("https://api.groq.com/openai/v1"), OWN, required=False)
    assert key.variable == "VLLM_API_KEY"


@pytest.mark.parametrize("row", KEYED_HOSTS, ids=lambda row: row.host)
async def test_the_right_variable_is_named_where_the_key_is_missing(monkeypatch, row):
    monkeypatch.delenv("VLLM_API_KEY")
    monkeypatch.delenv(row.variable)
    selector = f"vllm-server:https://x.{row.host}/v1#m"
    teacher = select(selector, GenerationOptions(), concurrency=1, timeout=5)
    with pytest.raises(TeacherError, match=f"needs a key; set {row.variable}$"):
        await teacher.prepare()


async def test_openais_kind_takes_the_key_of_the_host_too(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.groq.com/openai/v1")
    for variable in ("GROQ_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(variable)
    teacher = select("openai:m", GenerationOptions(), concurrency=1, timeout=5)
    with pytest.raises(TeacherError, match=r"needs a key; set GROQ_API_KEY$"):
        await teacher.prepare()


async def test_a_server_on_this_machine_sees_no_providers_key(server):
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    assert await outcome(served(address(server))) == FINE
    for request, _ in server.log:
        assert request.headers["Authorization"] == "Bearer the key in VLLM_API_KEY"
        assert str(request.headers).count("the key in") == 1


async def test_a_key_does_not_follow_a_redirect(server):
    elsewhere = {"location": f"http://127.0.0.1:{server.port}/stolen"}
    server.expect_request(CHAT).respond_with_data("", status=307, headers=elsewhere)
    server.expect_request("/stolen").respond_with_json(chat_completion("fine"))
    assert "redirects (307)" in str(await outcome(served(address(server))))
    assert not [request for request, _ in server.log if request.path == "/stolen"]


def test_credentials_in_the_address_need_no_key(monkeypatch):
    monkeypatch.delenv("GROQ_API_KEY")
    monkeypatch.delenv("VLLM_API_KEY")
    key = key_for(parse_endpoint("https://ann:secret@api.groq.com"), OWN, required=True)
    assert not key.expected


def test_a_key_is_in_no_repr():
    key = key_for(parse_endpoint("https://api.groq.com"), OWN, required=False)
    assert "the key in" not in repr(key)


def test_blanks_around_a_key_are_no_part_of_it():
    assert usable_key(" key\n", "VARIABLE") == "key"


@pytest.mark.parametrize("text", ["a\nb", "schlüssel", "a\x00b"])
def test_a_key_that_no_header_carries_is_told_by_its_variable(text):
    with pytest.raises(TeacherError, match="VARIABLE holds a character that no key has") as no:
        usable_key(text, "VARIABLE")
    assert text not in str(no.value)
