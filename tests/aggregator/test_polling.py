"""Polling real servers on loopback: what comes in, and what stands on the feed afterwards."""

import pytest

from aggregator import polling
from aggregator.models import Cluster, Feed, Item
from tests.aggregator.making import make_feed, rss
from tests.kit.loopback import ALLOW, Reply, serving

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.FETCH_ALLOW = ALLOW


NEWS = {"title": "Kernel 6.20 is out today", "link": "https://fonte.example/a", "guid": "1"}


def test_a_new_feed_brings_its_items_and_says_who_it_is():
    with serving({"/feed": lambda request: rss(NEWS, title="La fonte")}) as base:
        feed = make_feed(f"{base}/feed", title="")
        (outcome,) = polling.poll_due()

    feed.refresh_from_db()
    assert (outcome.new, outcome.error, feed.title) == (1, "", "La fonte")
    assert (feed.failures, feed.error, feed.claimed_at) == (0, "", None)
    item = Item.objects.get()
    assert (item.title, item.url) == ("Kernel 6.20 is out today", "https://fonte.example/a")
    assert item.cluster.state == Cluster.State.NEW


def test_the_second_poll_is_conditional_and_changes_nothing():
    def route(request):
        if request.headers.get("if-none-match") == 'W/"a"':
            return 304
        return Reply(rss(NEWS), headers={"ETag": 'W/"a"'})

    with serving({"/feed": route}) as base:
        feed = make_feed(f"{base}/feed")
        polling.poll_due()
        Feed.objects.update(next_check_at=feed.next_check_at)
        (outcome,) = polling.poll_due()

    assert outcome.status == 304
    assert Item.objects.count() == 1


def test_a_feed_that_is_away_says_so_in_italian_and_waits():
    feed = make_feed("http://127.0.0.1:9/feed")
    (outcome,) = polling.poll_due()

    feed.refresh_from_db()
    assert outcome.error == feed.error != ""
    assert feed.failures == 1
    assert feed.failing_since
    assert polling.poll_due() == []


def test_the_address_of_a_page_shows_the_feeds_it_names():
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed" title="F">'
    with serving({"/": lambda request: Reply(page, headers={"Content-Type": "text/html"})}) as base:
        feed = make_feed(f"{base}/")
        polling.poll_due()

    feed.refresh_from_db()
    assert feed.found == [{"url": f"{base}/feed", "title": "F"}]
    assert "scegli" in feed.error


def test_the_same_news_from_two_feeds_is_one_line():
    other = {"title": "Altro", "link": "https://fonte.example/a?utm_source=x", "guid": "9"}
    routes = {"/1": lambda request: rss(NEWS), "/2": lambda request: rss(other)}
    with serving(routes) as base:
        make_feed(f"{base}/1")
        make_feed(f"{base}/2")
        polling.poll_due()

    assert Item.objects.count() == 2
    assert Cluster.objects.count() == 1
