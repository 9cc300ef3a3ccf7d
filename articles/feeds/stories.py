"""Stories as feeds. Visibility and order are the caller's."""

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import http_date

from articles import pings
from articles.feeds import bodies, formats
from articles.feeds.entries import (
    Channel,
    Discussion,
    Entry,
    Picture,
    absolute,
    in_format,
    last_change,
)
from images.pictures import feed_file

TAGLINE = "Notizie su Linux e software libero"


def of_stories(name, title, address, articles, *, description=TAGLINE, feed=None):
    """Return the response that lists ``articles`` in the format ``name``.

    ``name`` is a key of ``formats.FORMATS``; ``address`` the path of the list's page; ``feed``
    that of its RSS feed, ``address`` + "feed/" if not given; both as a browser asks for them.
    ``articles`` are visible ones loaded with ``for_feed()``: no query is made here. The view
    still has to call ``cacheable``.
    """
    channel = Channel(
        title=title,
        description=description or TAGLINE,
        address=absolute(address),
        feed=absolute(feed or f"{address}feed/"),
    )
    return answer(name, channel, [entry_of(article) for article in articles])


def answer(name, channel, entries):
    """Return a feed as a response; Last-Modified is that of what it shows, of nothing else.

    A feed from which something was only taken away keeps its date: readers of feeds keep what
    they have, and the ETag does change.
    """
    content, kind = formats.write(name, channel, entries)
    response = HttpResponse(content, content_type=kind)
    path = in_format(channel.feed, name).removeprefix(settings.SITE_URL)
    response.headers["Link"] = pings.link_header(path)
    if at := last_change(entries):
        response.headers["Last-Modified"] = http_date(at.timestamp())
    return response


def entry_of(article):
    picture, address = article.lead_image, absolute(article.get_absolute_url())
    # Before the body is asked for: rendered on the spot it would be of now at each request.
    moments = [article.modified_at, article.announced_at, article.rendered_at]
    moments += [picture.modified_at] if picture else []
    labels = [article.main_category, *article.categories.all(), *article.tags.all()]
    return Entry(
        title=article.title,
        address=address,
        guid=article.guid or f"{settings.SITE_URL}/?p={article.pk}",
        published=article.published_at,
        updated=article.revised_at,
        changed=max(filter(None, moments)),
        summary=article.standfirst,
        content=bodies.for_reader(article.body_for_readers, address),
        authors=tuple(author.name for author in article.signatures),
        labels=tuple(dict.fromkeys(str(label) for label in labels)),
        picture=enclosed(picture),
        discussion=discussion_of(article, address),
    )


def enclosed(image):
    file = feed_file(image) if image else None
    return file and Picture(absolute(file.url), file.kind, file.size)


def discussion_of(article, address):
    """Where readers talk about a story; None if nobody did and nobody may, as WordPress does."""
    if not article.comments_open and not article.comment_count:
        return None
    return Discussion(f"{address}#comments", f"{address}feed/", article.comment_count)
