"""Stories as feeds. Visibility and order are the caller's."""

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import http_date

from articles import pings, rendering
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
from articles.models import Article
from images.pictures import feed_file

TAGLINE = "Notizie su Linux e software libero"


def of_stories(name, title, address, stories, *, description=TAGLINE, feed=None):
    """Return the response that lists ``stories`` in the format ``name``.

    ``name`` is a key of ``formats.FORMATS``; ``address`` the path of the list's page; ``feed``
    that of its RSS feed, ``address`` + "feed/" if not given; both as a browser asks for them.
    ``stories`` are those of told.py: no query is made here. The view still has to call
    ``cacheable``.
    """
    channel = Channel(
        title=title,
        description=description or TAGLINE,
        address=absolute(address),
        feed=absolute(feed or f"{address}feed/"),
    )
    return answer(name, channel, [entry_of(story) for story in stories])


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


def entry_of(story):
    picture, address = story.lead_image, absolute(story.get_absolute_url())
    moments = [story.modified_at, story.announced_at, story.rendered_at]
    moments += [picture.modified_at] if picture else []
    return Entry(
        title=story.title,
        address=address,
        guid=story.guid or f"{settings.SITE_URL}/?p={story.pk}",
        published=story.published_at,
        updated=story.revised_at,
        changed=max(filter(None, moments)),
        summary=story.standfirst,
        content=bodies.for_reader(body_of(story), address),
        authors=story.authors,
        labels=story.labels,
        picture=enclosed(picture),
        discussion=discussion_of(story, address),
    )


def body_of(story):
    """The body for readers; rendered on the spot, with a query, if older rules made it."""
    if story.rendered_with == rendering.version():
        return story.body_html
    return Article.objects.get(pk=story.pk).body_for_readers


def enclosed(image):
    file = feed_file(image) if image else None
    return file and Picture(absolute(file.url), file.kind, file.size)


def discussion_of(story, address):
    """Where readers talk about a story; None if nobody did and nobody may, as WordPress does."""
    if not story.comments_open and not story.comment_count:
        return None
    return Discussion(f"{address}#comments", f"{address}feed/", story.comment_count)
