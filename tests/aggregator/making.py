"""Tools of the aggregator's tests: feeds as rows and as XML, entries, items and lines."""

import itertools
from datetime import timedelta
from xml.sax.saxutils import escape

from django.utils import timezone

from aggregator.clusters import words_of
from aggregator.models import Cluster, Feed, Item
from kit import urls

_count = itertools.count(1)


def make_feed(address=None, **fields):
    number = next(_count)
    defaults = {
        "address": address or f"https://fonte{number}.example/feed/",
        "title": f"Fonte {number}",
        "next_check_at": timezone.now() - timedelta(minutes=1),
        "succeeded_at": timezone.now() - timedelta(hours=1),
    }
    return Feed.objects.create(**defaults | fields)


def make_item(feed=None, cluster=None, **fields):
    """An item of an hour ago, in a line of its own unless ``cluster`` is given."""
    number = next(_count)
    when = fields.pop("sort_date", timezone.now() - timedelta(hours=1))
    state = fields.pop("state", Cluster.State.NEW)
    title = fields.pop("title", f"Notizia {number} del giorno")
    url = fields.pop("url", f"https://fonte.example/{number}/notizia")
    cluster = cluster or Cluster.objects.create(sort_date=when, state=state)
    defaults = {
        "feed": feed or make_feed(),
        "cluster": cluster,
        "identity": f"{number:064x}",
        "url": url,
        "key": urls.key(url),
        "title": title,
        "words": words_of(title),
        "html": f"<p>Testo {number}.</p>",
        "extract": f"Testo {number}.",
        "language": "en",
        "published_at": when,
        "first_seen_at": when,
        "sort_date": when,
        "content_hash": f"{number:064x}",
    }
    return Item.objects.create(**defaults | fields)


def rss(*entries, title="Un feed", more=""):
    """An RSS 2.0 document as bytes; an entry is a dictionary of its elements."""
    items = "".join(
        "<item>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in e.items()) + "</item>"
        for e in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>https://fonte.example/</link>{more}{items}</channel></rss>"
    ).encode()
