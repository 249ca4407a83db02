"""OpenAI address: where an API begins, from whatever of its address was typed."""

import re
from dataclasses import replace

from dlm_lsp.errors import SelectorError
from dlm_lsp.teachers.azure_openai import azure_base, azure_deployment, is_azure
from dlm_lsp.teachers.endpoint import Endpoint, endpoint_from, parse_endpoint

_OPERATION = re.compile(r"/(?:(?:chat/)?completions|models)$")
_VERSION = "/v1"


def openai_endpoint() -> Endpoint:
    """Return the server of `openai:`: the one of OPENAI_BASE_URL, or else OpenAI's own.

    As in OpenAI's client, no version is added.

    Raises:
        TeacherError: if OPENAI_BASE_URL is no address.
    """
    return _base(endpoint_from("OPENAI_BASE_URL", "https://api.openai.com/v1"))


def vllm_server(target: str) -> tuple[Endpoint, str]:
    """Return the server and the model, which may be empty, that `<url>[#model]` names.

    A bare host is completed with `/v1`; a path is taken as it is.

    Raises:
        SelectorError: the address cannot be read; no part of it is repeated.
    """
    address, _, model = target.partition("#")
    try:
        endpoint = parse_endpoint(address)
    except ValueError as error:
        raise SelectorError(
            f"the address of vllm-server: cannot be used, {error}; write it as "
            "vllm-server:http://localhost:8000 or vllm-server:http://localhost:8000#MODEL"
        ) from None
    if endpoint.is_bare and not is_azure(endpoint):
        endpoint = replace(endpoint, url=f"{endpoint.url}{_VERSION}")
    base = _base(endpoint)
    return base, model.strip() or azure_deployment(base)


def shown_address(endpoint: Endpoint) -> str:
    """Return the shortest address that `vllm_server` reads as this one."""
    if endpoint.is_bare or _OPERATION.search(endpoint.url):
        return f"{endpoint.url}/chat/completions"
    return endpoint.origin if endpoint.url == f"{endpoint.origin}{_VERSION}" else endpoint.url


def _base(endpoint: Endpoint) -> Endpoint:
    """Return the address without the path of a single operation, which documentation shows."""
    base = replace(endpoint, url=_OPERATION.sub("", endpoint.url))
    return azure_base(base) if is_azure(base) else base
