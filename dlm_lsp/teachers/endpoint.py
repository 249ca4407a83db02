"""Endpoint: a server's address, with its secrets kept apart from what may be shown."""

import base64
import ipaddress
import os
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from dlm_lsp.errors import TeacherError

_UNSHOWABLE = re.compile(r"[\s\x00-\x1f\x7f]")
_HOST = re.compile(r"[\w.-]+")
_TOP_LEVEL = re.compile(r"(?i:[a-z][a-z0-9-]*[a-z])")
# Names that are given out within a house or a cluster, never by a registrar.
_PRIVATE_NAMES = (".localhost", ".local", ".lan", ".internal", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server address: `url` may be shown and recorded, `userinfo` and `query` never.

    `url` is scheme, host, port and path without a final slash; `userinfo` is `user:password` as
    it was typed, percent-encoded; `query` has no leading question mark.
    """

    url: str
    host: str
    userinfo: str = field(default="", repr=False)
    query: str = field(default="", repr=False)

    @property
    def remote_host(self) -> str | None:
        """The host that requests are sent to, None where that is this machine."""
        name = self.host.rstrip(".")
        if name == "localhost" or name.endswith(".localhost"):
            return None
        address = _ip_address(self.host)
        if address is None:
            return self.host
        return None if address.is_loopback or address.is_unspecified else self.host

    @property
    def is_bare(self) -> bool:
        """Whether no path follows the host."""
        return not urlsplit(self.url).path

    @property
    def origin(self) -> str:
        """Scheme, host and port: the part of `url` before the path."""
        return self.url.removesuffix(urlsplit(self.url).path)

    @property
    def basic(self) -> str | None:
        """The value of an Authorization header that carries the userinfo, None without one."""
        if not self.userinfo:
            return None
        user, _, password = self.userinfo.partition(":")
        plain = f"{unquote(user)}:{unquote(password)}".encode()
        return f"Basic {base64.b64encode(plain).decode()}"

    @property
    def secrets(self) -> frozenset[str]:
        """Every text that must not reach a message, in the spellings that a server could echo."""
        texts = {self.userinfo, unquote(self.userinfo), self.query, unquote(self.query)}
        password = self.userinfo.partition(":")[2]
        texts |= {password, unquote(password)}
        texts |= {value for _, value in parse_qsl(self.query, keep_blank_values=True)}
        if self.basic:
            texts.add(self.basic.removeprefix("Basic "))
        return frozenset(texts - {""})


def parse_endpoint(text: str) -> Endpoint:
    """Return the server that `text` names by an http or https URL, or by host and port alone.

    Without a scheme it is http for this machine and for private hosts, and https otherwise.

    Raises:
        ValueError: saying what is wrong, without repeating anything of `text`.
    """
    text = text.strip()
    if not text or _UNSHOWABLE.search(text):
        raise ValueError("an address has no blanks and is not empty")
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        port = parts.port
    except ValueError:
        raise ValueError("its host or port cannot be read") from None
    host = parts.hostname or ""
    scheme = parts.scheme or _usual_scheme(parts, host)
    if scheme not in ("http", "https"):
        raise ValueError("an address begins with http:// or https://")
    shown_host = host
    if ":" in host:
        try:
            shown_host = f"[{ipaddress.IPv6Address(host)}]"
        except ValueError:
            raise ValueError("its host or port cannot be read") from None
    elif not _HOST.fullmatch(host):
        raise ValueError("it names no host")
    path = quote(parts.path.rstrip("/"), safe="/%:@+~=,;-._")
    shown_port = "" if port is None else f":{port}"
    userinfo = parts.netloc.rpartition("@")[0]
    return Endpoint(f"{scheme}://{shown_host}{shown_port}{path}", host, userinfo, parts.query)


def endpoint_from(variable: str, default: str) -> Endpoint:
    """Return the server that an SDK's environment variable names, or else the default one.

    Raises:
        TeacherError: naming the variable and not its value.
    """
    try:
        return parse_endpoint(os.environ.get(variable, "").strip() or default)
    except ValueError as error:
        raise TeacherError(f"{variable} cannot be used, {error}; correct or unset it") from None


def anthropic_endpoint() -> Endpoint:
    """Return the server of `anthropic:`: the one of ANTHROPIC_BASE_URL, or else Anthropic's own.

    Raises:
        TeacherError: if ANTHROPIC_BASE_URL is no address.
    """
    return endpoint_from("ANTHROPIC_BASE_URL", "https://api.anthropic.com")


def _usual_scheme(parts: SplitResult, host: str) -> str:
    """Return the scheme of an address that was typed without one; empty for what is no address."""
    address, name = _ip_address(host), host.rstrip(".")
    # A password belongs behind a scheme, and a word alone is rather the name of a model.
    if "@" in parts.netloc or not (address or name == "localhost" or "." in name or parts.port):
        return ""
    if address:
        return "https" if address.is_global else "http"
    if "." not in name or name.endswith(_PRIVATE_NAMES):
        return "http"
    return "https" if _TOP_LEVEL.fullmatch(name.rpartition(".")[2]) else ""


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
