"""The lists readers page through, each compiled once; its pages are cut out by paging.py.

The clock and the offset come in with each question, so that "visible" is always of now.
"""

from django.db.models import BigIntegerField, CharField, DateTimeField, SmallIntegerField
from django.http import Http404
from django.utils import timezone

from accounts.models import Author
from articles import depth
from articles.models import Article, Category, Listed, Tag, with_stories
from kit.prepared import OFFSET, prepared

PER_PAGE = 10  # WordPress's default
WINDOW = PER_PAGE + 2  # with the lead of the front page, and one that tells whether more come
KEY, MOMENT, WORDS = BigIntegerField(), DateTimeField(), CharField()


def on_front(now, start):
    if place := depth.on_front(now, start):
        return unpinned(**place)
    return pinned_first(now=now, start=start)


@prepared(now=MOMENT, start=OFFSET)
def pinned_first(now, start):
    stories = Article.objects.visible(now).front_page_order()
    return stories.stories(start, start + WINDOW).for_card()


@prepared(now=MOMENT, start=OFFSET)
def unpinned(now, start):
    stories = Article.objects.visible(now).unpinned().newest_first()
    return stories.stories(start, start + WINDOW).for_card()


def under(now, start, kind, label):
    """Of a category and all below it, a tag or an author: see models/listed.py."""
    place = depth.in_list(now, start, kind, label) or {"now": now, "start": start}
    return listed(**place, kind=kind, label=label)


@prepared(now=MOMENT, start=OFFSET, kind=SmallIntegerField(), label=KEY)
def listed(now, start, kind, label):
    return Listed.objects.under(kind, label).stories(now, start, start + WINDOW).for_card()


@prepared(now=MOMENT, start=OFFSET, series=KEY)
def of_series(now, start, series):
    stories = Article.objects.visible(now).in_series(series)
    return stories.stories(start, start + WINDOW).for_card()


@prepared(now=MOMENT, start=OFFSET, first=MOMENT, end=MOMENT)
def of_period(now, start, first, end):
    stories = Article.objects.visible(now).published_between(first, end).newest_first()
    return stories.stories(start, start + WINDOW).for_card()


# --- what the lists are called ---


@prepared(path=WORDS)
def categories(path):
    return Category.objects.filter(path=path)


@prepared(parent=KEY)
def below(parent):
    return Category.objects.filter(parent=parent).only("name", "path").order_by("path")


@prepared(now=MOMENT, slug=WORDS)
def tags(now, slug):
    return with_stories(Tag.objects, Listed.Kind.TAG, now).filter(slug=slug)


@prepared(now=MOMENT, slug=WORDS)
def authors(now, slug):
    people = Author.objects.select_related("picture")
    return with_stories(people, Listed.Kind.AUTHOR, now).filter(slug=slug)


def category_at(path):
    return found(categories(path=path))


def tag_at(slug):
    """The tag with this slug; one that no visible story has is not there (trust table, P1)."""
    return found(tags(now=timezone.now(), slug=slug))


def author_at(slug):
    return found(authors(now=timezone.now(), slug=slug))


def found(rows):
    if not rows:
        raise Http404("no such list")
    return rows[0]
