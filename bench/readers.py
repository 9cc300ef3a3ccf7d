"""Readers of one archive, for bench.share: ``python -m bench.readers PORT SECONDS RATE``, JSON out.

Of a hundred requests 30 are for the front page, 50 for the newest twenty stories, 10 for
categories and 10 for all older stories. Within each of the three lists the n-th is asked for 1/n
times as often as the first (Zipf), as readers' logs of news sites have it. Eight connections stay
open and ask as browsers do, for Brotli. RATE: requests a second of all together, 0 for as many as
they can, which they do in any case in the WARM seconds before what counts.
"""

import json
import os
import random
import socket
import sys
import threading
import time
from itertools import cycle

import django

from bench.archives import HOST
from bench.load import ask
from bench.pages import SECONDS

CONNECTIONS = 8
WARM = SECONDS * 5
NEWEST = 20
SHARES = {"front": 30, "newest": 50, "categories": 10, "older": 10}
DRAWN = 200_000


def addresses():
    """Return ``{kind: [path, ...]}``, the newest and the first of the menu first."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "mmul.settings"
    django.setup()
    from articles.models import Article, Category

    stories = [story.get_absolute_url() for story in Article.objects.visible().newest_first()]
    menu = Category.objects.filter(menu_order__isnull=False).order_by("menu_order")
    return {
        "front": ["/"],
        "newest": stories[:NEWEST],
        "categories": [category.get_absolute_url() for category in menu],
        "older": stories[NEWEST:],
    }


def draw(found):
    """Return ``(kind, request)`` in an order drawn by lot, the same in every run."""
    requests, weights = [], []
    for kind, paths in found.items():
        whole = sum(1 / rank for rank in range(1, len(paths) + 1))
        for rank, path in enumerate(paths, start=1):
            head = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: br\r\n\r\n"
            requests.append((kind, head.encode()))
            weights.append(SHARES[kind] / rank / whole)
    return random.Random(1).choices(requests, weights, k=DRAWN)  # noqa: S311 - no secret


def client(port, requests, pause, began, until, answers):
    """Ask until the clock says ``until``; note kind, begin, seconds and hit of each answer."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        due = began + random.random() * pause  # noqa: S311
        for kind, request in cycle(requests):
            if pause and time.time() >= began:
                time.sleep(max(0.0, due - time.time()))
                due += pause
            start = time.time()
            if start >= until:
                return
            head = ask(connection, request)
            answers.append((kind, start, time.time() - start, b"cache-status: mmul; hit" in head))


def main(port, seconds, rate):
    requests, answers = draw(addresses()), []
    began = time.time() + WARM
    clock = (CONNECTIONS / rate if rate else 0.0, began, began + seconds)
    threads = [
        threading.Thread(target=client, args=(port, requests[n::CONNECTIONS], *clock, answers))
        for n in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = [answer for answer in answers if answer[1] >= began]
    times = sorted(took for _, _, took, _ in counted)
    older = [hit for kind, _, _, hit in counted if kind == "older"]
    return {
        "began": began,
        "ended": began + seconds,
        "answers": len(counted),
        "hits": sum(hit for *_, hit in counted),
        "older": len(older),
        "older_hits": sum(older),
        "p99_ms": times[len(times) * 99 // 100] * 1000,
    }


if __name__ == "__main__":
    port, seconds, rate = sys.argv[1:]
    print(json.dumps(main(int(port), float(seconds), float(rate))))  # noqa: T201
