"""Killed and doubled pollers (trust table, D1, D2, D5): no item lost, none doubled."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import timezone

from aggregator import polling
from aggregator.models import Cluster, Feed, Item, ItemLink
from aggregator.models.feed import LEASE
from tests.aggregator.making import make_feed, rss
from tests.aggregator.reading import feed_of, news, on_every_host, parse_here
from tests.comments.test_crash import database_url

ROOT = Path(__file__).resolve().parent.parent.parent
FEEDS, ITEMS, HOSTS = 200, 4, 40
SOON = 30  # seconds until something has to be there
MINUTE = timedelta(minutes=1)


class Poller:
    """A real process on the database of the test: ``poll_feeds``, or the worker."""

    def __init__(self, *command):
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "MMUL_MODE": "development",
            "MMUL_FETCH_ALLOW": "127.0.0.0/8",
            "MMUL_SMTP_HOST": "",
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self):
        self.process.kill()  # SIGKILL: no handler runs, no transaction is ended
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *trouble):
        self.kill()


def wait_until(ready):
    end = time.monotonic() + SOON
    while not ready():
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.01)


def make_feeds(port, many=FEEDS):
    """Feeds of forty hosts, each with news of its own."""
    now = timezone.now()
    for number in range(many):
        host = f"127.0.{number % HOSTS}.1"
        make_feed(f"http://{host}:{port}/{number}", next_check_at=now - MINUTE)


def answer(request):
    number = int(request.path[1:])
    return rss(
        *(
            news(
                f"{number}-{item}",
                title=f"Una fonte racconta la cosa {number * ITEMS + item}",
                description=f'<a href="https://progetto.example/{number}/{item}">x</a>',
            )
            for item in range(ITEMS)
        )
    )


def lease_over():
    """Ten minutes pass for who died."""
    Feed.objects.exclude(claimed_at=None).update(claimed_at=timezone.now() - LEASE - MINUTE)


def check_all_is_there_once(feeds=FEEDS):
    identities = Counter(Item.objects.values_list("feed", "identity"))
    urls = set(Item.objects.values_list("url", flat=True))
    assert set(identities.values()) == {1}
    assert urls == {f"https://fonte.example/{n}-{i}" for n in range(feeds) for i in range(ITEMS)}
    assert Item.objects.count() == ItemLink.objects.count() == feeds * ITEMS
    assert Cluster.objects.filter(items=None).count() == 0
    assert Cluster.objects.count() == feeds * ITEMS
    assert not Feed.objects.exclude(error="", claimed_at=None).exists()
    assert not Feed.objects.filter(body_hash="").exists()


@pytest.mark.django_db(transaction=True)
def test_d1_killed_twice_in_two_hundred_feeds_no_item_is_lost_and_none_doubled():
    deaths, held = [], 0
    with on_every_host({"*": answer}) as (port, base):
        make_feeds(port)
        connections.close_all()
        for command, feeds in (("poll_feeds", 40), ("worker", 110)):
            with Poller(command):
                wait_until(lambda feeds=feeds: Item.objects.count() >= feeds * ITEMS)
            deaths.append(Item.objects.count())
            held += Feed.objects.exclude(claimed_at=None).count()
            lease_over()
        with Poller("poll_feeds") as poller:
            assert poller.process.wait(SOON) == 0

    assert 0 < deaths[0] < deaths[1] < FEEDS * ITEMS
    assert 0 < held <= 2 * polling.CONNECTIONS  # it died with some in its hands
    assert len(base.requests) <= FEEDS + held  # whose answer was stored was not asked again
    check_all_is_there_once()


@pytest.mark.django_db(transaction=True)
def test_d1_killed_between_items_and_feed_either_both_are_there_or_none(settings, monkeypatch):
    parse_here(settings, monkeypatch)
    whole = polling.succeed

    def die(*args, **columns):
        if columns.get("body_hash"):
            raise KeyboardInterrupt
        return whole(*args, **columns)

    with on_every_host({"*": lambda request: feed_of(1, 2)}) as (port, _):
        feed = make_feed(f"http://127.0.0.1:{port}/")
        monkeypatch.setattr(polling, "succeed", die)
        with pytest.raises(KeyboardInterrupt):
            polling.poll_due()
        feed.refresh_from_db()
        between = Item.objects.count(), Cluster.objects.count(), feed.body_hash
        monkeypatch.setattr(polling, "succeed", whole)
        held = polling.poll_due()
        lease_over()
        (outcome,) = polling.poll_due()

    assert (between, held) == ((0, 0, ""), [])
    assert (outcome.new, Item.objects.count()) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_d2_two_workers_at_once_never_ask_one_feed_both(settings, monkeypatch):
    parse_here(settings, monkeypatch)
    together, outcomes = threading.Barrier(3), []

    def work():
        try:
            together.wait(10)
            outcomes.extend(polling.poll_due())
        finally:
            connection.close()

    with on_every_host({"*": answer}) as (port, base):
        make_feeds(port, 80)
        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(SOON)

    assert Counter(base.paths) == {f"/{number}": 1 for number in range(80)}
    assert Counter(outcome.feed.pk for outcome in outcomes) == Counter(
        Feed.objects.values_list("pk", flat=True)
    )
    check_all_is_there_once(80)


# --- The lease ---------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes_ago", "free"),
    [(0, False), (9, False), (11, True), (-5, False), (-11, True), (-60 * 24 * 365, True)],
)
def test_d1_d5_a_claim_holds_for_ten_minutes_and_one_from_the_future_is_dead(minutes_ago, free):
    now = timezone.now()
    feed = make_feed(claimed_at=now - minutes_ago * MINUTE)

    assert polling.claim(feed, now) is free


@pytest.mark.django_db
def test_d2_of_two_claims_one_wins():
    now = timezone.now()
    feed = make_feed()

    assert [polling.claim(feed, now), polling.claim(feed, now)] == [True, False]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"state": Feed.State.PAUSED},
        {"state": Feed.State.GONE},
        {"next_check_at": None},
        {"next_check_at": timezone.now() + timedelta(hours=1)},
    ],
)
def test_what_an_editor_paused_meanwhile_is_not_asked(fields):
    feed = make_feed()
    Feed.objects.filter(pk=feed.pk).update(**fields)

    assert not polling.claim(feed, timezone.now())
    assert polling.poll_due() == []


@pytest.mark.django_db
def test_d1_a_long_run_claims_with_the_hour_it_is_and_not_with_that_of_its_beginning(
    settings, monkeypatch
):
    parse_here(settings, monkeypatch)
    whole, claimed, now = polling.claim, [], timezone.now()
    hours = itertools.count()
    monkeypatch.setattr(polling, "clock_from", lambda now: lambda: now + next(hours) * 60 * MINUTE)
    monkeypatch.setattr(polling, "claim", lambda feed, at: claimed.append(at) or whole(feed, at))
    with on_every_host({"*": lambda request: feed_of(1)}) as (port, _):
        make_feed(f"http://127.0.0.1:{port}/1")
        make_feed(f"http://127.0.0.1:{port}/2")
        polling.poll_due(now)

    assert claimed == [now, now + 120 * MINUTE]  # between them, the first answer was kept
