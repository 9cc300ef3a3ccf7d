"""A page cache before an application of the test's own: no Django, no database, a clock to turn."""

from threading import Event

from pagecache.keys import Rules
from pagecache.listening import Listener
from pagecache.store import Limits, Store
from pagecache.wsgi import PageCache

HOST = "127.0.0.1:8000"
SHARED = ("Cache-Control", "public, max-age=0, must-revalidate")
AREAS = {
    "pages": Limits(10**7, 1000),
    "brief": Limits(10**6, 100, brief=True),
    "search": Limits(10**6, 100),
}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Body(list):
    """What Django's answer is to a server: pieces, a promise to close, and what a view declared."""

    streaming = False
    closed = 0

    def __init__(self, pieces, seconds=None):
        super().__init__(pieces)
        self.keep_seconds = seconds

    def close(self):
        self.closed += 1


class App:
    """Answers ``body`` with ``headers``; remembers every request; may be held open by a test."""

    def __init__(self):
        self.seen, self.bodies = [], []
        self.status, self.body = "200 OK", b"<p>ciao</p>" * 100
        self.tags, self.seconds, self.more = "lists article:1", 300, []
        self.control, self.kind = SHARED, "text/html; charset=utf-8"
        self.gate, self.inside = None, Event()

    def hold(self):
        self.gate, self.inside = Event(), Event()
        return self.gate

    def __call__(self, environ, start_response):
        self.seen.append(environ)
        self.inside.set()
        body = Body([self.body], self.seconds)
        if self.gate:
            assert self.gate.wait(10)
        headers = [("Content-Type", self.kind), ("ETag", '"e"'), self.control]
        headers += [("X-Request-ID", f"n{len(self.seen)}"), *self.more]
        headers += [("Cache-Tags", self.tags)] if self.tags else []
        start_response(self.status, headers)
        self.bodies.append(body)
        return body


class Log:
    """A purge log in memory."""

    def __init__(self):
        self.rows, self.rings, self.reads, self.trouble = [], 0, 0, None

    def read(self):
        self.reads += 1
        if self.trouble:
            raise self.trouble
        rows, self.rows = self.rows, []
        return rows

    def sound(self):
        return self.rings


def packers():
    return {"br": lambda body: b"br" + body[:50], "gzip": lambda body: b"gz" + body[:60]}


def make(app, log=None, **more):
    """Return a PageCache with a clock at ``cache.clock``; its listener reads in place."""
    log, clock = log or Log(), Clock()
    store = Store(AREAS)
    listener = Listener(store, log.read, log.sound, inline=True, clock=clock)
    terms = {
        "store": store,
        "listener": listener,
        "rules": Rules(["/admin"], {"/cerca/": ["q"]}, {"/cerca/": "search"}),
        "host": HOST,
        "is_ours": lambda environ: environ.get("HTTP_HOST") == "localhost:8000",
        "is_staff": lambda cookies: "badge=good" in cookies,
        "packers": packers(),
        "until": lambda tags, since: None,
    }
    cache = PageCache(app, **terms | more)
    cache.clock, cache.wall = clock, lambda: 1_700_000_000.9
    return cache
