"""What the headers of an answer say about time: when to ask again, how long it stays good.

Everything stands in strangers' headers: length first, and nothing raises.
"""

import re
import time
from email.utils import mktime_tz, parsedate_tz

LONGEST = 1000  # characters of a header we keep
MOST_SECONDS = 365 * 24 * 3600
MAX_AGE = re.compile(r"(?:^|[,;\s])max-age\s{0,5}=\s{0,5}\"?(\d{1,10})", re.IGNORECASE | re.ASCII)


def one_line(value):
    """Return ``value`` as it is if it can be kept and sent back as a header, else ""."""
    good = len(value) <= LONGEST and all(" " <= c <= "~" or "\xa0" <= c <= "\xff" for c in value)
    return value if good else ""


def retry_after(value, now=None):
    """Return the seconds of a Retry-After, a number or a date; None if it says nothing."""
    value = value.strip()
    if re.fullmatch(r"\d{1,10}", value, re.ASCII):
        return min(int(value), MOST_SECONDS)
    moment = date(value)
    return None if moment is None else within(moment - (time.time() if now is None else now))


def cache_seconds(headers, now=None):
    """Return how long an answer stays good by Cache-Control, else Expires; 0 if it says nothing."""
    control = headers.get("cache-control", "")[:LONGEST].lower()
    if "no-cache" in control or "no-store" in control:
        return 0
    if found := MAX_AGE.search(control):
        age = headers.get("age", "").strip()
        spent = int(age) if re.fullmatch(r"\d{1,10}", age, re.ASCII) else 0
        return within(int(found[1]) - spent)
    expires, sent = date(headers.get("expires", "")), date(headers.get("date", ""))
    if expires is None:
        return 0
    return within(expires - (sent or (time.time() if now is None else now)))


def date(value):
    """Return the date of a header in seconds since 1970, or None."""
    if not value or len(value) > 100:
        return None
    try:
        found = parsedate_tz(value)
        return mktime_tz(found) if found else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def within(seconds):
    return int(min(max(seconds, 0), MOST_SECONDS))
