"""Trusted certificates: what the environment names, and what is said of what cannot be read."""

import ssl
import subprocess
from shutil import which

import pytest
from pytest_httpserver import HTTPServer
from support.http_servers import chat_completion
from support.teacher_calls import CHAT, FINE, address, outcome, served

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.registry import select

TEACHERS = ["openai:m", "anthropic:m", "vllm-server:https://far.example#m"]


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-openai")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-anthropic")


@pytest.mark.parametrize("selector", TEACHERS)
@pytest.mark.parametrize(
    ("variable", "name", "reason"),
    [
        ("SSL_CERT_FILE", "missing.pem", "No such file or directory"),
        ("SSL_CERT_FILE", "", "Is a directory"),
        ("SSL_CERT_FILE", "text.pem", "the file holds none in PEM"),
        ("SSL_CERT_DIR", "missing", "there is no such folder"),
        ("SSL_CERT_DIR", "text.pem", "there is no such folder"),
    ],
)
async def test_certificates_that_cannot_be_read_are_told_by_their_variable(
    monkeypatch, tmp_path, selector, variable, name, reason
):
    (tmp_path / "text.pem").write_text("not a certificate")
    monkeypatch.setenv(variable, str(tmp_path / name))
    teacher = select(selector, GenerationOptions(), concurrency=1, timeout=5)
    with pytest.raises(TeacherError) as raised:
        await teacher.prepare()
    assert str(raised.value) == (
        f"the certificates that {variable} names cannot be read ({reason}); correct or unset it"
    )


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
async def test_a_server_without_tls_needs_no_certificates(server, monkeypatch, variable):
    monkeypatch.setenv(variable, "/nowhere/at/all")
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    assert await outcome(served(address(server))) == FINE


async def test_a_server_that_does_not_speak_tls_is_told(httpserver):
    failed = await _failure(address(httpserver).replace("http:", "https:"))
    assert "cannot speak TLS with https://localhost" in failed
    assert failed.endswith("check whether it is http:// there")


@pytest.fixture
def own_authority(tmp_path):
    """A server with TLS: its URL, the file of who vouches for it, and the server."""
    subject = "-subj /CN=localhost -addext subjectAltName=DNS:localhost"
    made = f"req -x509 -newkey rsa:2048 -nodes {subject} -keyout key.pem -out cert.pem"
    subprocess.run(
        ["openssl", *made.split()],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with HTTPServer(ssl_context=context) as server:
        server.expect_request("/v1/models").respond_with_json({"data": [{"id": "m"}]})
        yield f"https://localhost:{server.port}", str(tmp_path / "cert.pem"), server


@pytest.mark.skipif(not which("openssl"), reason="makes a certificate with openssl")
@pytest.mark.parametrize("trusted", [False, True])
async def test_a_certificate_is_trusted_by_the_file_that_is_named(
    monkeypatch, own_authority, trusted
):
    url, authority, server = own_authority
    server.expect_request(CHAT).respond_with_json(chat_completion("fine"))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", authority)
        assert await outcome(served(url)) == FINE
    else:
        failed = await _failure(url)
        assert f"the certificate of {url}/v1 is not trusted here" in failed
        assert failed.endswith("in SSL_CERT_FILE")


async def _failure(url: str) -> str:
    teacher = select(f"vllm-server:{url}#m", GenerationOptions(), concurrency=1, timeout=5)
    try:
        return str(await outcome(teacher))
    except TeacherError as error:
        return str(error)
