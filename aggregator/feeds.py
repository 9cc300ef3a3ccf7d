"""The press review as a feed: an item's link is the source's own address."""

from django.conf import settings
from django.contrib.syndication.views import Feed as Syndication
from django.views.decorators.http import require_safe

from aggregator import review
from articles.feeds import FullTextRss
from pagecache.tags import cacheable

SECONDS = 900


class ReviewFeed(Syndication):
    feed_type = FullTextRss
    title = f"Rassegna di {settings.SITE_NAME}"
    description = "Quello che scrivono gli altri su Linux e software libero"
    language = "it"
    link = f"{settings.SITE_URL}/rassegna/"
    feed_url = f"{settings.SITE_URL}/rassegna/feed/"
    item_guid_is_permalink = False

    def items(self):
        return review.newest()

    def item_title(self, line):
        return f"{line.item.feed}: {line.item.title}"

    def item_description(self, line):
        return line.item.extract

    def item_link(self, line):
        return line.item.url

    def item_guid(self, line):
        return f"{settings.SITE_URL}/rassegna/#{line.cluster.pk}"

    def item_pubdate(self, line):
        return line.cluster.sort_date

    def item_extra_kwargs(self, line):
        authors = [line.item.author] if line.item.author else []
        return {"authors": authors, "content": line.item.extract}


_feed = ReviewFeed()


@require_safe
def review_feed(request):
    return cacheable(_feed(request), "rassegna", seconds=SECONDS)
