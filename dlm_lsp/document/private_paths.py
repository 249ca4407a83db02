"""Private paths: files that nobody means to teach: keys, credentials and hidden ones."""

import re
from collections.abc import Sequence

_KEY = re.compile(
    r"id_[^.]*|.*\.(?:pem|key|ppk|p12|pfx|jks|keystore|kdbx?|gpg|ovpn|tfstate|kubeconfig|credentials)"
    r"|(?:secrets|credentials|passwords?)(?:\..*)?|passwd|shadow|htpasswd"
    r"|authorized_keys|known_hosts|kubeconfig(?:\.(?:ya?ml|json))?"
    r"|(?:service[_-]?account|client[_-]secret).*\.json|(?:.*[_-](?:key|credentials)|tokens?)\.json",
    re.IGNORECASE | re.DOTALL,
)
_SYSTEM_FOLDERS = ("etc", "proc", "sys", "dev", "run", "boot")


def private_name(parts: Sequence[str]) -> str | None:
    """Return why a file below these folders, of which the last is its name, is private."""
    for part in parts:
        if part.startswith(".") and part not in (".", ".."):
            return f"{part} is hidden"
    if parts and _KEY.fullmatch(parts[-1]):
        return f"{parts[-1]} is a key or holds credentials, by its name"
    return None


def system_name(parts: Sequence[str]) -> str | None:
    """Return why an absolute path, given without its root, is the system's own."""
    # macOS keeps some of them there.
    below = parts[1:] if parts[:1] == ["private"] else parts
    if below and below[0] in _SYSTEM_FOLDERS:
        return f"/{below[0]} is the system's own"
    return None


def private_source(path: str) -> str | None:
    """Return why a `training.sources` path is private as it is written; None where it is not."""
    parts = [part for part in re.split(r"[/\\]", path) if part]
    return (system_name(parts) if path.startswith("/") else None) or private_name(parts)
