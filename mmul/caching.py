"""The page cache as this site needs it: what pagecache must be told, and may not know by itself."""

from datetime import UTC, datetime

from django.conf import settings

from accounts import badge
from articles import publishing
from articles.feeds.routes import NARROWING
from articles.lookup import FILTERS
from kit import packing
from mmul import middleware, replicas
from pagecache import tags
from pagecache.keys import Rules
from pagecache.listening import Listener
from pagecache.log import Reader
from pagecache.store import Limits, Store
from pagecache.tally import Writer
from pagecache.wsgi import PageCache

MB = 1024 * 1024
# What is missing and what is searched have room of their own (trust table, K5).
AREAS = {
    "brief": Limits(2 * MB, 1000, brief=True),
    "search": Limits(4 * MB, 1000),
}
# Parameters that change a page, by its whole address or by the beginning of it; the first line that
# fits counts. Everything else after "?" is cut off before Django sees it: a new parameter needs its
# word here. tests/pagecache/test_parameters.py compares this with what the views read.
EXACT = {
    # The front page sends WordPress's numbers, searches and feeds to where they are now.
    "/": ("p", "page_id", "s", "feed", *NARROWING),
    "/oembed/": ("url", "format", "maxwidth", "maxheight"),
}
PARAMETERS = {
    "/cerca/": ("q", *FILTERS, "ordine", "pagina"),
    "/page/": ("s",),
    "/feed/": ("s",),
    "/20": ("replytocom",),  # stories
    "/19": ("replytocom",),
}


def passing():
    """Addresses that are never kept: the newsroom, files, health; all of them without memory."""
    if not settings.PAGE_CACHE_MB:
        return ("/",)
    return f"/{settings.ADMIN_PATH}", settings.STATIC_URL, "/media/", "/healthz", "/readyz"


def in_front_of(django, *, inline=False):
    """Wrap Django's application; ``inline`` reads the purge log in the caller's thread."""
    store = Store(AREAS | {"pages": Limits(settings.PAGE_CACHE_MB * MB, 1_000_000)})
    listener = Listener(store, Reader(replicas.alias).read, tags.bell().sound, inline=inline)
    cache = PageCache(
        django,
        store=store,
        listener=listener,
        rules=Rules(passing(), PARAMETERS, {"/cerca/": "search"}, EXACT),
        host=settings.SITE_HOST,
        is_ours=lambda environ: middleware.is_ours(middleware.host_of(environ)),
        is_staff=badge.in_cookies,
        packers={"br": packing.brotli, "gzip": packing.gzip},
        unpackers={"gzip": packing.gunzip},
        until=seconds_until_the_next_story,
    )
    listener.tally = Writer(cache.counts, store)
    tags.purged.connect(cache.forget)
    return cache


def seconds_until_the_next_story(shown, since):
    """A list changes by itself when a scheduled story comes out, worker or not (docs/adr/0003)."""
    if "lists" not in shown:
        return None
    start = datetime.fromtimestamp(since, UTC)
    coming = publishing.next_publication(start)
    return None if coming is None else (coming - datetime.now(UTC)).total_seconds()
