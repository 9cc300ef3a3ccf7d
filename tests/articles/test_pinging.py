"""Telling search engines and hubs, against real servers on 127.0.0.1 that behave well and badly."""

import json
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.utils import timezone

from articles import pinging, publishing
from articles.models import Article, Ping
from kit import fetch
from kit.fetch import FetchError
from tests.factories import make_article
from tests.kit.loopback import ALLOW, Reply, drip, serving, stall

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _open(settings):
    settings.FETCH_ALLOW = ALLOW
    settings.SITE_URL, settings.SITE_HOST = "https://www.example.org", "www.example.org"


@pytest.fixture
def engine(settings):
    """A search engine and a hub that say what a test puts in ``says``."""
    says = {"/indexnow": [], "/hub": []}

    def answer(request):
        waiting = says[request.path]
        return waiting.pop(0) if waiting else 200

    with serving({"/indexnow": answer, "/hub": answer}) as base:
        settings.INDEXNOW_KEY, settings.INDEXNOW_ENDPOINT = KEY, f"{base}/indexnow"
        base.says = says
        yield base


@pytest.fixture
def hub(engine, settings):
    settings.INDEXNOW_KEY, settings.WEBSUB_HUB = "", f"{engine}/hub"
    return engine


def out(how_many=1):
    """Stories that just came out; returns their addresses."""
    stories = [make_article() for _ in range(how_many)]
    publishing.announce_due()
    return [f"https://www.example.org{story.get_absolute_url()}" for story in stories]


def states():
    return list(Ping.objects.order_by("pk").values_list("tries", "error"))


# --- Success -----------------------------------------------------------------


def test_search_engines_hear_of_a_story_in_the_words_of_indexnow(engine):
    (address,) = out()

    assert pinging.send_due() == 1
    (request,) = engine.requests
    assert (request.method, request.path) == ("POST", "/indexnow")
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(request.body) == {
        "host": "www.example.org",
        "key": KEY,
        "keyLocation": f"https://www.example.org/{KEY}.txt",
        "urlList": [address],
    }


def test_the_hub_hears_of_each_feed_in_the_words_of_websub(hub):
    out()

    assert pinging.send_due() == 2
    assert {request.headers["content-type"] for request in hub.requests} == {
        "application/x-www-form-urlencoded"
    }
    assert [parse_qsl(request.body.decode()) for request in hub.requests] == [
        [("hub.mode", "publish"), ("hub.url", f"https://www.example.org{feed}")]
        for feed in ("/feed/", "/feed/atom/")
    ]


@pytest.mark.parametrize("status", [200, 202, 204])
def test_what_was_heard_is_not_said_again(engine, status):
    engine.says["/indexnow"] = [status]
    out()

    assert (pinging.send_due(), pinging.send_due()) == (1, 0)
    ping = Ping.objects.get()
    assert (ping.sent_at is None, ping.claimed_at, ping.error) == (False, None, "")
    assert len(engine.requests) == 1


def test_many_stories_at_once_are_one_request(engine, settings):
    settings.WEBSUB_HUB = f"{engine}/hub"
    addresses = out(30)

    assert pinging.send_due() == 30 + 60
    assert engine.paths == ["/indexnow", "/hub", "/hub"]
    assert sorted(json.loads(engine.requests[0].body)["urlList"]) == sorted(addresses)


def test_an_address_that_changed_twice_is_named_once(engine):
    article = make_article()
    publishing.announce_due()
    publishing.withdraw(Article.objects.all())
    publishing.publish(Article.objects.all())
    publishing.announce_due()

    assert pinging.send_due() == 3
    found = json.loads(engine.requests[0].body)["urlList"]
    assert found == [f"https://www.example.org{article.get_absolute_url()}"]


def test_more_rows_than_one_request_holds_go_in_the_next_ones(engine, monkeypatch):
    monkeypatch.setattr(pinging, "ROWS", 2)
    addresses = out(5)

    assert [pinging.send_due() for _ in range(4)] == [2, 2, 1, 0]
    heard = [url for request in engine.requests for url in json.loads(request.body)["urlList"]]
    assert sorted(heard) == sorted(addresses)


def test_nothing_is_asked_while_nothing_waits_or_nothing_is_configured(engine, settings):
    assert pinging.send_due() == 0
    out()
    settings.INDEXNOW_KEY = ""

    assert pinging.send_due() == 0
    assert engine.requests == []


@pytest.mark.parametrize("how_many", [1, 40])
def test_v2_a_run_asks_the_database_as_often_for_one_row_as_for_forty(
    engine, django_assert_max_num_queries, how_many
):
    out(how_many)
    with django_assert_max_num_queries(7):
        assert pinging.send_due() == how_many


# --- Trouble -----------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 307, 403, 404, 500, 503])
def test_a_service_in_trouble_is_asked_again_and_the_reason_is_kept(engine, status):
    engine.says["/indexnow"] = [Reply(b"<p>parole loro</p>", status, {"Location": "/hub"})]
    now = timezone.now()
    out()

    assert pinging.send_due(now) == 0
    ((tries, error),) = states()
    assert tries == 1
    assert error.startswith(f"Il servizio ha risposto {status}.")
    assert "loro" not in error
    assert pinging.send_due(now + MINUTE - timedelta(seconds=1)) == 0
    assert engine.paths == ["/indexnow"]
    assert pinging.send_due(now + MINUTE) == 1


def test_a_key_that_is_not_accepted_says_what_to_look_at(engine):
    engine.says["/indexnow"] = [403]
    out()
    pinging.send_due()

    assert "chiave" in states()[0][1]


def test_waits_grow_from_a_minute_to_an_hour(engine):
    engine.says["/indexnow"] = [500] * 6
    now = timezone.now()
    out()
    for minutes in (1, 5, 15, 60, 60, 60):
        pinging.send_due(now)
        assert Ping.objects.get().due_at == now + minutes * MINUTE
        now += minutes * MINUTE

    assert pinging.send_due(now) == 1


@pytest.mark.parametrize(
    ("said", "minutes"),
    [("600", 10), ("5", 1), ("999999", 24 * 60), ("domani", 1), ("", 1)],
)
def test_f4_a_service_that_names_a_time_is_left_alone_until_then(engine, said, minutes):
    engine.says["/indexnow"] = [Reply(status=429, headers={"Retry-After": said})]
    now = timezone.now()
    out()
    pinging.send_due(now)

    assert Ping.objects.get().due_at == now + minutes * MINUTE
    assert pinging.send_due(now + minutes * MINUTE - timedelta(seconds=1)) == 0
    assert pinging.send_due(now + minutes * MINUTE) == 1


def test_what_is_new_waits_with_what_failed(engine):
    engine.says["/indexnow"] = [Reply(status=429, headers={"Retry-After": "600"})]
    now = timezone.now()
    out()
    pinging.send_due(now)
    out()

    assert pinging.send_due(now + MINUTE) == 0
    assert pinging.send_due(now + 10 * MINUTE) == 2
    assert len(engine.requests) == 2


def test_a_clock_that_was_set_back_does_not_hold_pings_for_ever(engine):
    engine.says["/indexnow"] = [500]
    now = timezone.now()
    out()
    pinging.send_due(now + timedelta(days=400))

    assert pinging.send_due(now) == 1


@pytest.mark.parametrize("status", [400, 422])
def test_words_that_are_refused_are_given_up_at_once(engine, status, caplog):
    engine.says["/indexnow"] = [status]
    out()
    with caplog.at_level(logging.ERROR, "articles.pinging"):
        pinging.send_due()

    ping = Ping.objects.get()
    assert ping.failed_at
    assert f"{status}" in ping.error
    assert len(caplog.records) == 1
    assert pinging.send_due(timezone.now() + timedelta(days=1)) == 0


def test_after_two_days_of_trouble_a_ping_is_given_up_and_a_newer_one_is_not(engine):
    out(2)
    now = timezone.now()
    old, new = Ping.objects.order_by("pk")
    Ping.objects.update(tries=4)
    Ping.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=2))
    engine.says["/indexnow"] = [500]
    pinging.send_due(now)

    old.refresh_from_db()
    new.refresh_from_db()
    assert old.failed_at == now
    assert (new.failed_at, new.due_at) == (None, now + 60 * MINUTE)


def test_a_worker_that_was_away_for_days_still_tries_before_it_gives_up(engine):
    out()
    Ping.objects.update(created_at=timezone.now() - timedelta(days=9))
    engine.says["/indexnow"] = [500]
    now = timezone.now()

    assert pinging.send_due(now) == 0
    assert pinging.send_due(now + MINUTE) == 1


def test_trouble_is_said_once_and_not_with_every_try(engine, caplog):
    engine.says["/indexnow"] = [500] * 3
    now = timezone.now()
    out()
    with caplog.at_level(logging.WARNING, "articles.pinging"):
        for minutes in (0, 1, 6):
            pinging.send_due(now + minutes * MINUTE)

    assert len(caplog.records) == 1
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    "route", [stall(), drip(b"HTTP/1.1 200 OK\r\nX: ")], ids=["silent", "slow"]
)
def test_f2_a_service_that_does_not_answer_in_time_is_asked_later(settings, monkeypatch, route):
    post = fetch.post
    monkeypatch.setattr(fetch, "post", lambda *a, **options: post(*a, **options, seconds=0.4))
    with serving({"*": route}) as base:
        settings.INDEXNOW_KEY, settings.INDEXNOW_ENDPOINT = KEY, f"{base}/indexnow"
        out()
        assert pinging.send_due() == 0

    assert states() == [(1, fetch.SENTENCES["timeout"])]


def test_a_hub_that_is_away_loses_nothing(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.WEBSUB_HUB = f"http://127.0.0.1:{port}/hub"
    out()
    assert pinging.send_due() == 0

    # The first feed failed; the second was not tried and waits as before.
    assert states() == [(1, fetch.SENTENCES["connect"]), (0, "")]
    with serving({"*": lambda request: 204}) as base:
        settings.WEBSUB_HUB = f"{base}/hub"
        assert pinging.send_due(timezone.now() + MINUTE) == 2


def test_f1_a_hub_inside_our_network_is_not_asked(hub, settings):
    settings.FETCH_ALLOW = []
    settings.WEBSUB_HUB = "http://10.0.0.1/hub"
    out()
    pinging.send_due()

    assert states()[0] == (1, fetch.SENTENCES["private"])
    assert hub.requests == []


def test_one_service_in_trouble_does_not_silence_the_other(engine, settings):
    settings.WEBSUB_HUB = f"{engine}/hub"
    engine.says["/indexnow"] = [500]
    out()

    assert pinging.send_due() == 2
    assert set(Ping.objects.filter(sent_at=None).values_list("kind", flat=True)) == {"indexnow"}


# --- Crashes and company -----------------------------------------------------


def test_a_worker_killed_while_it_spoke_loses_its_claim_after_five_minutes(engine, monkeypatch):
    def killed(*args, **options):
        raise KeyboardInterrupt

    now = timezone.now()
    out()
    with monkeypatch.context() as patch:
        patch.setattr(fetch, "post", killed)
        with pytest.raises(KeyboardInterrupt):
            pinging.send_due(now)

    assert pinging.send_due(now + 4 * MINUTE) == 0
    assert pinging.send_due(now + 5 * MINUTE) == 1


def test_a_late_worker_does_not_undo_what_another_noted(engine, monkeypatch):
    now = timezone.now()
    out()

    def slow(*args, **options):
        with monkeypatch.context() as patch:
            patch.setattr(fetch, "post", post)
            assert pinging.send_due(now + 6 * MINUTE) == 1
        raise FetchError("timeout")

    post = fetch.post
    monkeypatch.setattr(fetch, "post", slow)
    pinging.send_due(now)

    ping = Ping.objects.get()
    assert (ping.sent_at, ping.error, ping.tries) == (now + 6 * MINUTE, "", 0)


def test_a_late_worker_leaves_a_row_to_the_one_that_holds_it_now(engine, monkeypatch):
    now = timezone.now()
    out()

    def slow(*args, **options):
        Ping.objects.update(claimed_at=now + 6 * MINUTE)
        raise FetchError("timeout")

    monkeypatch.setattr(fetch, "post", slow)
    pinging.send_due(now)

    ping = Ping.objects.get()
    assert (ping.claimed_at, ping.error, ping.tries) == (now + 6 * MINUTE, "", 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_say_each_change_once(engine, monkeypatch):
    monkeypatch.setattr(pinging, "ROWS", 3)
    addresses = out(12)

    def work(_):
        try:
            return sum(pinging.send_due() for _ in range(6))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 12
    heard = [url for request in engine.requests for url in json.loads(request.body)["urlList"]]
    assert sorted(heard) == sorted(addresses)


def test_rows_go_after_thirty_days(engine):
    out(2)
    pinging.send_due()
    Ping.objects.filter(pk=Ping.objects.first().pk).update(
        created_at=timezone.now() - timedelta(days=31)
    )

    assert pinging.forget_due() == 1
    assert Ping.objects.count() == 1
