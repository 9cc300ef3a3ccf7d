"""The stories readers talk about this week, counted from their comments. No tracker."""

from datetime import timedelta

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from articles.models import Article
from comments.models import ReaderComment

WEEK = timedelta(days=7)
SHOWN = 5
FEWEST = 3  # stories; fewer make no ranking
LOOKED_AT = 20  # stories with the most comments: some of them may be hidden


def most_discussed(at=None):
    """Visible stories with the most comments that came out in the last seven days, at most five.

    One query; each story carries its number in ``week``.
    """
    found = list(ranking(at or timezone.now())[:SHOWN])
    return found if len(found) >= FEWEST else []


def ranking(at):
    """From the index ``comments_queue``: what a week brings, however long the archive is.

    The comments are counted before the stories are looked at: a join of the two made PostgreSQL
    read all stories of a large site.
    """
    fresh = ReaderComment.objects.published().filter(state_since__gt=at - WEEK)
    talk = fresh.values("article").annotate(number=Count("pk")).order_by("-number", "-article")
    own = fresh.filter(article=OuterRef("pk")).values("article").annotate(number=Count("pk"))
    stories = Article.objects.visible(at).filter(pk__in=talk.values("article")[:LOOKED_AT])
    counted = stories.annotate(week=Subquery(own.order_by().values("number")))
    return counted.only("title", "slug", "published_at").order_by("-week", "-published_at", "-pk")
