"""The stories readers talk about this week, counted from their comments. No tracker."""

from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from articles.models import Article
from comments.models.comment import State

WEEK = timedelta(days=7)
SHOWN = 5
FEWEST = 3  # stories; fewer make no ranking


def most_discussed(at=None):
    """Visible stories with the most comments that came out in the last seven days, at most five.

    One query; each story carries its number in ``week``.
    """
    found = list(ranking(at or timezone.now())[:SHOWN])
    return found if len(found) >= FEWEST else []


def ranking(at):
    """From the index ``comments_queue``: what a week brings, however long the archive is."""
    fresh = Q(comments__state=State.PUBLISHED, comments__state_since__gt=at - WEEK)
    stories = Article.objects.visible(at).filter(fresh).only("title", "slug", "published_at")
    return stories.annotate(week=Count("comments")).order_by("-week", "-published_at", "-pk")
