"""The whole demo site, followed link by link from the front page."""

import json
from collections import deque
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from articles import related
from articles.models import Article
from comments.searching import refresh_due
from tests.articles.vocabulary import faults
from tests.small_demo import small_demo

pytestmark = pytest.mark.once

MOST = 2000  # addresses: the demo has fewer, a trap would have more
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


class Page(HTMLParser):
    """Links of every kind, and the JSON-LD blocks."""

    def __init__(self, text):
        super().__init__()
        self.links, self.blocks, self.inside = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("a", "link") and attrs.get("href"):
            self.links.append(attrs["href"])
        self.inside = tag == "script" and attrs.get("type") == "application/ld+json"

    def handle_data(self, data):
        if self.inside:
            self.blocks.append(json.loads(data))

    def handle_endtag(self, tag):
        self.inside = False


def ours(address, site):
    """The address without its fragment if it is a page of ours, else ""."""
    address = urldefrag(address)[0]
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" != site or parts.path.startswith(("/static/", "/media/")):
        return ""
    return address.removeprefix(site)


@pytest.fixture
def pages(db, client, settings, monkeypatch):
    """Every address of ours that the front page, the feeds and the maps lead to, with its answer."""
    small_demo(monkeypatch)
    while refresh_due() or related.relate_due():
        pass
    found, waiting = {}, deque(["/", "/feed/", "/sitemap.xml", "/sitemap-news.xml", "/robots.txt"])
    known = set(waiting)
    while waiting:
        address = waiting.popleft()
        # Each from a network of its own: a crawler would have to wait for its searches.
        client.defaults["REMOTE_ADDR"] = f"198.18.{len(found) // 250}.{len(found) % 250 + 1}"
        answer = found[address] = client.get(address)
        assert len(found) < MOST, "a trap for crawlers"
        for link in links_of(answer):
            here = ours(urljoin(settings.SITE_URL + address, link), settings.SITE_URL)
            if here and here not in known:
                known.add(here)
                waiting.append(here)
    return found


def links_of(answer):
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code in (301, 302):
        return [answer.headers["Location"]]
    if kind.startswith("text/html"):
        answer.page = Page(answer.text)
        return answer.page.links
    if kind.startswith("application/xml"):
        return [place.text for place in ElementTree.fromstring(answer.content).iter(LOCATION)]
    return []


def test_every_link_answers_all_parses_and_p1_nothing_hidden_is_named(pages):
    assert {a: r.status_code for a, r in pages.items() if r.status_code not in (200, 301)} == {}
    stories = {story.get_absolute_url() for story in Article.objects.visible()}
    assert stories <= set(pages)
    counted = {"feeds": 0, "maps": 0, "blocks": 0}
    for address, answer in pages.items():
        kind = answer.headers.get("Content-Type", "")
        if "rss+xml" in kind or "atom+xml" in kind:
            counted["feeds"] += 1
            ElementTree.fromstring(answer.content)  # by readers they are read in test_feed_readers
        elif kind.startswith("application/xml"):
            counted["maps"] += 1
        elif kind.startswith("text/html") and answer.status_code == 200:
            for block in answer.page.blocks:
                counted["blocks"] += 1
                assert faults(block) == [], address
    assert counted["feeds"] > 100
    assert counted["maps"] > 5
    assert counted["blocks"] > 100

    # P1: nothing of what is not out.
    hidden = Article.objects.exclude(pk__in=Article.objects.visible())
    assert hidden.count() == 2
    for address, answer in pages.items():
        text = answer.text
        for story in hidden:
            assert story.title not in text, address
            assert story.slug not in text, address
