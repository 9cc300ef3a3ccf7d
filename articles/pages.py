"""What goes on a page: the context of a story, the bounds of an archive, where old links lead."""

from datetime import date, datetime, timedelta

from django.db.models import F, Value
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles import addresses, related
from articles.models import Article


def article_context(article, preview=False):
    """Return the context of articles/article.html for a story loaded with ``for_page()``.

    Costs the QuerySet's own queries, and one each for the neighbours with the series, the
    labels, and the related stories. A preview shows none of those.
    """
    around = neighbours(article)
    return {
        "article": article,
        "body": article.body_for_readers,
        "authors": article.signatures,
        "labels": labels(article),
        "sources": article.sources.all(),
        "series": series_box(article, around),
        "older": around.get(article.older_id),
        "newer": around.get(article.newer_id),
        "related": [] if preview else related.shelf(article),
        "preview": preview,
    }


def neighbours(article):
    """Previous, next and the parts of the series, in one query: ``{pk: Article}``."""
    wanted = Article.objects.visible().filter(pk__in=[article.older_id, article.newer_id])
    if article.series_id:
        wanted |= Article.objects.visible().filter(series=article.series_id)
    columns = (*Article.ADDRESS, "series", "series_part")
    return {other.pk: other for other in wanted.only(*columns)}


def series_box(article, around):
    if article.series is None:
        return None
    parts = [other for other in around.values() if other.series_id == article.series_id]
    parts.sort(key=lambda part: (part.series_part or 0, part.published_at, part.pk))
    return {
        "title": article.series.title,
        "url": article.series.get_absolute_url(),
        "parts": [
            {
                "title": part.title,
                "url": part.get_absolute_url(),
                "number": number,
                "current": part.pk == article.pk,
            }
            for number, part in enumerate(parts, start=1)
        ],
    }


def labels(article):
    """Tags, then the other categories, as the page prints them under the story. One query."""
    tags = article.tags.order_by().values_list(Value("tag"), F("name"), F("slug"))
    others = article.categories.exclude(pk=article.main_category_id)
    rows = tags.union(others.order_by().values_list(Value("category"), F("name"), F("path")))
    ordered = sorted(rows, key=lambda row: (row[0] != "tag", row[1].casefold()))
    return [
        {"kind": kind, "name": name, "url": reverse(kind, args=[place])}
        for kind, name, place in ordered
    ]


def moved_to(slug, year=None, month=None):
    """Return the visible story this address means; Http404 if there is none (addresses.py)."""
    if found := addresses.story(slug, year, month):
        return found
    raise Http404("no such story")


def period(year, month=None, day=None):
    """Return ``(start, end, address)`` of a year, month or day in Italian time.

    ValueError for a day that is not in the calendar.
    """
    first = date(year, month or 1, day or 1)
    if day:
        last, parts, name = first + timedelta(days=1), [year, month, day], "day"
    elif month:
        last = date(year + month // 12, month % 12 + 1, 1)
        parts, name = [year, month], "month"
    else:
        last, parts, name = date(year + 1, 1, 1), [year], "year"
    return midnight(first), midnight(last), reverse(name, args=parts)


def midnight(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def period_name(first, month, day):
    if day:
        return date_format(first, "j F Y")
    return date_format(first, "F Y").capitalize() if month else str(first.year)
