"""From a line of the inbox to a draft: its source, its tags, an empty quotation. Never its text."""

from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html

from accounts.models import Author
from aggregator import desk
from aggregator.models import Cluster
from aggregator.rules import fold
from articles.models import Article, Byline, Category, Source, Tag

TITLE_LENGTH = 250
MOST_TAGS = 5


class NoCategory(Exception):
    """A draft needs a category and the site has none."""


def take(cluster, item, editor, *, expected, now=None):
    """Make a draft from ``item`` and mark its line as taken; None if somebody was faster.

    The draft's title is the item's, as a working title in its language; the body holds nothing
    but an empty bilingual quotation (house.md, trip c). Raises NoCategory.
    """
    now = now or timezone.now()
    category = Category.objects.order_by("menu_order", "path").first()
    if category is None:
        raise NoCategory
    with transaction.atomic():
        if not desk.move(cluster, Cluster.State.TAKEN, expected=expected, by=editor, now=now):
            return None
        article = Article(
            title=item.title[:TITLE_LENGTH],
            main_category=category,
            body=empty_quotation(item),
        )
        article.save()
        author = Author.objects.filter(user=editor).first()
        if author:
            Byline.objects.create(article=article, author=author, position=0)
        for position, other in enumerate(sources_of(cluster, item)):
            Source.objects.create(article=article, position=position, **source_of(other, now))
        article.tags.set(suggested_tags(cluster))
        Cluster.objects.filter(pk=cluster.pk).update(article=article)
    return article


def empty_quotation(item):
    """The bilingual quotation with nothing in it but language and address."""
    language = item.language or "en"
    return format_html(
        '<figure class="quotation"><blockquote class="original" lang="{}" cite="{}"><p></p>'
        '</blockquote><blockquote class="translation" lang="it"><p></p></blockquote>'
        "<figcaption><cite></cite></figcaption></figure>",
        language,
        item.url,
    )


def sources_of(cluster, item):
    """The chosen item first, then one of each other outlet."""
    seen, rows = {item.feed_id}, [item]
    for other in cluster.items.select_related("feed").order_by("sort_date", "pk"):
        if other.feed_id not in seen:
            seen.add(other.feed_id)
            rows.append(other)
    return rows[:10]


def source_of(item, now):
    day = item.published_at or item.first_seen_at
    return {
        "outlet": str(item.feed)[:200],
        "title": item.title,
        "author": item.author,
        "url": item.url,
        "original_date": timezone.localtime(day).date(),
        "language": item.language or "en",
        "read_at": now,
    }


def suggested_tags(cluster):
    """Tags of ours that the items' categories or titles name."""
    said = set()
    for item in cluster.items.all():
        said |= {fold(name) for name in item.categories}
        said |= {fold(word) for word in item.title.replace(":", " ").replace(",", " ").split()}
    tags = Tag.objects.prefetch_related("aliases")[:5000]
    return [tag for tag in tags if said & names_of(tag)][:MOST_TAGS]


def names_of(tag):
    return {fold(tag.name), *(fold(alias.name) for alias in tag.aliases.all())}
