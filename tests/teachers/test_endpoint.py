import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.endpoint import endpoint_from, parse_endpoint

words = st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=6, max_size=20)


def test_credentials_and_query_are_no_part_of_what_is_shown():
    endpoint = parse_endpoint("https://ann:s3cret@api.example.org:8443/v1/?token=abc123")
    assert endpoint.url == "https://api.example.org:8443/v1"
    assert (endpoint.userinfo, endpoint.query) == ("ann:s3cret", "token=abc123")


@given(words, words, words)
def test_no_secret_is_in_the_shown_address_or_the_repr(user, password, token):
    user, password, token = f"u{user}", f"p{password}", f"t{token}"
    endpoint = parse_endpoint(f"http://{user}:{password}@host.example/x?key={token}")
    for secret in (password, token):
        assert secret in endpoint.secrets
        assert secret not in endpoint.url
        assert secret not in repr(endpoint)


def test_credentials_become_a_basic_authorization_with_their_escapes_undone():
    basic = parse_endpoint("http://ann:p%40ss@host.example").basic
    assert basic is not None
    assert base64.b64decode(basic.removeprefix("Basic ")) == b"ann:p@ss"


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8000",
        "http://localhost.:8000",
        "http://LOCALHOST",
        "http://127.0.0.1",
        "http://127.8.9.10",
        "http://0.0.0.0:8000",
        "http://[::1]:8000/v1",
        "http://[::ffff:127.0.0.1]",
        "http://x.localhost",
    ],
)
def test_this_machine_is_no_remote_host(address):
    assert parse_endpoint(address).remote_host is None


@pytest.mark.parametrize(
    ("address", "host"),
    [("https://API.example.org/v1", "api.example.org"), ("http://192.168.1.7:80", "192.168.1.7")],
)
def test_another_machine_is_named(address, host):
    assert parse_endpoint(address).remote_host == host


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        (" http://host:8000/v1 ", "http://host:8000/v1"),
        ("HTTPS://Host.Example", "https://host.example"),
        ("localhost:8000", "http://localhost:8000"),
        ("localhost", "http://localhost"),
        ("api.localhost:1", "http://api.localhost:1"),
        ("127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("[fd00::2]:8000", "http://[fd00::2]:8000"),
        ("192.168.1.7", "http://192.168.1.7"),
        ("100.101.102.103:8000", "http://100.101.102.103:8000"),
        ("gpu-box:8000", "http://gpu-box:8000"),
        ("gpu.local:8000", "http://gpu.local:8000"),
        ("host.docker.internal:11434", "http://host.docker.internal:11434"),
        ("api.groq.com/openai/v1", "https://api.groq.com/openai/v1"),
        ("llm.example.org:8443", "https://llm.example.org:8443"),
        ("8.8.8.8:8000", "https://8.8.8.8:8000"),
        ("xn--bcher-kva.xn--p1ai", "https://xn--bcher-kva.xn--p1ai"),
    ],
)
def test_blanks_around_and_a_missing_scheme_are_understood(typed, url):
    assert parse_endpoint(typed).url == url


def test_the_origin_is_what_stands_before_the_path():
    endpoint = parse_endpoint("http://u:p@[::1]:8000/v1?q=1")
    assert (endpoint.origin, endpoint.is_bare) == ("http://[::1]:8000", False)
    assert parse_endpoint("http://host/").is_bare


def test_quotes_and_angles_in_a_path_are_escaped():
    assert parse_endpoint("http://host/a\"b'-->").url == "http://host/a%22b%27--%3E"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nowhere",
        "qwen2.5:7b",
        "llama3.2",
        "//host:8000",
        "mailto:hunter2@host",
        "ann:hunter2@host",
        "ann:hunter2@host.example:8000",
        "ftp://u:hunter2@host",
        "file:///etc/hunter2",
        "http://",
        "http://u:hunter2@",
        "http://host:hunter2/",
        "http://host:99999999/hunter2",
        "http://[hunter2]/",
        "http://ho st/hunter2",
        "http://host\n/hunter2",
        'http://"host"/hunter2',
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_being_repeated(address):
    with pytest.raises(ValueError) as refused:
        parse_endpoint(address)
    assert "hunter2" not in str(refused.value)


@given(st.text())
def test_any_text_is_an_address_or_a_value_error(text):
    try:
        endpoint = parse_endpoint(text)
    except ValueError:
        return
    assert endpoint.url.startswith(("http://", "https://"))


def test_an_environment_variable_names_the_server(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    assert (
        endpoint_from("OPENAI_BASE_URL", "https://default.example").url == "http://localhost:1/v1"
    )


def test_a_blank_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", " ")
    assert endpoint_from("OPENAI_BASE_URL", "https://default.example").url.endswith("example")


def test_a_bad_variable_is_named_without_its_value(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "ftp://u:hunter2@host")
    with pytest.raises(TeacherError, match="OPENAI_BASE_URL cannot be used") as refused:
        endpoint_from("OPENAI_BASE_URL", "https://default.example")
    assert "hunter2" not in str(refused.value)
