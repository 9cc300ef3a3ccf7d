"""Have we covered this? Our stories that cite an item's address, or have a very similar title."""

from datetime import timedelta

from django.utils import timezone

from aggregator.clusters import ENOUGH, SIMILAR, words_of
from articles.models import Article, Source

TITLES = timedelta(days=90)
MOST_TITLES = 500


def covered(clusters, now=None):
    """``{cluster number: [stories]}`` for lines with their items loaded. Two queries.

    Drafts count: somebody is writing it. A line's own story is not told twice.
    """
    now = now or timezone.now()
    lines = list(clusters)
    by_key = {item.key: line for line in lines for item in line.items.all() if item.key}
    citing = Source.objects.filter(key__in=by_key).select_related("article")
    found = {line.pk: {} for line in lines}
    for source in citing:
        found[by_key[source.key].pk][source.article_id] = source.article
    ours = recent_titles(now)
    for line in lines:
        for item in line.items.all():
            words = set(item.words.split())
            for article, theirs in ours:
                if len(words & theirs) >= ENOUGH and len(words & theirs) >= SIMILAR * len(
                    words | theirs
                ):
                    found[line.pk][article.pk] = article
    return {
        pk: [story for number, story in stories.items() if number != line.article_id]
        for line, (pk, stories) in zip(lines, found.items(), strict=True)
    }


def recent_titles(now):
    stories = Article.objects.filter(modified_at__gt=now - TITLES).order_by("-pk")
    columns = ("pk", "title", "slug", "status", "published_at")
    return [
        (story, set(words_of(story.title).split()))
        for story in stories.only(*columns)[:MOST_TITLES]
    ]
