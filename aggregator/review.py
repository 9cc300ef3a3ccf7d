"""The press review as readers see it: by day, three items of a source before the rest is folded."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.db.models import BigIntegerField
from django.utils import timezone

from aggregator.models import Cluster, Feed, Item
from kit.prepared import Several, prepared

PER_SOURCE = 3  # of one source and day, before the rest is folded
MOST = 300  # lines of a day
LOOKED_AT = 2500  # lines, newest first: more than one feed may bring in a day (intake.PER_DAY)
LATEST = 5  # on the site's front page
FEED_ITEMS = 50
# Of one source, as long as others have something too: a new feed's backlog never floods.
FLOOD = {MOST: 100, LATEST: 2, FEED_ITEMS: 10}
# Rows that are enough to choose so many, as long as no source floods; LOOKED_AT if it does. A
# day's starred lines may stand anywhere in it.
ENOUGH = {MOST: LOOKED_AT, LATEST: 60, FEED_ITEMS: 300}


@dataclass
class Day:
    date: date
    shown: list = field(default_factory=list)
    folded: list = field(default_factory=list)


@dataclass
class Line:
    """One piece of news: its first item of a listed feed, and where else it stands."""

    cluster: Cluster
    item: object
    others: list


class Outlet(NamedTuple):
    title: str
    address: str

    host = Feed.host
    __str__ = Feed.__str__


class Headline(NamedTuple):
    url: str
    title: str
    language: str
    feed: Outlet


class Place(NamedTuple):
    sort_date: datetime
    starred: bool


class Short(NamedTuple):
    """What the front page shows of a Line, under the same names: a key of kit.memo."""

    cluster: Place
    item: Headline


def lines_of(keys, number, feed=None):
    """A line for each cluster of ``keys``, at most ``number``, newest first. One query.

    Told by ``feed`` if it is the page of one source.
    """
    lines = []
    found = ITEMS_OF[number](keys=keys) if keys else []
    for _, items in groupby(found, key=lambda item: item.cluster_id):
        items = list(items)
        if feed:
            items.sort(key=lambda item: item.feed_id != feed.pk)
        lines.append(Line(items[0].cluster, items[0], one_of_each(items[1:], items[0])))
    return lines


def of_review(keys):
    """Items of listed feeds, by line; within it as they came in: its date is that of the first."""
    rows = Item.objects.filter(cluster__pk__in=keys, feed__in=Feed.objects.in_review())
    return rows.order_by("-cluster__sort_date", "-cluster_id", "pk")


def for_lines(keys):
    return of_review(keys).select_related("feed", "cluster").defer("html")


ITEMS_OF = {
    number: prepared(keys=Several(BigIntegerField(), number))(for_lines) for number in FLOOD
}


@prepared(keys=Several(BigIntegerField(), LATEST))
def headlines(keys):
    columns = ("cluster__sort_date", "cluster__starred", "url", "title", "language")
    return of_review(keys).values_list("cluster", *columns, "feed__title", "feed__address")


def one_of_each(items, first):
    """The others, one of each source."""
    seen, kept = {first.feed_id}, []
    for item in items:
        if item.feed_id not in seen:
            seen.add(item.feed_id)
            kept.append(item)
    return kept


def days_of(lines):
    """Lines by Italian day, newest day first; starred lines first, a flood of one source folded."""
    days = {}
    for line in lines:
        day = timezone.localtime(line.cluster.sort_date).date()
        days.setdefault(day, []).append(line)
    return [folded(day, rows) for day, rows in sorted(days.items(), reverse=True)]


def folded(day, rows):
    made, seen = Day(day), Counter()
    for line in sorted(rows, key=lambda line: not line.cluster.starred):
        seen[line.item.feed_id] += 1
        few = line.cluster.starred or seen[line.item.feed_id] <= PER_SOURCE
        (made.shown if few else made.folded).append(line)
    return made


def midnight(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def of_day(day, feed=None):
    """The lines of one Italian day. Two queries."""
    rows = visible(feed).filter(sort_date__gte=midnight(day))
    rows = candidates(rows.filter(sort_date__lt=midnight(day + timedelta(days=1))))
    return lines_of(fair(lambda most: rows[:most], MOST, feed), MOST, feed)


def fair(first, number, feed=None):
    """Keys of the ``number`` newest lines, starred ones first to stay, none pushed out by a flood.

    ``first`` returns the first so many ``candidates()``.
    """
    most = ENOUGH[number]
    found = list(first(most))
    kept, rest = sifted(found, number, feed)
    if len(kept) < number and len(found) == most < LOOKED_AT:
        kept, rest = sifted(first(LOOKED_AT), number, feed)
    kept = sorted(kept, key=lambda row: row[0]) if number == MOST else kept
    return [pk for _, pk in (kept + rest)[:number]]


def sifted(found, number, feed):
    """Those that stay, and those that fill up what is left; of any beginning, the beginning."""
    seen, kept, rest, sources = set(), [], [], Counter()
    for pk, starred, source in found:
        if pk not in seen:
            seen.add(pk)
            sources[source] += 1
            few = starred or feed or sources[source] <= FLOOD[number]
            (kept if few else rest).append((not starred, pk))
    return kept, rest


def candidates(rows):
    found = rows.order_by("-sort_date", "-pk", "items__pk")
    return found.values_list("pk", "starred", "items__feed")


def newest_rows(most):
    return prepared()(lambda: candidates(visible())[:most])


NEWEST = {most: newest_rows(most) for most in ENOUGH.values()}


def first_of_all(most):
    return NEWEST[most]()


def visible(feed=None):
    rows = Cluster.objects.in_review()
    return rows.from_feed(feed) if feed else rows


def newest_day(before=None, feed=None):
    """The newest day with something on it, earlier than ``before``; None if there is none."""
    rows = visible(feed)
    if before:
        rows = rows.filter(sort_date__lt=midnight(before))
    moment = rows.newest_first().values_list("sort_date", flat=True).first()
    return timezone.localtime(moment).date() if moment else None


def next_day(after, feed=None):
    rows = visible(feed).filter(sort_date__gte=midnight(after + timedelta(days=1)))
    moment = rows.order_by("sort_date", "pk").values_list("sort_date", flat=True).first()
    return timezone.localtime(moment).date() if moment else None


def latest():
    """The five newest lines as Shorts, for the site's front page. Two queries."""
    keys, lines = fair(first_of_all, LATEST), {}
    for key, when, starred, url, title, language, *outlet in headlines(keys=keys) if keys else ():
        if key not in lines:
            lines[key] = Short(
                Place(when, starred), Headline(url, title, language, Outlet(*outlet))
            )
    return tuple(lines.values())


def newest():
    """The lines of the feed. Two queries."""
    return lines_of(fair(first_of_all, FEED_ITEMS), FEED_ITEMS)
