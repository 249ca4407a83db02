"""Relative time: when something happened, for a reader."""

from datetime import UTC, datetime, timedelta

_UNITS = (
    ("year", timedelta(days=365)),
    ("month", timedelta(days=30)),
    ("week", timedelta(weeks=1)),
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)


def local_time(stamp: str, now: datetime) -> str:
    """Return an ISO-8601 time in the zone of `now`, and how long ago it was.

    A time without a zone is UTC, as markers are written; what is no time comes back as it is.
    """
    try:
        when = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
        when = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        return stamp
    shown = when.replace(tzinfo=None).isoformat(" ", "minutes")
    past = _past(now - when)
    return f"{shown} ({past})" if past else shown


def _past(gone: timedelta) -> str | None:
    if gone < timedelta():
        return None
    for name, length in _UNITS:
        if count := gone // length:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
