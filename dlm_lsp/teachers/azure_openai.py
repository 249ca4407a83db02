"""Azure OpenAI: its addresses, and the client of OpenAI's SDK for its versioned API.

A deployment stands where other servers have a model. The API of today (`/openai/v1`) is OpenAI's
own; the one before it wants an api-version with every request, a key in a header of its own, and
the deployment in the path, which the SDK's client for Azure sees to.
"""

import os
import re
from dataclasses import replace
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

from dlm_lsp.teachers.endpoint import Endpoint, parse_endpoint

AZURE_HOSTS = ("openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com")
"""Each resource has a host of its own below one of these."""
AZURE_KEY_HEADER = "api-key"
_DEPLOYMENT = re.compile(r"/deployments/([^/]+)$")


def is_azure(endpoint: Endpoint) -> bool:
    """Say whether an address is Azure's, or the one that AZURE_OPENAI_ENDPOINT names."""
    if endpoint.host.endswith(tuple(f".{host}" for host in AZURE_HOSTS)):
        return True
    try:
        named = parse_endpoint(os.environ.get("AZURE_OPENAI_ENDPOINT", ""))
    except ValueError:
        return False
    return named.origin == endpoint.origin


def azure_base(endpoint: Endpoint) -> Endpoint:
    """Return where the API of Azure begins: below `/openai/v1`, or `/openai` with a version."""
    if not (endpoint.is_bare or endpoint.url == f"{endpoint.origin}/openai"):
        return endpoint
    path = "/openai" if _version(endpoint) else "/openai/v1"
    return replace(endpoint, url=f"{endpoint.origin}{path}")


def azure_deployment(endpoint: Endpoint) -> str:
    """Return the deployment that an address of Azure ends in; empty for any other address."""
    found = _DEPLOYMENT.search(endpoint.url) if is_azure(endpoint) else None
    return found[1] if found else ""


def azure_client(sdk: ModuleType, endpoint: Endpoint, key: str, **options: Any) -> Any:
    """Return the SDK's client for the versioned API of Azure; None for any other address.

    `options` are those of all clients of the SDK.
    """
    version = _version(endpoint)
    if not version or not is_azure(endpoint) or endpoint.url.endswith("/v1"):
        return None
    return sdk.AsyncAzureOpenAI(base_url=endpoint.url, api_key=key, api_version=version, **options)


def _version(endpoint: Endpoint) -> str:
    named = dict(parse_qsl(endpoint.query)).get("api-version", "")
    return named.strip() or os.environ.get("OPENAI_API_VERSION", "").strip()
