"""API keys: the environment variable whose key a server is sent."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.azure_openai import AZURE_HOSTS, is_azure
from dlm_lsp.teachers.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class KeyedHost:
    """A provider's `host`, whose subdomains count too, and the `variable` of the key for it."""

    host: str
    variable: str


ANTHROPIC_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
"""The variables of the keys for Anthropic."""
_AZURE_KEY = "AZURE_OPENAI_API_KEY"
KEYED_HOSTS = (
    KeyedHost("api.openai.com", "OPENAI_API_KEY"),
    KeyedHost("openrouter.ai", "OPENROUTER_API_KEY"),
    KeyedHost("api.groq.com", "GROQ_API_KEY"),
    KeyedHost("generativelanguage.googleapis.com", "GEMINI_API_KEY"),
    KeyedHost("api.mistral.ai", "MISTRAL_API_KEY"),
    KeyedHost("api.deepseek.com", "DEEPSEEK_API_KEY"),
    KeyedHost("api.together.ai", "TOGETHER_API_KEY"),
    KeyedHost("api.together.xyz", "TOGETHER_API_KEY"),
    KeyedHost("api.fireworks.ai", "FIREWORKS_API_KEY"),
    KeyedHost("dashscope.aliyuncs.com", "DASHSCOPE_API_KEY"),
    KeyedHost("dashscope-intl.aliyuncs.com", "DASHSCOPE_API_KEY"),
    KeyedHost("dashscope-us.aliyuncs.com", "DASHSCOPE_API_KEY"),
    KeyedHost("open.bigmodel.cn", "ZHIPUAI_API_KEY"),
    KeyedHost("api.z.ai", "ZAI_API_KEY"),
    *(KeyedHost(host, _AZURE_KEY) for host in AZURE_HOSTS),
)
"""The providers that are known by their host. A key is sent to its own host and by https alone."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The key that a server is sent, empty without one, and the variable that holds it.

    Where there is none, `variable` is the one to set; `expected` is whether the server takes no
    request without a key.
    """

    variable: str
    value: str = field(repr=False)
    expected: bool


def key_for(endpoint: Endpoint, own: Sequence[str], *, required: bool) -> ApiKey:
    """Return the key of the server: the one for its host, or else one of the kind's `own`.

    `required` is whether a teacher of this kind needs a key whatever its server is.

    Raises:
        TeacherError: a key holds what no HTTP header can carry; it is not repeated.
    """
    by_host = _variable_of(endpoint)
    variables = (*((by_host,) if by_host else ()), *own)
    expected = (required or by_host is not None) and not endpoint.userinfo
    for variable in variables:
        if value := usable_key(os.environ.get(variable, ""), variable):
            return ApiKey(variable, value, expected)
    return ApiKey(variables[0], "", expected)


def usable_key(text: str, variable: str) -> str:
    """Return the key without the blanks around it.

    Raises:
        TeacherError: if it holds what no HTTP header can carry; the key is not repeated.
    """
    key = text.strip()
    if not (key.isascii() and key.isprintable()):
        raise TeacherError(f"{variable} holds a character that no key has; set it anew")
    return key


def _variable_of(endpoint: Endpoint) -> str | None:
    """Return the variable of the key for this very host, None where none is known."""
    if endpoint.remote_host and not endpoint.url.startswith("https://"):
        return None
    for row in KEYED_HOSTS:
        if endpoint.host == row.host or endpoint.host.endswith(f".{row.host}"):
            return row.variable
    return _AZURE_KEY if is_azure(endpoint) else None
