"""The site's feed as WordPress emits it: RSS 2.0, full text, ten stories."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Rss201rev2Feed
from django.views.decorators.http import require_safe

from articles.models import Article
from articles.rendering import absolute_links
from pagecache.tags import cacheable

ITEMS = 10  # WordPress's default
FEED_SECONDS = 300


class FullTextRss(Rss201rev2Feed):
    content_type = "application/rss+xml; charset=utf-8"

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:sy": "http://purl.org/rss/1.0/modules/syndication/",
        }

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.addQuickElement("sy:updatePeriod", "hourly")
        handler.addQuickElement("sy:updateFrequency", "1")

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["authors"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["content"])


class SiteFeed(Feed):
    """Every address is made here from the settings, never from the request (trust, rule 4)."""

    feed_type = FullTextRss
    title = settings.SITE_NAME
    description = "Notizie su Linux e software libero"
    language = "it"
    link = f"{settings.SITE_URL}/"
    feed_url = f"{settings.SITE_URL}/feed/"
    item_guid_is_permalink = False

    def items(self):
        return list(Article.objects.visible().newest_first().for_feed()[:ITEMS])

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.standfirst

    def item_link(self, item):
        return settings.SITE_URL + item.get_absolute_url()

    def item_guid(self, item):
        return f"{settings.SITE_URL}/?p={item.pk}"

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return item.revised_at or item.published_at

    def item_categories(self, item):
        names = [item.main_category, *item.categories.all(), *item.tags.all()]
        return list(dict.fromkeys(str(name) for name in names))

    def item_extra_kwargs(self, item):
        names = [author.name for author in item.signatures]
        return {"authors": names, "content": absolute_links(item.body_for_readers)}


_feed = SiteFeed()


@require_safe
def site_feed(request):
    return cacheable(_feed(request), "lists", seconds=FEED_SECONDS)
