"""The page cache in front of Django, in the same process: decide, answer, or call and keep.

A kept page touches no middleware, no address pattern and no template. What a request says
beyond method, host, path, known parameters, coding and the copy it has changes nothing.
"""

import logging
import time
from types import MappingProxyType

from pagecache.building import make_entry, verdict
from pagecache.flights import Flights
from pagecache.keys import Codings, has_it

log = logging.getLogger("pagecache")

STALE_SECONDS = 30.0  # an expired page may be shown that long while one reader renders it anew
WAIT_SECONDS = 10.0  # for another reader's render; no request lasts longer (trust table, V3)
TRIES = 3  # renders of others to wait for, before making one's own

HIT = ("Cache-Status", "mmul; hit")
STALE = ("Cache-Status", "mmul; hit; detail=stale")
AWAY = ("Cache-Status", "mmul; hit; detail=database-away")
STORED = ("Cache-Status", "mmul; fwd=uri-miss; stored")
MISS = ("Cache-Status", "mmul; fwd=uri-miss")
BYPASS = ("Cache-Status", "mmul; fwd=bypass")
# Seen by nobody behind the cache: a kept page must not depend on them.
HIDDEN = ("HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")


class Counts:
    """Plain numbers; two threads may lose one between them, and nobody waits for a lock."""

    __slots__ = ("bytes_sent", "hits", "misses", "passed", "stale")

    def __init__(self):
        self.hits = self.misses = self.stale = self.passed = self.bytes_sent = 0


class PageCache:
    """``host``: our name as browsers send it; ``is_ours`` judges other spellings of it.

    ``is_staff(cookies)`` tells who passes by; ``packers`` and ``unpackers`` are functions of bytes,
    by coding; ``until(tags, began)`` gives the seconds after which pages with these tags change
    by the clock, or None; it may ask the database.
    """

    def __init__(
        self, application, *, store, listener, rules, host, is_ours, is_staff, until, packers,
        unpackers=MappingProxyType({}),
    ):  # fmt: skip
        self.application, self.store, self.listener = application, store, listener
        self.rules, self.host, self.is_ours, self.is_staff = rules, host, is_ours, is_staff
        self.packers, self.unpackers, self.until = packers, unpackers, until
        self.codings, self.flights, self.counts = Codings(), Flights(), Counts()
        self.clock, self.wall = time.monotonic, time.time

    def forget(self, tags, **signal):
        """Listens to ``pagecache.tags.purged``."""
        self.store.purge(tags)

    def __call__(self, environ, start_response):
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return self.forward(environ, start_response)
        host = environ.get("HTTP_HOST")
        if host != self.host and not self.is_ours(environ):
            return self.forward(environ, start_response)
        key, query = environ["PATH_INFO"], environ.get("QUERY_STRING")
        if query:
            asked = self.rules.asked(key, query)
            if asked is None:
                return self.forward(environ, start_response)
            key, query = asked
        cookies = environ.get("HTTP_COOKIE")
        if cookies and self.is_staff(cookies):
            return self.forward(environ, start_response)
        now = self.clock()
        if self.listener.is_due(now):
            self.listener.catch_up(now)
            now = self.clock()
        entry = self.store.entries.get(key)
        if entry is None or now >= entry.expires:
            return self.miss(key, query, environ, start_response, entry)
        self.counts.hits += 1
        return self.answer(entry, environ, start_response, now, HIT)

    def answer(self, entry, environ, start_response, now, word):
        """Send a kept page, or a 304 to who has it."""
        self.store.touch(entry)
        if self.listener.away:
            word = AWAY
        page = entry.variants[self.codings.choose(environ.get("HTTP_ACCEPT_ENCODING"))]
        more = [("Age", str(int(now - entry.made))), word, self.this_second()]
        if knows(environ, page):
            start_response("304 Not Modified", page.unchanged + more)
            return [b""]
        start_response(page.status, page.headers + more)
        if environ["REQUEST_METHOD"] == "HEAD":
            return [b""]
        self.counts.bytes_sent += page.length
        return page.body

    def this_second(self):
        """Only kept pages carry it: nginx may keep them until this second of the clock is over.

        nginx counts whole seconds: what is marked "1" it keeps for up to two (docs/adr/0017).
        """
        return "X-Accel-Expires", f"@{int(self.wall())}"

    def forward(self, environ, start_response, word=BYPASS):
        """Let Django answer, and keep nothing."""
        self.counts.passed += 1

        def start(status, headers, exc_info=None):
            return start_response(status, [*untagged(headers), word], exc_info)

        return self.application(environ, start)

    def miss(self, key, query, environ, start_response, old):
        """Render the page, or wait for who does; ``old`` is an entry that expired, or None."""
        if self.rules.passes(environ["PATH_INFO"]):
            return self.forward(environ, start_response)
        if old and self.listener.away:
            return self.answer_stale(old, environ, start_response, AWAY)
        for _ in range(TRIES):
            if self.flights.is_unkept(key, self.clock()):
                break
            flight = self.flights.join(key)
            if flight is None:
                try:
                    return self.render(key, query, environ, start_response, old)
                finally:
                    self.flights.land(key)
            if old and self.clock() < old.expires + STALE_SECONDS:
                return self.answer_stale(old, environ, start_response, STALE)
            flight.wait(WAIT_SECONDS)
            now, entry = self.clock(), self.store.entries.get(key)
            if entry and now < entry.expires:
                self.counts.hits += 1
                return self.answer(entry, environ, start_response, now, HIT)
        return self.forward(environ | {"QUERY_STRING": query}, start_response, MISS)

    def answer_stale(self, old, environ, start_response, word):
        self.counts.stale += 1
        return self.answer(old, environ, start_response, self.clock(), word)

    def render(self, key, query, environ, start_response, old):
        """Call Django for everybody who waits; keep what it says may be kept."""
        self.counts.misses += 1
        began, since = self.store.sequence, time.time()
        status, headers, result = self.call(environ, query)
        terms = verdict(status, headers, result)
        if terms is None:
            if old and status.startswith("503"):  # the database went away between two looks
                close(result)
                return self.answer_stale(old, environ, start_response, AWAY)
            if status.startswith(("2", "3")):
                self.flights.note_unkept(key, self.clock())
            start_response(status, [*untagged(headers), MISS])
            return bodiless(result) if environ["REQUEST_METHOD"] == "HEAD" else result
        try:
            body, seconds = b"".join(result), self.seconds(terms, since)
        finally:
            close(result)
        area = "brief" if terms.brief else self.rules.area(environ["PATH_INFO"])
        entry = make_entry(
            key, (status, headers, body), terms._replace(seconds=seconds),
            area=area, packers=self.packers, unpackers=self.unpackers, now=self.clock(),
        )  # fmt: skip
        if seconds > 0 and self.listener.looked_at is not None and self.store.keep(entry, began):
            return self.answer(entry, environ, start_response, self.clock(), STORED)
        # A purge came meanwhile: good enough for who asked before it, and for nobody else.
        start_response(status, [*untagged(headers), MISS])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def seconds(self, terms, since):
        """How long to keep a page: as its view says, or until the clock changes it."""
        try:
            most = self.until(terms.tags, since)
        except Exception as error:  # the page is good; how long, nobody knows
            log.error("how long to keep a page is not known: %s", type(error).__name__)
            return 0.0
        return terms.seconds if most is None else min(terms.seconds, most)

    def call(self, environ, query):
        """Ask Django for the whole page, in the words every reader would use."""
        inner = environ | {"REQUEST_METHOD": "GET", "HTTP_HOST": self.host, "QUERY_STRING": query}
        for name in HIDDEN:
            inner.pop(name, None)
        said: list = []

        def start(status, headers, exc_info=None):
            said[:] = status, headers

        result = self.application(inner, start)
        return *said, result


def knows(environ, page):
    """True if the reader has this very page. Source: RFC 9110, 13.2.2.

    A date counts where no ETag is sent, and only the same one: a feed from which something was
    taken away keeps its date.
    """
    has = environ.get("HTTP_IF_NONE_MATCH")
    if has:
        return page.etag and has_it(has, page.etag)
    return page.modified and environ.get("HTTP_IF_MODIFIED_SINCE") == page.modified


def untagged(headers):
    return [pair for pair in headers if pair[0] != "Cache-Tags"]


def bodiless(result):
    close(result)
    return [b""]


def close(result):
    """End an answer of Django's: its connection goes back only then."""
    if hasattr(result, "close"):
        result.close()
