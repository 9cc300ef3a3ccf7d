"""Sources that do their worst: each ends in Italian on its feed, and the others arrive (F2, F3).

Real servers, real children. ``tests/kit`` looks closer at the network, ``test_children`` at the
parser; here the whole road is walked.
"""

import gzip
import time
from functools import cache

import pytest
from django.utils import timezone

from aggregator import children, polling
from aggregator.models import Feed, Item
from kit import addresses, fetch
from tests.aggregator.making import make_feed, rss
from tests.aggregator.reading import feed_of, news, on_every_host
from tests.kit.loopback import Reply, drip, endless, raw, redirect, serving, stall

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n"
HTML = {"Content-Type": "text/html; charset=utf-8"}
BOMB = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "%s">]><rss version="2.0"><channel>
<item><title>%s</title></item></channel></rss>""" % (b"x" * 100_000, b"&a;" * 20_000)
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><item><title>&a;</title></item></channel></rss>"""
HIDDEN = OUTSIDE.decode().replace("<?xml version", "<?xml encoding='utf-16' version", 1)
SLOW = "Il sito è troppo lento: la risposta non è arrivata in tempo."
TOO_BIG = "La risposta del sito è troppo grande."


@cache
def gzip_bomb():
    return gzip.compress(bytes(80 * MB), 6)


def packed(request):
    return Reply(gzip_bomb(), headers={"Content-Encoding": "gzip"})


@raw
def fifty_megabytes(sock, request):
    sock.sendall(HEAD + b"Content-Length: 52428800\r\n\r\n")
    for _ in range(800):
        sock.sendall(b"x" * 65536)


HOSTILE = {
    "gzip bomb": (packed, TOO_BIG),
    "endless redirect": (redirect("/bad"), "Il sito rimanda troppe volte"),
    "metadata": (redirect("http://169.254.169.254/latest/meta-data/"), "rete privata"),
    "file": (redirect("file:///etc/passwd"), "L’indirizzo non si può usare"),
    "drip": (drip(HEAD + b"\r\n<rss", 0.05), SLOW),
    "drip of headers": (drip(b"HTTP/1.1 200 OK\r\nX: ", 0.05), SLOW),
    "stall": (stall(), SLOW),
    "stall in the body": (stall(HEAD + b"Content-Length: 900\r\n\r\n<rss"), SLOW),
    "50 MB": (fifty_megabytes, TOO_BIG),
    "endless": (endless(HEAD + b"\r\n", b"<a>" * 20_000), TOO_BIG),
    "no answer": (raw(lambda sock, request: sock.close()), "regole del web"),
    "nonsense": (raw(lambda sock, request: sock.sendall(b"ciao\r\n\r\n")), "regole del web"),
    "entities": (lambda request: BOMB, "entità"),
    "outside entity": (lambda request: OUTSIDE, "entità"),
    "hidden entity": (lambda request: HIDDEN.encode("utf-16"), "entità"),
    "HTML page": (lambda r: Reply(b"<!doctype html><title>x</title><p>Ciao", headers=HTML), "web"),
    "empty": (lambda request: b"", "vuoto"),
    "blanks": (lambda request: b" \n" * 1000, "vuoto"),
    "nothing but zeros": (lambda request: bytes(100_000), ""),
    "half": (lambda request: b"<rss version='2.0'><channel><title>Fonte</title>", "rotto"),
    "picture": (lambda request: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, ""),
    "levels": (lambda request: b"<rss><channel>" + b"<a>" * 200_000, ""),
}


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch):
    """Seconds as short as a test can wait, and every address of loopback open."""
    settings.FETCH_ALLOW = addresses.ranges(["127.0.0.0/8"])
    whole = fetch.fetch
    monkeypatch.setattr(polling, "fetch", lambda url, **more: whole(url, **more, seconds=2))


def poll_all_with_a_good_one(routes):
    """One feed for each route, one good feed after them all; ``{path: error}``."""
    good = {"/good": lambda request: feed_of(1, 2)}
    with on_every_host(routes | good) as (port, _):
        for place, path in enumerate(routes, 1):
            make_feed(f"http://127.0.0.{place}:{port}{path}")
        make_feed(f"http://127.0.0.99:{port}/good")
        outcomes = polling.poll_due()
    errors = {f"/{outcome.feed.address.rpartition('/')[2]}": outcome.error for outcome in outcomes}
    assert errors.pop("/good") == ""
    assert Item.objects.filter(feed__address__endswith="/good").count() == 2
    for feed in Feed.objects.exclude(address__endswith="/good"):
        assert feed.claimed_at is None
        assert feed.error == errors[f"/{feed.address.rpartition('/')[2]}"]
        if feed.error:
            assert (feed.failures, feed.items.count()) == (1, 0)
            assert feed.failing_since
            assert feed.next_check_at > timezone.now()
    return errors


def test_f2_f3_whatever_one_source_does_is_told_in_italian_and_the_others_arrive():
    names = {f"/{place}": name for place, name in enumerate(HOSTILE)}
    routes = {path: HOSTILE[name][0] for path, name in names.items()}
    routes["/1"] = redirect("/1")
    gzip_bomb()  # made before the clock runs
    start = time.monotonic()
    errors = poll_all_with_a_good_one(routes)

    assert time.monotonic() - start < 12
    wrong = {
        names[path]: error
        for path, error in errors.items()
        if not error.endswith(".") or HOSTILE[names[path]][1] not in error
    }
    assert wrong == {}


def test_f1_a_redirect_into_our_own_machine_is_refused(settings):
    with on_every_host({"*": lambda request: feed_of(1)}) as (port, secret):
        with serving({"/feed": redirect(f"http://127.0.0.1:{port}/")}) as base:
            settings.FETCH_ALLOW = addresses.ranges([f"127.0.0.1/32:{base.rsplit(':')[-1]}"])
            feed = make_feed(f"{base}/feed")
            polling.poll_due()
        asked = list(secret.requests)

    feed.refresh_from_db()
    assert "rete privata" in feed.error
    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/feed",
        "http://[::1]/feed",
        "http://localhost:8080/feed",
        "http://10.0.0.1/feed",
        "http://169.254.169.254/feed",
        "http://2130706433/feed",
    ],
)
def test_f1_a_private_address_is_no_feed(settings, address):
    settings.FETCH_ALLOW = []
    feed = make_feed(address)
    polling.poll_due()

    feed.refresh_from_db()
    assert "rete privata" in feed.error


def test_f3_a_parser_that_hangs_or_dies_is_replaced_and_the_others_arrive(monkeypatch):
    monkeypatch.setattr(children, "WALL_SECONDS", 1)
    monkeypatch.setattr(polling, "Pool", lambda: children.Pool(wall_seconds=1))
    # A child that sleeps or falls when the title says so, and parses otherwise.
    trick = (
        "import aggregator.children as c, os, time\nwhole = c.answer_to\n"
        "def answer(body, *more):\n"
        "    if b'DORMI' in body: time.sleep(60)\n"
        "    if b'MUORI' in body: os._exit(1)\n"
        "    return whole(body, *more)\n"
        "c.answer_to = answer\n"
    )
    start = children.START.replace("from aggregator", f"exec({trick!r}); from aggregator")
    monkeypatch.setattr(children, "START", start)
    routes = {
        "/sleeps": lambda request: rss(news(1, title="DORMI")),
        "/dies": lambda request: rss(news(1, title="MUORI")),
    }
    errors = poll_all_with_a_good_one(routes)

    assert set(errors.values()) == {children.TOO_HARD}


def test_five_thousand_items_are_read_up_to_the_thousandth():
    body = rss(*(news(number) for number in range(5000)))
    with serving({"/feed": lambda request: body}) as base:
        feed = make_feed(f"{base}/feed")
        (outcome,) = polling.poll_due()

    assert (outcome.error, outcome.new, feed.items.count()) == ("", 1000, 1000)


def test_f6_scripts_in_titles_and_texts_come_in_as_words_or_not_at_all():
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)><b onclick=alert(1)>ciao</b>"
    entry = news(1, title=f"Titolo {evil}", description=evil, author=evil, category=evil)
    with serving({"/feed": lambda request: rss(entry, title=evil)}) as base:
        feed = make_feed(f"{base}/feed", title="")
        polling.poll_due()

    feed.refresh_from_db()
    item = feed.items.get()
    said = [item.title, item.extract, item.author, item.html, feed.title, *item.categories]
    assert not any(word in text for text in said for word in ("<script", "<img", "onerror", "oncl"))
    assert item.title == "Titolo ciao"


def test_f6_a_failed_fetch_shows_our_words_and_never_their_bytes():
    @raw
    def route(sock, request):
        sock.sendall(b"HTTP/1.1 999999 <script>alert(1)</script>\r\nX-Evil: <img>\r\n\r\n<b>")

    with serving({"/feed": route}) as base:
        feed = make_feed(f"{base}/feed")
        polling.poll_due()

    feed.refresh_from_db()
    assert feed.error in {*fetch.SENTENCES.values(), "La fonte risponde con un errore (999999)."}
