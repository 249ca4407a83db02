"""Azure OpenAI: its addresses, and its API as a fake on this machine speaks it."""

import pytest
from support.http_servers import chat_completion
from support.teacher_calls import FINE, address, outcome, posted

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.azure_openai import azure_base, azure_deployment, is_azure
from dlm_lsp.teachers.endpoint import parse_endpoint
from dlm_lsp.teachers.openai_address import vllm_server
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher
from dlm_lsp.teachers.registry import select

RESOURCE = "https://name.openai.azure.com"
VERSION = "2025-04-01-preview"
VERSIONED = "/openai/deployments/mine/chat/completions"


@pytest.mark.parametrize(
    ("url", "azure"),
    [
        (RESOURCE, True),
        ("https://name.cognitiveservices.azure.com", True),
        ("https://name.services.ai.azure.com/openai/v1", True),
        ("https://openai.azure.com.example.org", False),
        ("https://notopenai.azure.com", False),
        ("https://gateway.example/anything", True),
        ("https://gateway.example:8443", False),
        ("http://gateway.example", False),
    ],
)
def test_azure_is_known_by_its_host_and_by_its_variable(monkeypatch, url, azure):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://gateway.example/")
    assert is_azure(parse_endpoint(url)) == azure


@pytest.mark.parametrize(
    ("typed", "version", "base"),
    [
        (RESOURCE, "", "/openai/v1"),
        (RESOURCE, VERSION, "/openai"),
        (f"{RESOURCE}?api-version={VERSION}", "", "/openai"),
        (f"{RESOURCE}/openai", "", "/openai/v1"),
        (f"{RESOURCE}/openai/v1/", VERSION, "/openai/v1"),
        (f"{RESOURCE}/openai/deployments/mine", VERSION, "/openai/deployments/mine"),
    ],
)
def test_the_api_begins_where_its_version_is(monkeypatch, typed, version, base):
    monkeypatch.setenv("OPENAI_API_VERSION", version)
    assert azure_base(parse_endpoint(typed)).url == f"{RESOURCE}{base}"


def test_an_address_as_the_portal_shows_it_names_the_deployment():
    pasted = f"{RESOURCE}{VERSIONED}?api-version={VERSION}"
    endpoint, model = vllm_server(pasted)
    assert model == azure_deployment(endpoint) == "mine"
    assert endpoint.url == f"{RESOURCE}/openai/deployments/mine"
    assert vllm_server(f"{pasted}#other")[1] == "other"


@pytest.fixture
def azure(httpserver, monkeypatch):
    """A fake resource that lists base models, as Azure does, and no deployments."""
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", address(httpserver))
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key-of-azure")
    monkeypatch.setenv("VLLM_API_KEY", "key-of-vllm")
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-openai")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "api-key: secret-header")
    for path in ("/openai/models", "/openai/v1/models"):
        httpserver.expect_request(path).respond_with_json({"data": [{"id": "gpt-4o-2024-08-06"}]})
    httpserver.expect_request("/openai/deployments/mine/models").respond_with_data("", status=404)
    return httpserver


def teacher(selector: str) -> Teacher:
    return select(selector, GenerationOptions(), concurrency=1, timeout=5)


@pytest.mark.parametrize("kind", ["vllm-server", "openai"])
async def test_the_versioned_api_gets_key_version_and_deployment_as_it_wants_them(
    azure, monkeypatch, kind
):
    monkeypatch.setenv("OPENAI_API_VERSION", VERSION)
    azure.expect_request(VERSIONED).respond_with_json(chat_completion("fine"))
    monkeypatch.setenv("OPENAI_BASE_URL", address(azure))
    named = f"vllm-server:{address(azure)}#mine" if kind == "vllm-server" else "openai:mine"
    asked = teacher(named)
    assert await outcome(asked) == FINE
    for request, _ in azure.log:
        assert request.args.getlist("api-version") == [VERSION]
        assert request.headers["api-key"] == "key-of-azure"
        assert "Authorization" not in request.headers
    assert posted(azure, VERSIONED)[0]["model"] == "mine"
    assert asked.limits.warning == ""


async def test_a_version_in_the_address_is_sent_once(azure):
    azure.expect_request(VERSIONED).respond_with_json(chat_completion("fine"))
    pasted = f"{address(azure)}{VERSIONED}?api-version={VERSION}&extra=1"
    assert await outcome(teacher(f"vllm-server:{pasted}")) == FINE
    request = azure.log[-1][0]
    assert request.args.getlist("api-version") == [VERSION]
    assert request.args["extra"] == "1"


async def test_without_a_version_the_api_of_today_is_asked(azure):
    path = "/openai/v1/chat/completions"
    azure.expect_request(path).respond_with_json(chat_completion("fine"))
    asked = teacher(f"vllm-server:{address(azure)}#mine")
    assert await outcome(asked) == FINE
    assert asked.name == f"vllm-server:{address(azure)}/openai/v1#mine"
    for request, _ in azure.log:
        assert request.headers["Authorization"] == "Bearer key-of-azure"
        assert "api-version" not in request.args


async def test_a_deployment_that_is_not_there_is_told_in_azures_words(azure, monkeypatch):
    monkeypatch.setenv("OPENAI_API_VERSION", VERSION)
    words = "The API deployment for this resource does not exist."
    error = {"error": {"code": "DeploymentNotFound", "message": words}}
    azure.expect_request(VERSIONED).respond_with_json(error, status=404)
    failed = await outcome(teacher(f"vllm-server:{address(azure)}#mine"))
    assert "deployment for this resource does not exist; check both" in str(failed)


async def test_a_missing_key_is_named(azure, monkeypatch):
    for variable in ("AZURE_OPENAI_API_KEY", "VLLM_API_KEY"):
        monkeypatch.delenv(variable)
    with pytest.raises(TeacherError, match=r"needs a key; set AZURE_OPENAI_API_KEY$"):
        await teacher(f"vllm-server:{address(azure)}#mine").prepare()
