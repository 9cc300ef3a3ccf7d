"""The press review as a feed: an item's link is the source's own address."""

from django.conf import settings
from django.views.decorators.http import require_safe

from aggregator import review
from articles.feeds.entries import MAIN, Channel, Entry, absolute
from articles.feeds.stories import answer
from kit import tree
from kit.tree import Node
from pagecache.tags import cacheable

SECONDS = 900


@require_safe
def review_feed(request):
    channel = Channel(
        title=f"Rassegna di {settings.SITE_NAME}",
        description="Quello che scrivono gli altri su Linux e software libero",
        address=absolute("/rassegna/"),
        feed=absolute("/rassegna/feed/"),
    )
    response = answer(MAIN, channel, [entry_of(line) for line in review.newest()])
    return cacheable(response, "rassegna", seconds=SECONDS)


def entry_of(line):
    item = line.item
    return Entry(
        title=f"{item.feed}: {item.title}",
        address=item.url,
        guid=f"{settings.SITE_URL}/rassegna/#{line.cluster.pk}",
        published=line.cluster.sort_date,
        changed=item.first_seen_at,
        summary=item.extract,
        content=quoted(item),
        authors=(item.author,),
    )


def quoted(item):
    """Return the extract as HTML, in the language it was written in."""
    if not item.extract:
        return ""
    language = {"lang": item.language} if item.language else {}
    return tree.write(Node("p", language, [item.extract]))
