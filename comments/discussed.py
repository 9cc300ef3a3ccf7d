"""The stories readers talk about this week, counted from their comments. No tracker."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, DateTimeField, OuterRef, Subquery
from django.utils import timezone

from articles.models import Article
from comments.models import ReaderComment
from kit.prepared import prepared

WEEK = timedelta(days=7)
SHOWN = 5
FEWEST = 3  # stories; fewer make no ranking
LOOKED_AT = 20  # stories with the most comments: some of them may be hidden


class Discussed(NamedTuple):
    """All that is shown of a story here: a key of kit.memo."""

    pk: int
    title: str
    slug: str
    published_at: datetime
    week: int  # comments

    get_absolute_url = Article.get_absolute_url
    cache_tag = Article.cache_tag


def most_discussed(at=None):
    """Visible stories with the most comments that came out in the last seven days, at most five.

    One query; each story carries its number in ``week``.
    """
    at = at or timezone.now()
    found = ranking(at=at, start=at - WEEK)
    return [Discussed(*row) for row in found] if len(found) >= FEWEST else []


@prepared(at=DateTimeField(), start=DateTimeField())
def ranking(at, start):
    """From the index ``comments_queue``: what a week brings, however long the archive is.

    The comments are counted before the stories are looked at: a join of the two made PostgreSQL
    read all stories of a large site.
    """
    fresh = ReaderComment.objects.published().filter(state_since__gt=start)
    talk = fresh.values("article").annotate(number=Count("pk")).order_by("-number", "-article")
    own = fresh.filter(article=OuterRef("pk")).values("article").annotate(number=Count("pk"))
    stories = Article.objects.visible(at).filter(pk__in=talk.values("article")[:LOOKED_AT])
    counted = stories.annotate(week=Subquery(own.order_by().values("number")))
    best = counted.order_by("-week", "-published_at", "-pk")
    return best.values_list("pk", "title", "slug", "published_at", "week")[:SHOWN]
