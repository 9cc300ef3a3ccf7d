"""What goes on a page: the context of a story, the bounds of an archive, where old links lead."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Value
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles import addresses, related
from articles.lists import KEY, MOMENT, WORDS
from articles.models import Article, Byline, Category, Source, Tag
from kit.memo import remembered
from kit.prepared import Several, prepared


class Beside(NamedTuple):
    """A story as its neighbours and the other parts of its series show it."""

    pk: int
    title: str
    slug: str
    published_at: datetime
    series_id: int | None
    series_part: int | None

    get_absolute_url = Article.get_absolute_url


@prepared(now=MOMENT, slug=WORDS)
def at_slug(now, slug):
    return Article.objects.visible(now).filter(slug=slug).for_page(now)


@prepared(story=KEY)
def signed(story):
    bylines = Byline.objects.filter(article=story).order_by("position", "pk")
    return bylines.select_related("author__picture")


@prepared(story=KEY)
def sources_of(story):
    return Source.objects.filter(article=story).order_by("position", "pk")


@prepared(now=MOMENT, next_to=Several(KEY, 2), series=KEY)
def around(now, next_to, series):
    visible = Article.objects.visible(now)
    wanted = visible.filter(pk__in=next_to) | visible.filter(series=series)
    return wanted.values_list(*Beside._fields)


@prepared(story=KEY, main=KEY)
def filed_under(story, main):
    tags = Tag.objects.filter(articles=story).values_list(Value("tag"), F("name"), F("slug"))
    others = Category.objects.filter(articles=story).exclude(pk=main)
    rows = others.values_list(Value("category"), F("name"), F("path"))
    return tags.order_by().union(rows.order_by())


def story_at(slug):
    """Return the visible story with this address, as ``for_page()`` loads it, or None."""
    return next(iter(at_slug(now=timezone.now(), slug=slug)), None)


def article_context(article, preview=False):
    """Return the context of articles/article.html for a story loaded with ``for_page()``.

    Five queries: who signed, the sources, the neighbours with the series, the labels, and the
    related stories, which a preview does not show.
    """
    now = timezone.now()
    next_to = [article.older_id or 0, article.newer_id or 0]
    rows = around(now=now, next_to=next_to, series=article.series_id or 0)
    others = {row[0]: Beside(*row) for row in rows}
    article.signatures = [byline.author for byline in signed(story=article.pk)]
    return {
        "article": article,
        "body": article.body_for_readers,
        "authors": article.signatures,
        "labels": labels(article),
        "sources": sources_of(story=article.pk),
        "series": series_box(article, others),
        "older": others.get(article.older_id),
        "newer": others.get(article.newer_id),
        "related": [] if preview else related.shelf(article, now),
        "preview": preview,
    }


def series_box(article, others):
    if article.series is None:
        return None
    parts = [other for other in others.values() if other.series_id == article.series_id]
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
    return named(tuple(filed_under(story=article.pk, main=article.main_category_id)))


@remembered(500)
def named(rows):
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
