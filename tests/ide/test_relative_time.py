from datetime import UTC, datetime, timedelta, timezone

import pytest

from dlm_lsp.ide.relative_time import local_time

NOW = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "past"),
    [
        ("2026-02-03T11:59:30Z", "just now"),
        ("2026-02-03T11:58:00Z", "2 minutes ago"),
        ("2026-02-03T11:00:00Z", "1 hour ago"),
        ("2026-01-31T11:00:00Z", "3 days ago"),
        ("2026-01-20T12:00:00Z", "2 weeks ago"),
        ("2025-12-01T12:00:00Z", "2 months ago"),
        ("2024-02-01T12:00:00Z", "2 years ago"),
    ],
)
def test_a_time_says_how_long_ago_it_was(stamp: str, past: str):
    assert local_time(stamp, NOW).endswith(f"({past})")


def test_a_time_is_shown_in_the_zone_of_the_reader():
    now = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert local_time("2026-02-03T02:00:00Z", now) == "2026-02-02 21:00 (10 hours ago)"


def test_a_time_without_a_zone_is_utc():
    assert local_time("2026-02-03T11:00:00", NOW) == "2026-02-03 11:00 (1 hour ago)"


def test_a_time_ahead_of_the_clock_is_only_shown():
    assert local_time("2026-03-01T00:00:00Z", NOW) == "2026-03-01 00:00"


@pytest.mark.parametrize("stamp", ["soon", "0001-01-01T00:00:00+23:00"])
def test_what_cannot_be_shown_comes_back_as_it_is(stamp: str):
    assert local_time(stamp, NOW) == stamp
