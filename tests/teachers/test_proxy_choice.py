"""Proxy choice: which proxy of the environment is for a server, and what cannot be used."""

import pytest
from support.http_servers import Answer, Request, WireServer, chat_completion
from support.teacher_calls import CHAT, FINE, address, outcome, served

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.endpoint import parse_endpoint
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.proxy_choice import proxy_for
from dlm_lsp.teachers.registry import select

PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("environment", "url", "variable"),
    [
        ({"HTTPS_PROXY": PROXY}, "https://far.example/v1", "HTTPS_PROXY"),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "x"}, "https://far.example/v1", "https_proxy"),
        ({"HTTP_PROXY": PROXY}, "http://far.example/v1", "HTTP_PROXY"),
        ({"ALL_PROXY": PROXY}, "https://far.example/v1", "ALL_PROXY"),
        ({"ALL_PROXY": "socks://x", "HTTPS_PROXY": PROXY}, "https://far.example", "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "https://far.example", "HTTPS_PROXY"),
        ({"HTTP_PROXY": PROXY}, "https://far.example/v1", None),
        ({"HTTPS_PROXY": ""}, "https://far.example/v1", None),
        ({}, "https://far.example/v1", None),
    ],
)
def test_the_proxy_is_the_one_for_the_scheme_or_else_the_one_for_all(
    monkeypatch, environment, url, variable
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    proxy = proxy_for(parse_endpoint(url))
    assert (proxy and (proxy.variable, proxy.url)) == (variable and (variable, PROXY))


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000",
        "http://127.0.0.1",
        "http://127.9.9.9:1",
        "http://[::1]:8000",
        "https://llm.localhost",
        "http://0.0.0.0:8000",
    ],
)
def test_a_server_on_this_machine_has_no_proxy(monkeypatch, url):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, PROXY)
    assert proxy_for(parse_endpoint(url)) is None


@pytest.mark.parametrize(
    ("no_proxy", "excluded"),
    [
        ("*", True),
        ("far.example", True),
        ("FAR.example", True),
        (".far.example", True),
        ("*.far.example", True),
        ("example", True),
        ("one, gpu.far.example:8000 ,two", True),
        ("http://gpu.far.example", True),
        ("one gpu.far.example", True),
        ("gpu.far.example:9000", False),
        ("ar.example", False),
        ("10.0.0.0/8,http://[x", False),
        ("", False),
    ],
)
def test_no_proxy_is_read_in_every_form_that_clients_know(monkeypatch, no_proxy, excluded):
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    proxy = proxy_for(parse_endpoint("http://gpu.far.example:8000"))
    assert (proxy is None) == excluded


@pytest.mark.parametrize(
    ("no_proxy", "url", "excluded"),
    [
        ("192.168.0.0/16", "http://192.168.1.7:8000", True),
        ("192.168.1.7", "http://192.168.1.7:8000", True),
        ("192.168.1.7:8000", "http://192.168.1.7:8000", True),
        ("10.0.0.0/8", "http://192.168.1.7:8000", False),
        ("fd00::/8", "http://[fd00::7]:8000", True),
        ("[fd00::7]", "http://[fd00::7]:8000", True),
        ("[fd00::7]:8000", "http://[fd00::7]:8000", True),
        ("fd00::8", "http://[fd00::7]:8000", False),
    ],
)
def test_no_proxy_knows_addresses_and_networks(monkeypatch, no_proxy, url, excluded):
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert (proxy_for(parse_endpoint(url)) is None) == excluded


def test_a_password_of_a_proxy_is_in_no_repr(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:hunter2@proxy.example")
    assert "hunter2" not in repr(proxy_for(parse_endpoint("https://far.example")))


UNUSABLE = ["socks://h:1", "socks5://h:1", "http://[::x", "ftp://h", "http://h:port"]
TEACHERS = ["openai:m", "anthropic:m", "vllm-server:https://far.example#m"]


@pytest.fixture
def keys(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-openai")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-anthropic")


@pytest.mark.parametrize("selector", TEACHERS)
@pytest.mark.parametrize("value", UNUSABLE)
async def test_a_proxy_that_cannot_be_used_is_told_by_its_variable(
    monkeypatch, keys, selector, value
):
    monkeypatch.setenv("ALL_PROXY", value)
    teacher = select(selector, GenerationOptions(), concurrency=1, timeout=5)
    with pytest.raises(TeacherError, match=r"^ALL_PROXY names .*unset") as raised:
        await teacher.prepare()
    assert "\n" not in str(raised.value)
    assert value not in str(raised.value).replace("socks5://HOST", "").replace("http://HOST", "")


@pytest.mark.parametrize("value", UNUSABLE)
async def test_a_proxy_that_cannot_be_used_is_no_matter_to_a_server_on_this_machine(
    server, monkeypatch, value
):
    for name in ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, value)
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    assert await outcome(served(address(server))) == FINE


async def test_a_proxy_that_is_not_there_is_told_with_its_variable(monkeypatch, unused_tcp_port):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_tcp_port}")
    failed = await _failure("http://far.example#m")
    assert "cannot reach http://far.example/v1 through the proxy that HTTP_PROXY names" in failed
    assert "NO_PROXY" in failed


async def test_a_proxy_that_wants_a_password_is_told_with_its_variable(monkeypatch):
    async def behave(_: Request) -> Answer:
        return Answer(b"", status=407)

    async with WireServer(behave) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        failed = await _failure("https://far.example#m")
    assert "through the proxy that HTTPS_PROXY names: 407" in failed


async def _failure(target: str) -> str:
    teacher = select(f"vllm-server:{target}", GenerationOptions(), concurrency=1, timeout=5)
    try:
        return str(await outcome(teacher))
    except TeacherError as error:
        return str(error)
