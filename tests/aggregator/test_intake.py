"""Filing what a feed says: new or known, dated once for ever, never twice, never a flood (F5)."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from aggregator import intake, polling, review
from aggregator.clusters import Recent
from aggregator.intake import identities
from aggregator.models import Cluster, Feed, Item
from aggregator.parsing import Entry
from tests.aggregator.making import make_feed, rss
from tests.aggregator.reading import documents, feed_of, news, parse_here, poll
from tests.kit.loopback import serving

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def parser(settings, monkeypatch):
    return parse_here(settings, monkeypatch)


def polled(*bodies, **fields):
    """A feed after as many polls as it had answers, a day apart."""
    with serving({"/feed": documents(*bodies)}) as base:
        feed = make_feed(f"{base}/feed", **fields)
        start = timezone.now()
        for number in range(len(bodies)):
            poll(start=start + number * DAY)
    feed.refresh_from_db()
    return feed


def file(feed, *entries, now=None):
    now = now or timezone.now()
    return intake.file(feed, entries, Recent(now), now)


def entry(number, **more):
    fields = {"guid": f"n{number}", "url": f"https://fonte.example/{number}"}
    return Entry(
        **fields | {"title": f"Notizia {number}", "html": f"<p>Testo {number}.</p>"} | more
    )


def titles():
    return sorted(Item.objects.values_list("title", flat=True))


# --- Identity ----------------------------------------------------------------


def different(*entries):
    found = identities(entries)
    return len(found) == len(set(found)) == len(entries)


def test_a_guid_is_the_identity_whatever_else_changes():
    other = entry(1, url="https://altrove.example/", title="Altro", html="")

    assert identities([entry(1)]) == identities([other])
    assert different(entry(1), entry(2))


def test_a_guid_given_to_many_is_split_by_address_in_any_spelling():
    assert different(entry(1, guid="tutti"), entry(2, guid="tutti"))
    spelt = entry(1, guid="tutti", url="http://www.fonte.example/1?utm_source=feed")
    assert (
        identities([spelt, entry(2, guid="tutti")])[0]
        == identities([entry(1, guid="tutti"), entry(2, guid="tutti")])[0]
    )


def test_without_guid_the_address_is_the_identity_and_without_address_the_text():
    assert identities([entry(1, guid="", title="a")]) == identities([entry(1, guid="", title="b")])
    assert different(entry(1, guid="", url=""), entry(2, guid="", url=""))


@pytest.mark.parametrize("guid", ["", "tutti"])
@pytest.mark.parametrize("url", ["", "https://fonte.example/"])
def test_entries_with_nothing_of_their_own_but_the_text_are_still_many(guid, url):
    assert different(*(entry(number, guid=guid, url=url) for number in range(5)))


def test_one_entry_listed_twice_is_one():
    assert len(set(identities([entry(1), entry(1)]))) == 1
    assert len(set(identities([entry(1, guid=""), entry(1, guid="")]))) == 1


def test_a_guid_of_one_feed_says_nothing_in_another():
    file(make_feed(), entry(1))
    file(make_feed(), entry(1, url="https://altra.example/x", title="Una cosa diversa"))

    assert Item.objects.count() == Cluster.objects.count() == 2


def test_the_same_guid_on_all_keeps_all():
    same = [news(number, guid="uguale") for number in range(30)]
    feed = polled(rss(*same), rss(*same, news(30, guid="uguale")))

    assert feed.items.count() == 31


def test_f5_new_guids_on_known_addresses_make_no_second_line():
    feed = polled(
        rss(news(1), news(2)),
        rss(news(1, guid="x1"), news(2, guid="x2", link="http://www.fonte.example/2?utm_medium=f")),
    )

    assert feed.items.count() == Cluster.objects.count() == 2


def test_an_address_that_many_entries_have_does_not_make_them_one_line():
    home = "https://fonte.example/"
    episodes = [news(number, link=home, title=f"Puntata {number}") for number in (1, 2, 3)]
    feed = polled(rss(*episodes[:2]), rss(*episodes))

    assert feed.items.count() == Cluster.objects.count() == 3


def test_an_address_that_passed_on_to_a_newer_entry_is_not_taken_for_the_old_one():
    latest = "https://fonte.example/ultima"
    feed = polled(
        rss(news(1, link=latest)),
        rss(news(2, link=latest, title="Una cosa del tutto nuova"), news(1)),
    )

    assert feed.items.count() == 2
    assert titles() == ["Notizia 1 di una fonte", "Una cosa del tutto nuova"]


# --- What is normal, and what is dropped ------------------------------------


def test_f5_no_link_no_guid_and_no_date_are_normal():
    feed = polled(rss({"title": "Solo un titolo"}, {"description": "Solo un testo, più lungo."}))

    assert titles() == ["Solo un testo, più lungo.", "Solo un titolo"]
    assert {item.url for item in feed.items.all()} == {""}
    assert {item.sort_date for item in feed.items.all()} == {feed.items.first().first_seen_at}
    assert Cluster.objects.count() == 2


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://x.example/"]
)
def test_f5_a_link_that_is_none_of_the_web_drops_the_item(link):
    feed = polled(rss(news(1, link=link), news(2)))

    assert titles() == ["Notizia 2 di una fonte"]
    assert feed.error == ""


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 1900 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Sat, 31 Dec 1994 23:00:00 GMT",
        "Wed, 01 Jan 2200 00:00:00 GMT",
        "Tue, 99 Foo 99999999 99:99:99",
        "ieri sera",
    ],
)
def test_f5_a_date_outside_1995_to_now_is_now(date):
    feed = polled(rss(news(1, pubDate=date)))

    item = feed.items.get()
    assert item.sort_date == item.first_seen_at == item.cluster.sort_date


def test_a_date_of_tomorrow_is_never_before_its_time():
    tomorrow = format_datetime(datetime.now(UTC) + timedelta(hours=20))
    feed = polled(rss(news(1, pubDate=tomorrow)))

    item = feed.items.get()
    assert item.sort_date == item.first_seen_at


def test_a_date_in_the_past_is_the_items_place():
    when = datetime.now(UTC).replace(microsecond=0) - 3 * DAY
    feed = polled(rss(news(1, pubDate=format_datetime(when))))

    assert feed.items.get().sort_date == Cluster.objects.get().sort_date == when


# --- Updates -----------------------------------------------------------------


def test_an_update_changes_the_text_and_never_moves_an_item():
    feed = make_feed()
    now = timezone.now()
    file(feed, entry(1), now=now)
    before = feed.items.get()
    changed = entry(1, title="Titolo nuovo", html="<p>Nuovo.</p>", published=now - 20 * DAY)
    filed = file(feed, changed, now=now + DAY)

    after = feed.items.get()
    assert (filed.new, filed.changed) == (0, 1)
    assert (after.title, after.html) == ("Titolo nuovo", "<p>Nuovo.</p>")
    for name in ("pk", "feed_id", "cluster_id", "sort_date", "first_seen_at", "identity", "url"):
        assert getattr(after, name) == getattr(before, name)
    assert Cluster.objects.get().sort_date == before.cluster.sort_date


def test_an_update_leaves_what_editors_decided():
    feed = make_feed()
    file(feed, entry(1))
    Cluster.objects.update(state=Cluster.State.DROPPED, reason="non ci riguarda", starred=True)
    file(feed, entry(1, title="Torno con un altro titolo"))

    line = Cluster.objects.get()
    assert (line.state, line.reason, line.starred) == ("dropped", "non ci riguarda", True)


def test_a_feed_that_changes_everything_at_each_poll_stays_as_long_as_it_is():
    bodies = [
        rss(*(news(n, title=f"Versione {turn} della {n}", guid=f"{turn}-{n}") for n in range(10)))
        for turn in range(4)
    ]
    feed = polled(*bodies)

    assert feed.items.count() == Cluster.objects.count() == 10
    assert {item.title[:10] for item in feed.items.all()} == {"Versione 3"}
    assert {item.sort_date for item in feed.items.all()} == {feed.items.first().first_seen_at}


def test_unchanged_items_are_not_written(django_assert_max_num_queries):
    feed = make_feed()
    file(feed, *map(entry, range(50)))

    with django_assert_max_num_queries(8):
        filed = file(feed, *map(entry, range(50)))

    assert (filed.new, filed.changed) == (0, 0)


def test_new_items_cost_the_same_queries_however_many(django_assert_max_num_queries):
    links = ("https://progetto.example/annuncio",)
    file(make_feed(), entry(999, title="Una notizia di prima del solito kernel"))
    for many in (5, 100):
        with django_assert_max_num_queries(20):
            file(make_feed(), *(entry(n + many * 1000, links=links) for n in range(many)))


# --- Floods ------------------------------------------------------------------


def test_the_backlog_of_a_new_feed_does_not_flood_the_page():
    now = datetime.now(UTC)
    old = [news(n, pubDate=format_datetime(now - n * 3 * DAY)) for n in range(1, 100)]
    make_line = entry(1000, title="La notizia di oggi", url="https://altra.example/oggi")
    file(make_feed(), make_line)
    feed = polled(rss(*old))

    newest = review.newest()
    assert newest[0].item.title == "La notizia di oggi"
    assert feed.items.count() < 35  # past 90 days they are not even taken in
    assert not Cluster.objects.filter(sort_date__gt=now - 2 * DAY).exclude(
        items__title="La notizia di oggi"
    )


def test_f5_past_two_thousand_new_rows_a_day_the_rest_is_held_and_the_desk_is_told():
    many = [entry(number) for number in range(2100)]
    feed, now = make_feed(), timezone.now()

    filed = file(feed, *many, now=now)

    assert (filed.new, filed.waiting, feed.items.count()) == (2000, 100, 2000)
    assert file(feed, *many, now=now + DAY / 2).waiting == 100
    assert file(feed, *many, now=now + DAY + DAY / 24).new == 100


def test_f5_what_was_held_comes_in_the_next_day_though_nothing_changed(monkeypatch):
    monkeypatch.setattr(intake, "PER_DAY", 3)
    now = timezone.now()
    body = documents(feed_of(1, 2, 3, 4, 5))

    def route(request):
        from tests.kit.loopback import Reply

        if request.headers.get("if-none-match") == '"1"':
            return 304
        return Reply(body(request), headers={"ETag": '"1"'})

    with serving({"/feed": route}) as base:
        feed = make_feed(f"{base}/feed")
        (outcome,) = poll(start=now)
        feed.refresh_from_db()
        held, told = feed.error, list(Feed.objects.alarming(timezone.now()))
        alarming = feed.is_alarming(timezone.now())
        poll(start=now + DAY + DAY / 24)

    assert (outcome.new, outcome.error, feed.items.count()) == (3, "", 5)
    assert "2.000 notizie" in held
    assert (told, alarming) == ([feed], True)
    feed.refresh_from_db()
    assert (feed.error, feed.failing_since) == ("", None)


# --- Rules -------------------------------------------------------------------


def test_rules_are_applied_to_new_items_only():
    feed = polled(
        feed_of(1, 2),
        feed_of(1, 2, 3, 4),
        drop_rules="titolo: notizia 3",
    )
    assert titles() == [f"Notizia {n} di una fonte" for n in (1, 2, 4)]

    Feed.objects.update(keep_rules="titolo: kernel")
    feed.refresh_from_db()
    filed = file(feed, entry(1, title="Senza la parola"), entry(9), entry(10, title="Il kernel"))
    assert (filed.new, filed.changed, filed.refused) == (1, 1, 1)


# --- One feed's trouble is its own ------------------------------------------


def test_what_cannot_be_filed_stands_on_its_feed_and_the_others_arrive(monkeypatch, caplog):
    good = intake.file

    def fail_one(feed, *rest):
        if feed.title == "Guasta":
            raise polling.DataError("a character the database does not take")
        return good(feed, *rest)

    monkeypatch.setattr(intake, "file", fail_one)
    with serving({"*": lambda request: feed_of(1)}) as base:
        bad = make_feed(f"{base}/1", title="Guasta", next_check_at=timezone.now() - DAY)
        make_feed(f"{base}/2")
        outcomes = polling.poll_due()

    bad.refresh_from_db()
    assert [outcome.new for outcome in outcomes] == [0, 1]
    assert bad.error == polling.OURS
    assert (bad.failures, bad.claimed_at, bad.body_hash) == (1, None, "")
