"""Tools of the polling tests: a parser in this process, servers on many hosts, polls in a row."""

import contextlib
import socket
import threading
from datetime import timedelta

from django.utils import timezone

from aggregator import parsing, polling
from aggregator.models import Feed, HostPause
from tests.aggregator.making import rss
from tests.kit.loopback import ALLOW, Base, Server

BROKEN = b"<rss version='2.0'><channel><title>Fonte</title>"


class ParserHere:
    """Stands in for the pool of children where a test is not about them; counts documents."""

    def __init__(self):
        self.documents = 0

    def parse(self, body, url, content_type=""):
        self.documents += 1
        return parsing.parse(body, url, content_type)

    def __enter__(self):
        return self

    def __exit__(self, *trouble):
        pass


def parse_here(settings, monkeypatch):
    """Open loopback and parse in this process; return the parser, which counts."""
    settings.FETCH_ALLOW = ALLOW
    parser = ParserHere()
    monkeypatch.setattr(polling, "Pool", lambda: parser)
    return parser


def news(number, **more):
    return {
        "title": f"Notizia {number} di una fonte",
        "link": f"https://fonte.example/{number}",
        "guid": f"n{number}",
    } | more


def documents(*bodies):
    """A route that answers each time with the next of ``bodies``; the last one stays."""
    left = list(bodies)

    def route(request):
        body = left.pop(0) if len(left) > 1 else left[0]
        return body(request) if callable(body) else body

    return route


def feed_of(*numbers):
    return rss(*map(news, numbers))


def poll(times=1, apart=timedelta(days=1), start=None):
    """Poll all feeds ``times`` times, ``apart``, no host paused; return the last outcomes."""
    outcomes, now = [], start or timezone.now()
    for number in range(times):
        HostPause.objects.all().delete()
        Feed.objects.update(next_check_at=now)
        outcomes = polling.poll_due(now + number * apart)
    return outcomes


@contextlib.contextmanager
def on_every_host(routes):
    """As ``loopback.serving``, reached as 127.0.0.1, 127.0.0.2 and so on; gives port and Base."""
    with socket.create_server(("0.0.0.0", 0), backlog=128) as listener:
        port = listener.getsockname()[1]
        server = Server(routes, Base(f"http://127.0.0.1:{port}"), False)
        thread = threading.Thread(target=server.run, args=[listener], daemon=True)
        thread.start()
        try:
            yield port, server.base
        finally:
            server.stopped.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            server.end()
