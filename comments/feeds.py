"""The comments as feeds, at WordPress's addresses: of the site, and of one story."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from articles import pages
from articles.feeds import FullTextRss
from articles.models import Article
from comments.models import ReaderComment
from pagecache.tags import cacheable

ITEMS = 10  # WordPress's default
FEED_SECONDS = 3600  # a purge comes first; this is the safety net


class CommentFeed(Feed):
    """Comments, newest first. Takes the story, or None for the whole site."""

    feed_type = FullTextRss
    language = "it"
    item_guid_is_permalink = False

    def get_object(self, request, article=None):
        return article

    def title(self, article):
        name = settings.SITE_NAME
        return f"Commenti a: {article.title}" if article else f"Commenti su {name}"

    def link(self, article):
        return settings.SITE_URL + (article.get_absolute_url() if article else "/")

    def feed_url(self, article):
        here = f"{article.get_absolute_url()}feed/" if article else "/comments/feed/"
        return settings.SITE_URL + here

    def description(self, article):
        return "Quello che scrivono i lettori"

    def items(self, article):
        rows = ReaderComment.objects.visible().for_feed()
        return list((rows.of_article(article) if article else rows)[:ITEMS])

    def item_title(self, item):
        return f"{item.signature} su «{item.article.title}»"

    def item_description(self, item):
        return item.comment[:300]

    def item_link(self, item):
        return settings.SITE_URL + item.get_absolute_url()

    def item_guid(self, item):
        return f"{settings.SITE_URL}/#comment-{item.pk}"

    def item_pubdate(self, item):
        return item.submit_date

    def item_extra_kwargs(self, item):
        return {"authors": [item.signature], "content": item.html}


_feed = CommentFeed()
# XML forbids two characters that a text may hold, as bytes; one would spoil the whole feed.
NOT_XML = ["\ufffe".encode(), "\uffff".encode()]


def written(request, article=None):
    response = _feed(request, article=article)
    for character in NOT_XML:
        response.content = response.content.replace(character, b"")
    return response


@require_safe
def all_comments(request):
    return cacheable(written(request), "comments", seconds=FEED_SECONDS)


@require_safe
def of_story(request, year, month, slug):
    article = Article.objects.visible().filter(slug=slug).first() or pages.moved_to(slug)
    here = f"{article.get_absolute_url()}feed/"
    if request.path != here:  # a wrong month or an old address, as for the story itself
        return redirect(here, permanent=True)
    return cacheable(written(request, article), article.cache_tag, seconds=FEED_SECONDS)
