"""The comments as feeds, at WordPress's addresses: of the site, and of one story."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import BigIntegerField, CharField, DateTimeField
from django.http import HttpResponsePermanentRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import pages
from articles.feeds import bodies
from articles.feeds.entries import ITEMS, MAIN, Channel, Entry, absolute, in_format
from articles.feeds.stories import answer
from articles.models import Article
from comments.models import ReaderComment
from kit.prepared import prepared
from pagecache.tags import cacheable

FEED_SECONDS = 3600  # a purge comes first; this is the safety net
DESCRIPTION = "Quello che scrivono i lettori"
SUMMARY_LENGTH = 300
NOW, KEY = DateTimeField(), BigIntegerField()


class Story(NamedTuple):
    pk: int
    title: str
    slug: str
    published_at: datetime

    get_absolute_url = Article.get_absolute_url
    cache_tag = Article.cache_tag


@prepared(now=NOW)
def newest(now):
    return ReaderComment.objects.visible(now).for_feed()[:ITEMS]


@prepared(now=NOW, article=KEY)
def newest_of(now, article):
    return ReaderComment.objects.visible(now).of_article(article).for_feed()[:ITEMS]


@prepared(now=NOW, slug=CharField())
def stories_at(now, slug):
    return Article.objects.visible(now).filter(slug=slug).values_list(*Story._fields)[:1]


@require_safe
def all_comments(request, format):
    channel = Channel(
        title=f"Commenti su {settings.SITE_NAME}",
        description=DESCRIPTION,
        address=absolute("/"),
        feed=absolute("/comments/feed/"),
    )
    response = of_comments(format, channel, newest(now=timezone.now()))
    # "lists": a story that is withdrawn takes its comments along.
    return cacheable(response, "comments", "lists", seconds=FEED_SECONDS)


@require_safe
def of_story(request, year, month, slug, format=MAIN, old=""):
    """The comments of one story. A wrong month, an old slug, an old format: one redirect."""
    now = timezone.now()
    found = stories_at(now=now, slug=slug)
    article = Story(*found[0]) if found else pages.moved_to(slug)
    address = article.get_absolute_url()
    here = in_format(f"{address}feed/", format)
    wanted = f"{here}{format}/" if request.path.endswith(f"/feed/{MAIN}/") else here
    if request.path != wanted:
        return HttpResponsePermanentRedirect(wanted)
    channel = Channel(
        title=f"Commenti a: {article.title}",
        description=DESCRIPTION,
        address=absolute(address),
        feed=absolute(f"{address}feed/"),
    )
    response = of_comments(format, channel, newest_of(now=now, article=article.pk))
    return cacheable(response, article.cache_tag, seconds=FEED_SECONDS)


def of_comments(format, channel, rows):
    return answer(format, channel, [entry_of(*row) for row in rows])


def entry_of(number, signature, written, edited, since, text, html, *story):  # FEED_COLUMNS
    story = Story(*story)
    address = absolute(f"{story.get_absolute_url()}#comment-{number}")
    return Entry(
        title=f"{signature} su «{story.title}»",
        address=address,
        guid=f"{settings.SITE_URL}/#comment-{number}",
        published=written,
        updated=edited,
        changed=since,  # a comment comes out when it is approved
        summary=text[:SUMMARY_LENGTH],
        content=bodies.for_reader(html, address),
        authors=(signature,),
    )
