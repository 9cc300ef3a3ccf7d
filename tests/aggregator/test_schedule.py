"""When to ask again: pure arithmetic, always inside its floor and ceiling."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import schedule
from aggregator.schedule import CEILING, FLOOR

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def published(number, days=6):
    """``number`` dates spread over the last ``days``."""
    return [NOW - timedelta(days=days) * (place + 1) / number for place in range(number)]


@pytest.mark.parametrize(
    ("number", "wait"),
    [(0, CEILING), (1, CEILING), (7, 12 * HOUR), (84, HOUR), (336, FLOOR), (5000, FLOOR)],
)
def test_a_feed_is_asked_twice_as_often_as_it_publishes(number, wait):
    assert schedule.interval(published=published(number), now=NOW) == wait


def test_what_is_older_than_a_week_does_not_count():
    old = [NOW - timedelta(days=8)] * 500

    assert schedule.interval(published=old, now=NOW) == CEILING


@pytest.mark.parametrize(
    ("ttl", "cache", "wait"),
    [
        (0, 0, HOUR),
        (30, 60, HOUR),
        (180, 0, 3 * HOUR),
        (0, 4 * 3600, 4 * HOUR),
        (180, 4 * 3600, 4 * HOUR),
        (10**9, 10**12, CEILING),
    ],
)
def test_what_the_feed_asks_for_lengthens_and_never_shortens(ttl, cache, wait):
    busy = published(84)

    assert schedule.interval(published=busy, now=NOW, ttl_minutes=ttl, cache_seconds=cache) == wait


@given(st.integers(0, 2000), st.integers(0, 10**12), st.integers(0, 10**12))
def test_the_wait_is_always_between_floor_and_ceiling(number, ttl, cache):
    wait = schedule.interval(
        published=[NOW] * number, now=NOW, ttl_minutes=ttl, cache_seconds=cache
    )

    assert FLOOR <= wait <= CEILING


def test_f4_failures_double_from_half_an_hour_to_a_day():
    waits = [schedule.after_failure(n) for n in (1, 2, 3, 6, 7, 1000, 10**9)]

    assert waits == [30 * MINUTE, HOUR, 2 * HOUR, 16 * HOUR, CEILING, CEILING, CEILING]


@pytest.mark.parametrize(
    ("retry_after", "times", "hours"),
    [
        (None, 1, 1),
        (None, 2, 2),
        (None, 9, 24),
        (None, 10**6, 24),
        (0, 1, 1),
        (3600, 9, 1),
        (7200, 1, 2),
        (7 * 86400, 1, 168),
        (10**12, 1, 168),
    ],
)
def test_f4_a_host_is_left_alone_from_an_hour_to_seven_days(retry_after, times, hours):
    assert schedule.host_pause(retry_after, times) == hours * HOUR


def test_jitter_adds_up_to_a_tenth_and_never_takes_away():
    assert [schedule.spread(HOUR, share) for share in (0, 0.5, 1)] == [
        HOUR,
        63 * MINUTE,
        66 * MINUTE,
    ]
