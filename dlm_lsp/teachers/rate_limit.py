"""Rate limit: whether a server's refusal passes, and how long it says that this takes."""

import email.utils
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dlm_lsp.teachers.error_messages import error_codes, error_layers, server_message

_LIMITING = (429, 503, 529)
_SPENT_CODES = frozenset(
    (
        "insufficient_quota",
        "exceeded_current_quota_error",
        "billing_error",
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient_balance",
    )
)
# Providers that have no code for it. "You exceeded your current quota" is not among these: Gemini
# says so of a minute's quota as well.
_SPENT_WORDS = re.compile(
    r"credit balance is too low|insufficient (?:balance|credits?|funds)|requires more credits"
    r"|key limit exceeded|余额不足|account (?:is )?overdue|overdue (?:balance|payment)",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(
    r"(?:try again|retry|wait) (?:in|after|for) (?:(\d+)h)?(?:(\d+)m(?!s))?"
    r"(?:([\d.]+) ?(ms|s\b|seconds?|minutes?)?)?",
    re.IGNORECASE,
)
_IN_DETAILS = re.compile(r"([\d.]+)s")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A request came too early; `wait` is the seconds until the next may come, None if not told."""

    wait: float | None = None


def is_spent(status: int, body: object) -> bool:
    """Say whether a refusal means that nothing is left to spend, however long one waits."""
    if status == 402:
        return True
    if status not in (400, 403, 429):
        return False
    return bool(error_codes(body) & _SPENT_CODES or _SPENT_WORDS.search(server_message(body)))


def rate_limit(
    status: int, headers: Mapping[str, str], body: object, *, now: float
) -> RateLimit | None:
    """Return what a refusal says of the pace, None where the pace is not what it is about.

    The headers' names are in lower case; `now` is the time since the epoch in seconds. A header
    counts before the body, where Gemini and Groq tell it.
    """
    if status not in _LIMITING or is_spent(status, body):
        return None
    for wait in (
        _number(headers.get("retry-after-ms"), 1000),
        _number(headers.get("retry-after"), 1),
        _until(headers.get("retry-after"), now),
        _in_details(body),
        _in_words(server_message(body)),
    ):
        if wait is not None:
            return RateLimit(max(0.0, wait))
    return RateLimit()


def _number(text: str | None, per_second: int) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number / per_second if math.isfinite(number) else None


def _until(text: str | None, now: float) -> float | None:
    """Return the seconds until a date of HTTP (RFC 9110 §10.2.3)."""
    try:
        parsed = email.utils.parsedate_tz(text or "")
        return None if parsed is None else email.utils.mktime_tz(parsed) - now
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _in_details(body: object) -> float | None:
    """Return the delay of a `google.rpc.RetryInfo`."""
    for layer in error_layers(body):
        details = layer.get("details")
        for detail in details if isinstance(details, list) else ():
            delay = detail.get("retryDelay") if isinstance(detail, Mapping) else None
            if isinstance(delay, str) and (match := _IN_DETAILS.fullmatch(delay)):
                return _number(match[1], 1)
    return None


def _in_words(words: str) -> float | None:
    for match in _IN_WORDS.finditer(words):
        hours, minutes, number, unit = match.groups()
        if not (hours or minutes or number):
            continue
        per_second = {"ms": 1000.0}.get(unit or "", 1.0)
        factor = 60.0 if (unit or "").lower().startswith("minute") else 1.0
        rest = (_number((number or "0").rstrip("."), 1) or 0.0) / per_second * factor
        return int(hours or 0) * 3600.0 + int(minutes or 0) * 60.0 + rest
    return None
