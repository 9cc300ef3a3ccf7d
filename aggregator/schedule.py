"""When to ask a feed again. Pure arithmetic: no clock, no network, no database."""

from datetime import timedelta

FLOOR = timedelta(minutes=15)
CEILING = timedelta(hours=24)
WEEK = timedelta(days=7)
FIRST_ERROR = timedelta(minutes=30)
PAUSE_FLOOR, PAUSE_CEILING = timedelta(hours=1), timedelta(days=7)
JITTER = 0.1  # of the interval, at most


def interval(*, published, now, ttl_minutes=0, cache_seconds=0):
    """Return how long to wait after a good answer.

    A feed is asked twice as often as it published in the last week, never more often than it
    allows, never less than once a day.

    Units: ``published`` and ``now`` aware datetimes; ``ttl_minutes`` as RSS writes it;
    ``cache_seconds`` as HTTP does (max-age, Expires). A hint that is absurd is not an error: the
    result always falls between FLOOR and CEILING.

    Source: ``<ttl>``, RSS 2.0; RFC 9111, section 5.2.2.1; the rhythm: Miniflux.
    """
    recent = sum(now - when <= WEEK for when in published)
    rhythm = WEEK / (2 * recent) if recent else CEILING
    hints = timedelta(minutes=min(ttl_minutes, 10_000), seconds=0)
    hints = max(hints, timedelta(seconds=min(cache_seconds, 1_000_000)))
    return min(max(rhythm, hints, FLOOR), CEILING)


def after_failure(failures):
    """Return how long to wait after the n-th failure in a row: 30 minutes, doubled, a day."""
    return min(FIRST_ERROR * 2 ** min(failures - 1, 10), CEILING)


def host_pause(retry_after, times):
    """Return how long a host that said 429 or 503 is left alone (trust table, F4).

    ``retry_after`` in seconds, None where it is absent or unreadable: an hour, doubled each time
    up to a day. What is asked for counts from an hour to seven days.
    """
    if retry_after is None:
        return min(PAUSE_FLOOR * 2 ** min(times - 1, 10), CEILING)
    return min(max(timedelta(seconds=min(retry_after, 10**7)), PAUSE_FLOOR), PAUSE_CEILING)


def spread(wait, share):
    """Add jitter, ``share`` of it (0 to 1): feeds of one hour do not march together."""
    return wait + wait * JITTER * share
