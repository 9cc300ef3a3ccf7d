"""Have we covered this? Our stories that cite an item's address, or have a very similar title."""

from collections import defaultdict
from datetime import timedelta

from django.utils import timezone

from aggregator.clusters import Title, words_of
from articles.models import Article, Source

TITLES = timedelta(days=90)
MOST_TITLES = 500


def covered(clusters, now=None):
    """``{cluster number: [stories]}`` for lines with their items loaded. Two queries.

    Drafts count: somebody is writing it. A line's own story is not told twice.
    """
    now = now or timezone.now()
    lines = list(clusters)
    found, by_key = {line.pk: {} for line in lines}, defaultdict(set)
    for line in lines:
        for item in line.items.all():
            by_key[item.key].add(line.pk)
    citing = Source.objects.filter(key__in=by_key.keys() - {""}).select_related("article")
    for source in citing.only("key", "article__title"):
        for pk in by_key[source.key]:
            found[pk][source.article_id] = source.article
    ours = recent_titles(now)
    for line in lines:
        for item in line.items.all():
            mine = Title.of(item.words)
            found[line.pk] |= {story.pk: story for story, its in ours if mine.likeness(its)}
    return {
        pk: [story for number, story in stories.items() if number != line.article_id]
        for line, (pk, stories) in zip(lines, found.items(), strict=True)
    }


def recent_titles(now):
    stories = Article.objects.filter(modified_at__gt=now - TITLES).order_by("-pk")
    columns = ("pk", "title", "slug", "status", "published_at")
    return [
        (story, Title.of(words_of(story.title))) for story in stories.only(*columns)[:MOST_TITLES]
    ]
