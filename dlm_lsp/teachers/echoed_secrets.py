"""Redaction of replies: the secrets of a request, where the answer to it repeats them."""

import re
from collections.abc import Collection

# A shorter one is no key, and stands in many a word.
_SHORTEST_SECRET = 8
_REDACTED = "***"


def redact_reply(text: str, secrets: Collection[str], prose: str) -> str:
    """Return a reply without the secrets that went with its request, however JSON escapes them.

    What stands in the prose that was asked about is no secret, and less than eight characters is
    none either.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET and secret not in prose:
            text = _escaped_pattern(secret).sub(_REDACTED, text.replace(secret, _REDACTED))
    return text


def _escaped_pattern(secret: str) -> re.Pattern[str]:
    """Return what finds the secret with any character escaped; it never looks back."""
    return re.compile("".join(map(_escaped_part, re.findall(r"\\+|[^\\]", secret))))


def _escaped_part(part: str) -> str:
    if part[0] == "\\":
        return r"(?:\\{1,64}+(?:u(?i:005c))?+){1,64}+"
    return rf"\\{{0,4}}+(?>u(?i:{ord(part):04x})|{re.escape(part)})"
