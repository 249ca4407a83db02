"""Proxy choice: the proxy that the environment names for a server, if it names one.

The HTTP client would make ready every proxy that is set, and fail at one that this server never
needs: desktops set ALL_PROXY to socks:// beside a good HTTPS_PROXY.
"""

import ipaddress
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.endpoint import Endpoint

_WITH_PORT = re.compile(r"([^:]*|\[.*\]):(\d+)")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, whose address can hold a password, and the variable that names it."""

    variable: str
    url: str = field(repr=False)


def proxy_for(endpoint: Endpoint) -> Proxy | None:
    """Return the proxy for a server; None for one on this machine and where none is named."""
    if endpoint.remote_host is None:
        return None
    named = getproxies()
    for scheme in (urlsplit(endpoint.url).scheme, "all"):
        if url := named.get(scheme, "").strip():
            if _is_excluded(endpoint, named.get("no", "")):
                return None
            return Proxy(_variable(scheme), url if "://" in url else f"http://{url}")
    return None


def unusable_proxy(proxy: Proxy, error: Exception) -> TeacherError:
    """Return what to say of a proxy that the HTTP client refused with this error."""
    if isinstance(error, ImportError):
        return TeacherError(
            f"{proxy.variable} names a SOCKS proxy, which takes one more package; "
            f"pip install socksio, or unset {proxy.variable}"
        )
    return TeacherError(
        f"{proxy.variable} names no proxy that can be used; write it as http://HOST:PORT or "
        "socks5://HOST:PORT, or unset it"
    )


def _variable(scheme: str) -> str:
    """Return the variable as it is spelt in the environment, where small letters come first."""
    for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
        if os.environ.get(name):
            return name
    return "the system's proxy setting"


def _is_excluded(endpoint: Endpoint, no_proxy: str) -> bool:
    port = urlsplit(endpoint.url).port or (443 if endpoint.url.startswith("https:") else 80)
    entries = re.split(r"[,\s]+", no_proxy.lower())
    # Exceptions that stand in the settings of a desktop and in no variable.
    by_system = "no" not in getproxies_environment() and bool(proxy_bypass(endpoint.host))
    return by_system or any(_names(entry, endpoint.host, port) for entry in filter(None, entries))


def _names(entry: str, host: str, port: int) -> bool:
    """Say whether an entry of NO_PROXY is about the server, in any form that clients know."""
    name = entry.rpartition("://")[2]
    if match := _WITH_PORT.fullmatch(name):
        name = match[1]
        if int(match[2]) != port:
            return False
    name = name.replace("[", "").replace("]", "")
    with suppress(ValueError):
        network = ipaddress.ip_network(name, strict=False)
        return ipaddress.ip_address(host) in network
    suffix = name.removeprefix("*").removeprefix(".")
    return suffix in ("", host) or host.endswith(f".{suffix}")
