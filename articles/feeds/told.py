"""What a feed tells of its stories, and nothing else: two queries beside that for the stories."""

from collections import defaultdict
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from django.db.models import F, Value

from articles.feeds.entries import ITEMS
from articles.lists import KEY, MOMENT
from articles.models import Article, Listed
from articles.shown import names_of
from images.models import Image
from kit.prepared import Several, prepared


@prepared(now=MOMENT)
def newest(now):
    return Article.objects.visible(now).newest_first().stories(0, ITEMS).for_feed()


@prepared(now=MOMENT, kind=KEY, label=KEY)
def under(now, kind, label):
    return Listed.objects.under(kind, label).stories(now, 0, ITEMS).for_feed()


@prepared(now=MOMENT, keys=Several(KEY, ITEMS))
def numbered(now, keys):
    return Article.objects.visible(now).filter(pk__in=keys).newest_first().for_feed()


@prepared(stories=Several(KEY, ITEMS))
def labelled(stories):
    filed = Article.categories.through.objects.filter(article__in=stories)
    tagged = Article.tags.through.objects.filter(article__in=stories)
    names = F("category__name"), F("category__path")
    rows = filed.values_list(F("article"), Value("category"), *names).order_by()
    names = F("tag__name"), F("tag__name")
    return rows.union(tagged.values_list(F("article"), Value("tag"), *names).order_by())


class Picture(NamedTuple):
    pk: int
    name: str
    width: int
    renditions: list
    modified_at: datetime

    cache_tag = Image.cache_tag


class Told(NamedTuple):
    pk: int
    title: str
    slug: str
    published_at: datetime
    comments_open: bool
    comment_count: int
    guid: str
    revised_at: datetime | None
    standfirst: str
    body_html: str
    rendered_with: str
    rendered_at: datetime | None
    modified_at: datetime
    announced_at: datetime | None
    lead_image: Picture | None
    labels: tuple[str, ...]  # the main category, the others, the tags; each name once
    authors: tuple[str, ...]

    get_absolute_url = Article.get_absolute_url
    cache_tag = Article.cache_tag
    cache_tags = Article.cache_tags


def told(rows):
    """Return rows of ``for_feed()``, at most ITEMS, in their order."""
    if not rows:
        return []
    keys = [row[0] for row in rows]
    names, labels = names_of(keys), defaultdict(list)
    for story, _kind, name, _order in sorted(labelled(stories=keys), key=itemgetter(1, 3)):
        labels[story].append(name)
    return [
        Told(
            *row[:-6],
            Picture(*row[-5:]) if row[-5] else None,
            tuple(dict.fromkeys([row[-6], *labels[row[0]]])),
            tuple([signature.name for signature in names[row[0]]]),
        )
        for row in rows
    ]
