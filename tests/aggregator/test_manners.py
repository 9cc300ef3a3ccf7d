"""Manners towards the sources (trust table, F4): validators, pauses, moves, one at a time."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from aggregator import polling
from aggregator.models import Feed, HostPause, Item
from kit import addresses
from tests.aggregator.making import make_feed
from tests.aggregator.reading import (
    BROKEN,
    documents,
    feed_of,
    on_every_host,
    parse_here,
    poll,
)
from tests.kit.loopback import Reply, redirect, serving

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def parser(settings, monkeypatch):
    return parse_here(settings, monkeypatch)


def valid(body, etag="", modified=""):
    headers = {"ETag": etag, "Last-Modified": modified}
    return Reply(body, headers={name: value for name, value in headers.items() if value})


def asked_with(base):
    """The validators of each request, as pairs."""
    names = ("if-none-match", "if-modified-since")
    return [tuple(request.headers.get(name, "") for name in names) for request in base.requests]


# --- Validators --------------------------------------------------------------


@pytest.mark.parametrize(
    ("etag", "modified"),
    [
        ('W/"a"', "Wed, 25 Nov 2026 10:00:00 GMT"),
        ('"x"-gzip', ""),
        ("senza virgolette", "ieri, o quasi"),
        ('"perché"', "25/11/2026 10:00"),
        ("", "Wed, 25-Nov-26 10:00:00 CET"),
    ],
)
def test_f4_validators_go_back_exactly_as_they_came(etag, modified):
    with serving({"/feed": lambda request: valid(feed_of(1), etag, modified)}) as base:
        make_feed(f"{base}/feed")
        poll(2)

    assert asked_with(base) == [("", ""), (etag, modified)]


@pytest.mark.parametrize("body", [feed_of(1), feed_of(2)], ids=["same bytes", "other bytes"])
@pytest.mark.parametrize("newer", [('"2"', "domani"), ('"2"', ""), ("", "")])
def test_f4_after_new_validators_the_old_ones_are_never_sent(body, newer):
    first = valid(feed_of(1), '"1"', "oggi")
    with serving({"/feed": documents(first, valid(body, *newer))}) as base:
        make_feed(f"{base}/feed")
        poll(3)

    assert asked_with(base) == [("", ""), ('"1"', "oggi"), newer]


def test_f4_a_304_brings_newer_validators_or_leaves_the_old_ones():
    unchanged = Reply(status=304), Reply(status=304, headers={"Last-Modified": "domani"})
    with serving({"/feed": documents(valid(feed_of(1), '"1"', "oggi"), *unchanged)}) as base:
        make_feed(f"{base}/feed")
        poll(4)

    assert asked_with(base)[1:] == [('"1"', "oggi"), ('"1"', "oggi"), ('"1"', "domani")]


def test_f4_validators_of_what_could_not_be_read_are_not_kept():
    with serving({"/feed": documents(valid(feed_of(1), '"1"'), valid(BROKEN, '"2"'))}) as base:
        make_feed(f"{base}/feed")
        poll(3)

    assert asked_with(base)[1:] == [('"1"', ""), ('"1"', "")]


def test_f4_a_200_with_the_same_bytes_is_not_parsed_again(parser):
    with serving({"/feed": documents(feed_of(1), feed_of(1), feed_of(1, 2))}) as base:
        feed = make_feed(f"{base}/feed")
        poll(2)
        parsed_after_two = parser.documents
        (outcome,) = poll()

    feed.refresh_from_db()
    assert (parsed_after_two, parser.documents) == (1, 2)
    assert (outcome.new, feed.failures, Item.objects.count()) == (1, 0, 2)


# --- One at a time -----------------------------------------------------------


class Crowd:
    """A slow route that counts who is there at once: per host, and in all."""

    def __init__(self):
        self.lock, self.here, self.most = threading.Lock(), Counter(), Counter()

    def __call__(self, request):
        names = (request.headers["host"], "all")
        with self.lock:
            self.here.update(names)
            self.most |= self.here
        time.sleep(0.03)
        with self.lock:
            self.here.subtract(names)
        return feed_of(1)


def test_f4_one_request_at_a_time_for_each_host_and_all_hosts_at_once():
    crowd = Crowd()
    with on_every_host({"*": crowd}) as (port, _):
        for host in range(1, 5):
            for number in range(5):
                make_feed(f"http://127.0.0.{host}:{port}/{number}")
        outcomes = polling.poll_due()

    assert [outcome.error for outcome in outcomes] == [""] * 20
    assert {name: most for name, most in crowd.most.items() if name != "all"} == {
        f"127.0.0.{host}:{port}": 1 for host in range(1, 5)
    }
    assert crowd.most["all"] >= 3


def test_f4_a_slow_host_keeps_nobody_waiting():
    arrived = []

    def quick(request):
        arrived.append(request.headers["host"])
        return feed_of(1)

    def slow(request):
        while len(arrived) < 8 and not request.stopped.wait(0.01):
            pass
        arrived.append("slow")
        return feed_of(1)

    with on_every_host({"/slow": slow, "*": quick}) as (port, _):
        make_feed(f"http://127.0.0.1:{port}/slow")
        for number in range(8):
            make_feed(f"http://127.0.0.2:{port}/{number}")
        polling.poll_due()

    assert arrived.index("slow") == 8


# --- Pauses ------------------------------------------------------------------


def in_three_hours():
    return format_datetime(datetime.now(UTC) + 3 * HOUR, usegmt=True)


@pytest.mark.parametrize(
    ("status", "header", "hours"),
    [
        (429, "7200", 2),
        (503, "7200", 2),
        (503, in_three_hours, 3),
        (429, "5", 1),
        (503, "Wed, 25 Nov 1998 10:00:00 GMT", 1),
        (429, "99999999", 7 * 24),
        (503, "999999999999999999999", 1),
        (429, "domani", 1),
        (503, None, 1),
    ],
)
def test_f4_a_host_is_left_alone_as_long_as_it_asks(status, header, hours):
    said = {"Retry-After": header() if callable(header) else header} if header else {}
    now = timezone.now()
    with serving({"/feed": lambda request: Reply(status=status, headers=said)}) as base:
        feed = make_feed(f"{base}/feed")
        (outcome,) = polling.poll_due(now)

    pause = HostPause.objects.get()
    feed.refresh_from_db()
    assert pause.host == "127.0.0.1"
    assert abs(pause.until - now - hours * HOUR) < timedelta(seconds=10)
    assert feed.next_check_at >= pause.until
    assert outcome.error == feed.error
    assert "La fonte chiede di rallentare" in feed.error


def test_f4_without_a_time_the_pause_doubles_from_an_hour_to_a_day():
    now, hours = timezone.now(), []
    with serving({"/feed": lambda request: 503}) as base:
        make_feed(f"{base}/feed")
        for _ in range(7):
            polling.poll_due(now)
            until = HostPause.objects.get().until
            hours.append(round((until - now) / HOUR, 1))
            now = until + timedelta(minutes=6)

    assert hours == [1, 2, 4, 8, 16, 24, 24]


def test_f4_a_pause_is_for_all_feeds_of_the_host_at_once_and_for_no_other_host():
    now = timezone.now()
    busy = documents(Reply(status=429, headers={"Retry-After": "7200"}), feed_of(1))
    routes = {"/1": busy, "*": lambda request: feed_of(1)}
    with on_every_host(routes) as (port, base):
        make_feed(f"http://127.0.0.1:{port}/1", next_check_at=now - HOUR)
        make_feed(f"http://127.0.0.1:{port}/2")
        make_feed(f"http://127.0.0.2:{port}/3")
        polling.poll_due(now)
        at_first = sorted(base.paths)
        make_feed(f"http://127.0.0.1:{port}/4")
        polling.poll_due(now + HOUR)
        in_the_pause = base.paths[len(at_first) :]
        polling.poll_due(now + 3 * HOUR)

    assert at_first == ["/1", "/3"]
    assert "/4" not in in_the_pause
    assert "/2" not in in_the_pause
    assert {"/1", "/2", "/4"} <= set(base.paths[len(at_first + in_the_pause) :])


def test_f4_a_pause_is_by_host_name_not_by_domain():
    now = timezone.now()
    HostPause.objects.create(host="blog.example.org", until=now + HOUR)
    for host in ("blog.example.org", "www.blog.example.org", "altro.example.org", "example.org"):
        make_feed(f"https://{host}/{host}")

    waiting = polling.waiting_feeds(now, 10)

    assert [feed.host for feed in waiting] == ["altro.example.org", "example.org"]


def test_a_paused_host_with_many_feeds_does_not_stand_before_the_others():
    now = timezone.now()
    HostPause.objects.create(host="grande.example", until=now + HOUR)
    for number in range(10):
        make_feed(f"https://grande.example/{number}", next_check_at=now - HOUR)
    other = make_feed("https://piccola.example/feed")

    assert polling.waiting_feeds(now, 2) == [other]


# --- Gone, moved, away -------------------------------------------------------


def test_f4_a_feed_that_is_gone_is_never_asked_again():
    with serving({"/feed": lambda request: 410}) as base:
        feed = make_feed(f"{base}/feed")
        poll(3, apart=timedelta(days=30))

    feed.refresh_from_db()
    assert len(base.requests) == 1
    assert feed.state == Feed.State.GONE
    assert "chiuso per sempre" in feed.error
    assert feed.claimed_at is None


@pytest.mark.parametrize("status", [301, 308])
def test_f4_the_address_changes_after_three_equal_permanent_redirects(status):
    with serving({"/old": redirect("/new", status), "/new": lambda r: feed_of(1)}) as base:
        feed = make_feed(f"{base}/old")
        poll(2)
        feed.refresh_from_db()
        after_two = feed.address
        poll(2)

    feed.refresh_from_db()
    assert after_two == f"{base}/old"
    assert feed.address == f"{base}/new"
    assert (feed.moved_to, feed.moved_times) == ("", 0)
    assert base.paths == ["/old", "/new"] * 3 + ["/new"]
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    "ways",
    [
        ["/a", "/a", "/b"],
        ["/a", "/a", None, "/a", "/a"],
        ["/via-302", "/via-302", "/via-302"],
    ],
    ids=["another answer", "an answer without redirect", "a temporary one on the way"],
)
def test_f4_anything_else_does_not_change_the_address(ways):
    answers = [redirect(way, 301) if way else (lambda request: feed_of(1)) for way in ways]
    routes = {"/old": documents(*answers), "/via-302": redirect("/a"), "*": lambda r: feed_of(1)}
    with serving(routes) as base:
        feed = make_feed(f"{base}/old")
        poll(len(ways))

    feed.refresh_from_db()
    assert feed.address == f"{base}/old"


def test_f4_the_address_stays_where_another_feed_has_the_new_one_already():
    routes = {"/old": redirect("/new/", 301), "*": lambda request: feed_of(1)}
    with serving(routes) as base:
        feed = make_feed(f"{base}/old")
        make_feed(f"{base}/new")
        outcomes = poll(5)

    feed.refresh_from_db()
    assert [outcome.error for outcome in outcomes] == ["", ""]
    assert feed.address == f"{base}/old"


def test_f4_a_move_into_a_private_network_is_refused_however_often_it_is_said(settings):
    with on_every_host({"*": lambda request: feed_of(1)}) as (port, _):
        settings.FETCH_ALLOW = addresses.ranges([f"127.0.0.1/32:{port}"])
        target = f"http://127.0.0.2:{port}/new"
        with serving({"/old": redirect(target, 301)}) as base:
            settings.FETCH_ALLOW += addresses.ranges([f"127.0.0.1/32:{base.rsplit(':')[-1]}"])
            feed = make_feed(f"{base}/old")
            (outcome,) = poll(4)

    feed.refresh_from_db()
    assert "rete privata" in outcome.error
    assert (feed.address, feed.moved_times, Item.objects.count()) == (f"{base}/old", 0, 0)


@pytest.mark.parametrize("status", [401, 403, 404, 500, 418])
def test_an_error_of_the_source_stands_on_the_feed_in_italian(status):
    with serving({"/feed": lambda request: status}) as base:
        feed = make_feed(f"{base}/feed")
        (outcome,) = polling.poll_due()

    feed.refresh_from_db()
    assert outcome.error == feed.error
    assert f"({status})." in feed.error
    assert (feed.failures, feed.claimed_at) == (1, None)


def test_f4_errors_back_off_from_half_an_hour_to_a_day():
    now, waits = timezone.now(), []
    with serving({}) as base:
        feed = make_feed(f"{base}/feed")
        for _ in range(8):
            polling.poll_due(now)
            feed.refresh_from_db()
            waits.append((feed.next_check_at - now) / HOUR)
            now = feed.next_check_at

    for wait, hours in zip(waits, [0.5, 1, 2, 4, 8, 16, 24, 24], strict=True):
        assert hours <= wait <= hours * 1.1 + 0.01
    assert feed.failures == len(base.requests) == 8


def test_f4_the_desk_is_told_after_a_day_of_errors_until_it_works_again():
    now = timezone.now()
    with serving({"/feed": documents(lambda r: 500, lambda r: 500, feed_of(1))}) as base:
        feed = make_feed(f"{base}/feed")
        polling.poll_due(now)
        polling.poll_due(now + 2 * HOUR)
        soon = Feed.objects.alarming(now + 23 * HOUR).count()
        late = list(Feed.objects.alarming(now + 25 * HOUR))
        polling.poll_due(now + 26 * HOUR)

    assert (soon, late) == (0, [feed])
    assert late[0].is_alarming(now + 25 * HOUR)
    feed.refresh_from_db()
    assert not Feed.objects.alarming(now + 99 * HOUR).exists()
    assert (feed.error, feed.failures, feed.failing_since) == ("", 0, None)
