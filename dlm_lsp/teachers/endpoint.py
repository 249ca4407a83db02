"""Endpoint: a server's address, with its secrets kept apart from what may be shown."""

import base64
import ipaddress
import os
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from dlm_lsp.errors import TeacherError

_UNSHOWABLE = re.compile(r"[\s\x00-\x1f\x7f]")
_HOST = re.compile(r"[\w.-]+")


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
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return None
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return self.host
        return None if address.is_loopback or address.is_unspecified else self.host

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
    """Return the server that `text` names by an http or https URL.

    Raises:
        ValueError: saying what is wrong, without repeating anything of `text`.
    """
    if not text or _UNSHOWABLE.search(text):
        raise ValueError("an address has no blanks and is not empty")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("its host or port cannot be read") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("an address begins with http:// or https://")
    host = parts.hostname or ""
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
    return Endpoint(f"{parts.scheme}://{shown_host}{shown_port}{path}", host, userinfo, parts.query)


def endpoint_from(variable: str, default: str) -> Endpoint:
    """Return the server that an SDK's environment variable names, or else the default one.

    Raises:
        TeacherError: naming the variable and not its value.
    """
    try:
        return parse_endpoint(os.environ.get(variable, "").strip() or default)
    except ValueError as error:
        raise TeacherError(f"{variable} cannot be used, {error}; correct or unset it") from None
