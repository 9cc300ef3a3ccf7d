"""Where a deep page of a list begins, so that nothing above it is passed over.

The stories of each month are counted (models/tally.py). The row with the number ``start`` lies in
one of the months; the page is asked for as it would have been on the last instant of that month,
and passes over the few rows of the month that stand above it.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import BigIntegerField, DateTimeField, SmallIntegerField

from articles.models import Article, Listed, Tally
from kit.prepared import prepared

DEEP = 4000  # rows are passed over in the time the question for the months takes
TO_COME = ""  # the "month" of by_month() for stories that wait for their date
KEY, MOMENT = BigIntegerField(), DateTimeField()


@prepared(now=MOMENT, kind=SmallIntegerField(), label=KEY)
def months_of_list(now, kind, label):
    waiting = Listed.objects.waiting(now).under(kind, label)
    return Tally.objects.of_list(kind, label).by_month(waiting)


@prepared(now=MOMENT)
def months_of_front(now):
    return Tally.objects.of_list(Tally.FRONT, 0).by_month(Article.objects.waiting(now))


def on_front(now, start):
    """What place() says of a row of the front page; None for one near the top, without asking."""
    return None if start < DEEP else place(dict(months_of_front(now=now)), now, start)


def in_list(now, start, kind, label):
    if start < DEEP:
        return None
    return place(dict(months_of_list(now=now, kind=kind, label=label)), now, start)


def place(months, now, start):
    """Return ``{"now", "start"}``, an earlier instant and the row that was ``start`` at it.

    None if nothing is gained (the row is of this month, or pinned) or the counts make no sense.
    A row beyond the last is looked for in the first month, and not found there.
    """
    above = -months.pop(TO_COME, 0)  # they are counted among their month's; readers see none
    if min(months.values(), default=-1) < 0:
        return None
    newest_first = sorted(months, reverse=True)
    for month in newest_first:
        if start < above + months[month] or month == newest_first[-1]:
            break
        above += months[month]
    if month >= f"{now.astimezone(UTC):%Y-%m}":
        return None
    return {"now": last_instant(month), "start": start - above}


def last_instant(month):
    year, number = map(int, month.split("-"))
    after = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    return after - timedelta(microseconds=1)
