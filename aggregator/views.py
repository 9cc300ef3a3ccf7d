"""The press review: ``/rassegna/``, its days, its sources. Nothing here asks another host."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aggregator import opml, review
from aggregator.models import Feed
from pagecache.tags import cacheable

SECONDS = 900  # a purge comes first; this is the safety net


def shared(request, template, context):
    response = render(request, template, context)
    response.headers["X-Robots-Tag"] = "noindex, follow"
    return cacheable(response, "rassegna", seconds=SECONDS)


@require_safe
def front(request, number=None):
    """The newest day, of all sources or of one."""
    feeds = list(sources())
    feed = one_of(feeds, number)
    day = review.newest_day(feed=feed)
    if day is None:
        empty = {"days": [], "feed": feed, "feeds": feeds}
        return shared(request, "aggregator/review.html", empty)
    return show(request, day, feed, feeds)


@require_safe
def of_day(request, year, month, day, number=None):
    try:
        wanted = date(year, month, day)
    except ValueError:
        raise Http404("no such day") from None
    feeds = list(sources())
    return show(request, wanted, one_of(feeds, number), feeds)


def one_of(feeds, number):
    """The source a page is about, None for all of them; Http404 if it is not in the review."""
    feed = next((feed for feed in feeds if feed.pk == number), None)
    if number and feed is None:
        raise Http404("no such source")
    return feed


def show(request, day, feed, feeds):
    """One day, with the days before and after it that hold something."""
    lines = review.of_day(day, feed)
    if not lines:
        raise Http404("nothing on that day")
    context = {
        "days": review.days_of(lines),
        "feed": feed,
        "feeds": feeds,
        "older": review.newest_day(before=day, feed=feed),
        "newer": review.next_day(day, feed),
    }
    return shared(request, "aggregator/review.html", context)


def sources():
    return Feed.objects.in_review().exclude(succeeded_at=None).order_by("title", "pk")


@require_safe
def source_list(request):
    """Who stands in the review, with health, and who we are when we ask."""
    return shared(request, "aggregator/sources.html", {"feeds": Feed.objects.in_review()})


@require_safe
def opml_file(request):
    response = HttpResponse(opml.write(sources()), content_type="text/x-opml; charset=utf-8")
    return cacheable(response, "rassegna", seconds=SECONDS)
