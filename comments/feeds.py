"""The comments as feeds, at WordPress's addresses: of the site, and of one story."""

from django.conf import settings
from django.http import HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

from articles import pages
from articles.feeds import bodies
from articles.feeds.entries import ITEMS, MAIN, Channel, Entry, absolute, in_format
from articles.feeds.stories import answer
from articles.models import Article
from comments.models import ReaderComment
from pagecache.tags import cacheable

FEED_SECONDS = 3600  # a purge comes first; this is the safety net
DESCRIPTION = "Quello che scrivono i lettori"
SUMMARY_LENGTH = 300


@require_safe
def all_comments(request, format):
    channel = Channel(
        title=f"Commenti su {settings.SITE_NAME}",
        description=DESCRIPTION,
        address=absolute("/"),
        feed=absolute("/comments/feed/"),
    )
    response = of_comments(format, channel, ReaderComment.objects.visible())
    # "lists": a story that is withdrawn takes its comments along.
    return cacheable(response, "comments", "lists", seconds=FEED_SECONDS)


@require_safe
def of_story(request, year, month, slug, format=MAIN, old=""):
    """The comments of one story. A wrong month, an old slug, an old format: one redirect."""
    article = Article.objects.visible().filter(slug=slug).first() or pages.moved_to(slug)
    address = article.get_absolute_url()
    here = in_format(f"{address}feed/", format)
    wanted = f"{here}{format}/" if request.path.endswith(f"/feed/{MAIN}/") else here
    if request.path != wanted:
        return HttpResponsePermanentRedirect(wanted)
    channel = Channel(
        title=f"Commenti a: {article.title}",
        description=DESCRIPTION,
        address=absolute(address),
        feed=absolute(f"{address}feed/"),
    )
    response = of_comments(format, channel, ReaderComment.objects.visible().of_article(article))
    return cacheable(response, article.cache_tag, seconds=FEED_SECONDS)


def of_comments(format, channel, comments):
    return answer(format, channel, [entry_of(row) for row in comments.for_feed()[:ITEMS]])


def entry_of(comment):
    address = absolute(comment.get_absolute_url())
    return Entry(
        title=f"{comment.signature} su «{comment.article.title}»",
        address=address,
        guid=f"{settings.SITE_URL}/#comment-{comment.pk}",
        published=comment.submit_date,
        updated=comment.edited_at,
        changed=comment.state_since,  # a comment comes out when it is approved
        summary=comment.comment[:SUMMARY_LENGTH],
        content=bodies.for_reader(comment.html, address),
        authors=(comment.signature,),
    )
