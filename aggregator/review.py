"""The press review as readers see it: by day, three items of a source before the rest is folded."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from aggregator.models import Cluster

PER_SOURCE = 3  # of one source and day, before the rest is folded
MOST = 300  # lines of a day
LOOKED_AT = 2500  # lines, newest first: more than one feed may bring in a day (intake.PER_DAY)
LATEST = 5  # on the site's front page
FEED_ITEMS = 50
# Of one source, as long as others have something too: a new feed's backlog never floods.
FLOOD = {MOST: 100, LATEST: 2, FEED_ITEMS: 10}


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


def lines_of(clusters, feed=None):
    """A line for each cluster; told by ``feed`` if it is the page of one source."""
    lines = []
    for cluster in clusters:
        items = list(cluster.items.all())
        if feed:
            items.sort(key=lambda item: item.feed_id != feed.pk)
        if items:
            lines.append(Line(cluster, items[0], one_of_each(items[1:], items[0])))
    return lines


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
    """The lines of one Italian day. Three queries."""
    rows = visible(feed).filter(sort_date__gte=midnight(day))
    return fair(rows.filter(sort_date__lt=midnight(day + timedelta(days=1))), MOST, feed)


def fair(rows, number, feed=None):
    """The ``number`` newest lines, starred ones first to stay, none pushed out by a flood."""
    found = rows.order_by("-sort_date", "-pk", "items__pk")
    seen, kept, rest, sources = set(), [], [], Counter()
    for pk, starred, source in found.values_list("pk", "starred", "items__feed")[:LOOKED_AT]:
        if pk not in seen:
            seen.add(pk)
            sources[source] += 1
            few = starred or feed or sources[source] <= FLOOD[number]
            (kept if few else rest).append((not starred, pk))
    kept = sorted(kept, key=lambda row: row[0]) if number == MOST else kept
    chosen = [pk for _, pk in (kept + rest)[:number]]
    return lines_of(Cluster.objects.filter(pk__in=chosen).newest_first().for_review(), feed)


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
    """The five newest lines, for the site's front page. Three queries."""
    return fair(visible(), LATEST)


def newest():
    return fair(visible(), FEED_ITEMS)
