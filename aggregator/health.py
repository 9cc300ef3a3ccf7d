"""How the feeds are doing: items a week, how many lines were used and dropped."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from aggregator.models import Cluster, Item

WEEKS = 8
WEEK = timedelta(days=7)
BAR, GAP, HEIGHT = 5, 2, 24  # units of the small plot


def weeks_of(feeds, now=None):
    """``{feed number: [items of each of the last eight weeks, oldest first]}``. One query."""
    now = now or timezone.now()
    counts = {feed.pk: [0] * WEEKS for feed in feeds}
    rows = Item.objects.filter(feed__in=counts, sort_date__gt=now - WEEKS * WEEK)
    for feed, date in rows.values_list("feed", "sort_date"):
        age = (now - date) // WEEK
        if 0 <= age < WEEKS:
            counts[feed][WEEKS - 1 - age] += 1
    return counts


def fate_of(feeds):
    """``{feed number: {state: lines}}``: what editors made of a feed's news. One query."""
    rows = Item.objects.filter(feed__in=[feed.pk for feed in feeds]).order_by()
    fate = defaultdict(dict)
    counted = rows.values_list("feed", "cluster__state").annotate(n=Count("pk"))
    for feed, state, number in counted:
        fate[feed][state] = number
    return fate


def plot(counts):
    """Return counts as a small plot with words for who does not see it."""
    most = max(counts, default=0) or 1
    bars = []
    for place, number in enumerate(counts):
        height = max(1, round(HEIGHT * number / most))
        bars.append((place * (BAR + GAP), HEIGHT - height, BAR, height))
    drawn = format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}"/>', bars)
    words = f"Notizie per settimana, dalla più vecchia: {', '.join(map(str, counts))}"
    return format_html(
        '<svg class="plot" role="img" aria-label="{}" width="{}" height="{}">{}</svg>',
        words,
        len(counts) * (BAR + GAP),
        HEIGHT,
        drawn,
    )


def ratio(fate):
    """ "3 usate, 10 scartate": what was decided about a feed's news."""
    used = fate.get(Cluster.State.USED, 0) + fate.get(Cluster.State.TAKEN, 0)
    dropped = fate.get(Cluster.State.DROPPED, 0)
    first = "1 usata" if used == 1 else f"{used} usate"
    second = "1 scartata" if dropped == 1 else f"{dropped} scartate"
    return f"{first}, {second}"
