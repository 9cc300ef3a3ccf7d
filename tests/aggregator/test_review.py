"""/rassegna/: what readers see of the outside world, day by day, and what it costs."""

import json
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from aggregator import desk as acts
from aggregator import polling, review
from aggregator.models import Cluster, Feed
from tests.aggregator.desk import active, queries_of
from tests.aggregator.making import make_feed, make_item, rss
from tests.comments.deciding import purges
from tests.factories import make_article
from tests.kit.loopback import ALLOW, Reply, serving
from tests.kit.payloads import PAYLOADS
from tests.mmul.test_public_pages import Loads

pytestmark = pytest.mark.django_db
PAGES = ["/rassegna/", "/rassegna/feed/", "/rassegna/opml/", "/rassegna/fonti/"]
HEADLINE = re.compile(r'<h3 class="review__headline">.*?<span[^>]*>(.*?)</span>', re.DOTALL)


def at(day, hour=12, minute=0):
    """An instant of June 2026, in Italian time."""
    return timezone.make_aware(datetime(2026, 6, day, hour, minute))


def titles(client, address="/rassegna/"):
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return HEADLINE.findall(response.text)


def folded(page):
    _, _, rest = page.partition("<details")
    return HEADLINE.findall(rest.partition("</details>")[0])


# --- days ---


def test_an_empty_review_is_a_page(client):
    page = client.get("/rassegna/")

    assert page.status_code == 200
    assert "La rassegna è ancora vuota." in page.text


def test_the_newest_day_is_shown_with_its_italian_name(client):
    make_item(title="ieri", sort_date=at(1))
    make_item(title="oggi", sort_date=at(2))

    page = client.get("/rassegna/").text

    assert HEADLINE.findall(page) == ["oggi"]
    assert "Martedì 2 giugno 2026" in page


def test_a_day_ends_at_midnight_in_italy(client):
    make_item(title="prima", sort_date=at(1, 23, 59))
    make_item(title="dopo", sort_date=at(2, 0, 0))

    assert titles(client, "/rassegna/2026/06/01/") == ["prima"]
    assert titles(client, "/rassegna/2026/06/02/") == ["dopo"]
    assert 'datetime="2026-06-02T00:00:00+02:00">00:00</time>' in client.get("/rassegna/").text


def test_a_day_of_the_clock_change_has_all_its_hours(client):
    for hour in (0, 23):
        when = timezone.make_aware(datetime(2026, 10, 25, hour, 30))
        make_item(title=f"ore {hour}", sort_date=when)

    assert titles(client, "/rassegna/2026/10/25/") == ["ore 23", "ore 0"]


def test_the_days_before_and_after_that_hold_something_are_linked(client):
    for day in (1, 5, 9):
        make_item(sort_date=at(day))

    page = client.get("/rassegna/2026/06/05/").text

    assert 'href="/rassegna/2026/06/01/" rel="prev">← 1 giugno' in page
    assert 'href="/rassegna/2026/06/09/" rel="next">9 giugno →' in page
    assert 'rel="next"' not in client.get("/rassegna/2026/06/09/").text
    assert 'rel="prev"' not in client.get("/rassegna/2026/06/01/").text


@pytest.mark.parametrize(
    "path",
    [
        "2026/06/02/",
        "2026/02/31/",
        "2026/6/1/",
        "2026/13/01/",
        "1969/01/01/",
        "2099/12/31/",
        "9999/12/31/",
        "fonte/0/",
        "fonte/999/",
        "fonte/²/",
        "fonte/999999999999999999/",
        "fonte/9999999999999999999/",
        "fonte/999/2026/06/01/",
        "altro/",
    ],
)
def test_days_without_news_and_odd_numbers_are_not_found(client, path):
    make_item(sort_date=at(1))

    assert client.get(f"/rassegna/{path}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("address", PAGES)
def test_nobody_writes_here(client, method, address):
    assert getattr(client, method)(address).status_code == 405


# --- lines ---


def test_a_line_has_outlet_language_author_time_extract_and_a_link_out(client):
    item = make_item(
        make_feed(title="Pinguin Woche"),
        title="Pinguine gezählt",
        author="Ada Neri",
        language="de",
        extract="Es sind viele.",
        html="<p>Der ganze Text.</p>",
        sort_date=at(2, 9, 5),
    )

    page = client.get("/rassegna/").text
    line = page[page.index('<li class="review__line') : page.index("</li>")]

    link = f'<a href="{item.url}" rel="noopener nofollow" target="_blank"><span lang="de">'
    for words in [
        "Pinguin Woche",
        "tedesco",
        "Ada Neri",
        ">09:05</time>",
        f"{link}Pinguine gezählt</span>",
        "si apre in una nuova scheda",
        '<p class="review__extract" lang="de">Es sind viele.</p>',
    ]:
        assert words in line, words
    assert "Der ganze Text" not in page


def test_italian_news_has_no_badge(client):
    make_item(language="it")

    assert "review__language" not in client.get("/rassegna/").text


def test_what_stands_elsewhere_too_is_one_line(client):
    item = make_item(make_feed(title="Una"), title="Prima")
    second = make_feed(title="Seconda")
    for feed in (second, second, item.feed):
        make_item(feed, item.cluster)

    page = client.get("/rassegna/").text

    assert HEADLINE.findall(page) == ["Prima"]
    others = page[page.index("anche su:") :].partition("</p>")[0]
    assert others.count("<a ") == 1
    assert "Seconda" in others


def test_at_most_three_of_a_source_and_day_stand_before_the_fold(client):
    flood, other = make_feed(title="Flood"), make_feed(title="Altra")
    for number in range(6):
        make_item(flood, title=f"flood {number}", sort_date=at(2, 10 + number))
    make_item(other, title="altra", sort_date=at(2, 1))
    make_item(flood, title="del giorno prima", sort_date=at(1))

    page = client.get("/rassegna/").text

    assert HEADLINE.findall(page)[:4] == ["flood 5", "flood 4", "flood 3", "altra"]
    assert folded(page) == ["flood 2", "flood 1", "flood 0"]
    assert "Altre 3 notizie delle stesse fonti" in page


def test_one_folded_line_is_told_in_the_singular(client):
    flood = make_feed()
    for number in range(4):
        make_item(flood, sort_date=at(2, number))

    assert "Un’altra notizia delle stesse fonti" in client.get("/rassegna/").text


def test_starred_lines_come_first_and_are_never_folded(client):
    flood = make_feed()
    for number in range(6):
        item = make_item(flood, title=f"{number}", sort_date=at(2, 10 + number))
        if number < 2:
            acts.star(item.cluster, True)

    page = client.get("/rassegna/").text

    assert HEADLINE.findall(page) == ["1", "0", "5", "4", "3", "2"]
    assert folded(page) == ["4", "3", "2"]
    assert page.count("review__line--starred") == 2


def test_the_extract_is_never_longer_than_300_characters(client):
    make_item(extract="parola " * 42)

    extract = re.search(r'review__extract"[^>]*>(.*?)</p>', client.get("/rassegna/").text)[1]

    assert len(extract) <= 300


# --- what is hidden ---


def hide_dropped(item):
    acts.move(item.cluster, "dropped", expected="new")


def hide_unlisted(item):
    Feed.objects.filter(pk=item.feed_id).update(listed=False)


def hide_paused(item):
    Feed.objects.filter(pk=item.feed_id).update(state="paused")


def hide_gone(item):
    Feed.objects.filter(pk=item.feed_id).update(state="gone")


@pytest.mark.parametrize("hide", [hide_dropped, hide_unlisted, hide_paused, hide_gone])
def test_p1_what_is_not_for_readers_is_nowhere(client, hide):
    item = make_item(make_feed(title="Nascosta"), title="Segreta", sort_date=at(2))
    make_item(title="Visibile", sort_date=at(2))
    make_article()
    source = f"/rassegna/fonte/{item.feed_id}/"
    assert all("Segreta" in client.get(a).text for a in ("/", "/rassegna/", "/rassegna/feed/"))

    hide(item)

    for address in ("/", "/rassegna/2026/06/02/", *PAGES):
        page = client.get(address).text
        assert "Segreta" not in page, address
        assert hide is hide_dropped or "Nascosta" not in page, address
    if hide is hide_dropped:
        assert titles(client, source) == []
    else:
        assert client.get(source).status_code == 404


def test_p1_a_hidden_source_is_not_named_as_another_of_a_line(client):
    item = make_item(make_feed(title="Aperta"))
    make_item(make_feed(title="Nascosta", listed=False), item.cluster)

    assert "Nascosta" not in client.get("/rassegna/").text


def test_p1_a_line_whose_first_source_is_hidden_is_told_by_the_other(client):
    item = make_item(make_feed(title="Nascosta", listed=False), title="Segreta")
    make_item(make_feed(title="Aperta"), item.cluster, title="Pubblica")

    assert titles(client) == ["Pubblica"]


@pytest.mark.parametrize("state", ["new", "taken", "used"])
def test_what_editors_work_on_stays_in_the_review(client, state):
    make_item(title="Riga", state=state)

    assert titles(client) == ["Riga"]


# --- sources ---


def test_the_page_of_a_source_holds_its_news_told_by_itself(client):
    mine = make_feed(title="Mia")
    item = make_item(make_feed(title="Altra"), title="altrove", sort_date=at(2))
    make_item(mine, item.cluster, title="da me", sort_date=at(2))
    make_item(title="estranea", sort_date=at(2))
    make_item(mine, title="vecchia", sort_date=at(1))
    address = f"/rassegna/fonte/{mine.pk}/"

    page = client.get(address).text

    assert HEADLINE.findall(page) == ["da me"]
    assert "anche su:" in page
    assert f'href="{address}2026/06/01/" rel="prev"' in page
    assert titles(client, f"{address}2026/06/01/") == ["vecchia"]
    assert "<title>Mia: rassegna" in page


def test_sources_are_linked_and_the_one_that_is_open_is_marked(client):
    item = make_item(make_feed(title="Mia"))
    make_feed(title="Mai letta", succeeded_at=None)

    page = client.get(f"/rassegna/fonte/{item.feed_id}/").text

    assert 'aria-current="page">Mia</a>' in page
    assert "Mai letta" not in page


def test_the_list_of_sources_says_how_they_are(client):
    make_feed(title="Sana", site="https://sana.example/", language="de")
    make_feed(title="Rotta", failing_since=timezone.now(), error="Parole per la redazione")
    make_feed(title="Nuova", succeeded_at=None)

    page = client.get("/rassegna/fonti/").text

    for words in [
        "in tedesco",
        "letta il",
        "in questo momento non risponde",
        "ancora da leggere",
        'href="https://sana.example/" rel="noopener nofollow"',
        "MMUL",
        "/rassegna/fonti/richiesta/",
    ]:
        assert words in page, words
    assert "Parole per la redazione" not in page


def test_the_list_of_sources_shows_nothing_of_the_agreements(client):
    make_feed(contact="segreto@example.org", note="segreta", licence="segretissima")

    for address in PAGES:
        assert "segret" not in client.get(address).text


# --- feed and OPML ---


def test_the_feed_links_to_the_source_itself(client):
    item = make_item(
        make_feed(title="Fonte & C."),
        title="A <b> & c",
        author="Ada",
        extract="Un <estratto>",
        url="https://fonte.example/?a=1&b=2",
    )

    response = client.get("/rassegna/feed/")
    channel = ElementTree.fromstring(response.content).find("channel")
    (entry,) = channel.findall("item")

    assert response.headers["Content-Type"].startswith("application/rss+xml")
    assert entry.findtext("link") == item.url
    assert entry.findtext("title") == "Fonte & C.: A <b> & c"
    assert entry.findtext("description") == "Un &lt;estratto&gt;"
    assert entry.find("guid").get("isPermaLink") == "false"
    assert channel.findtext("language") == "it"


def test_the_feed_holds_the_fifty_newest(client):
    for number in range(55):
        make_item(title=f"t{number}", sort_date=at(1) + timedelta(minutes=number))

    channel = ElementTree.fromstring(client.get("/rassegna/feed/").content).find("channel")
    found = [entry.findtext("title").rpartition(" ")[2] for entry in channel.findall("item")]

    assert found == [f"t{number}" for number in range(54, 4, -1)]


def test_s3_characters_that_xml_forbids_do_not_break_the_feed(client, settings):
    settings.FETCH_ALLOW = ALLOW
    odd = "a\x0bb\x00c\ufffe\ud800 ]]>"
    entry = {"id": "1", "url": "https://fonte.example/a", "title": odd, "content_text": odd}
    document = {"version": "https://jsonfeed.org/version/1.1", "title": odd}
    body = json.dumps(document | {"items": [entry | {"authors": [{"name": odd}]}]}).encode()
    with serving({"/feed": lambda request: Reply(body)}) as base:
        polling.poll_one(make_feed(f"{base}/feed", title=""))

    assert Cluster.objects.count() == 1
    for address in ("/rassegna/feed/", "/rassegna/opml/"):
        assert ElementTree.fromstring(client.get(address).content) is not None


def test_the_opml_names_every_source_in_its_folder(client):
    make_feed("https://fonte.example/feed/?a=1&b=2", title="<Mia>", category="Linux/Kernel")
    make_feed(title="Nascosta", listed=False)

    response = client.get("/rassegna/opml/")
    body = ElementTree.fromstring(response.content).find("body")

    assert response.headers["Content-Type"].startswith("text/x-opml")
    found = body.find("outline[@text='Linux']/outline[@text='Kernel']/outline")
    assert found.attrib["title"] == "<Mia>"
    assert found.attrib["xmlUrl"] == "https://fonte.example/feed/?a=1&b=2"
    assert "Nascosta" not in response.text


# --- the front page ---


def test_the_front_page_shows_the_five_newest_and_links_the_review(client):
    make_article()
    for number in range(7):
        make_item(title=f"t{number}", sort_date=at(1) + timedelta(minutes=number))

    response = client.get("/")

    assert HEADLINE.findall(response.text) == ["t6", "t5", "t4", "t3", "t2"]
    assert 'href="/rassegna/"' in response.text
    assert "rassegna" in response.headers["Cache-Tags"].split()


def test_an_empty_review_has_no_block_but_the_front_page_will_be_forgotten(client):
    make_article()

    response = client.get("/")

    assert "review--latest" not in response.text
    assert "rassegna" in response.headers["Cache-Tags"].split()


# --- a backlog ---


def test_a_new_feed_s_old_items_go_to_their_own_days(client, settings):
    settings.FETCH_ALLOW = ALLOW
    make_item(title="di oggi")
    old = timezone.now() - timedelta(days=30)
    entries = [
        {
            "title": f"vecchia numero {n} parola{n}",
            "link": f"https://vecchia.example/{n}/x",
            "pubDate": f"{old:%a, %d %b %Y %H}:{n:02}:00 +0000",
        }
        for n in range(20)
    ]
    with serving({"/feed": lambda request: rss(*entries)}) as base:
        polling.poll_one(make_feed(f"{base}/feed"))

    assert Cluster.objects.count() == 21
    assert titles(client) == ["di oggi"]


def test_a_backlog_without_dates_pushes_nobody_off_the_pages(client):
    now = timezone.now()
    make_article()
    for number in range(3):
        make_item(title=f"di oggi {number}", sort_date=now - timedelta(seconds=number + 1))
    flood = make_feed()
    for _ in range(review.MOST + 10):
        make_item(flood, title="flood", sort_date=now)

    block = titles(client, "/")
    day = titles(client)
    channel = client.get("/rassegna/feed/").text

    assert sorted(block) == ["di oggi 0", "di oggi 1", "di oggi 2", "flood", "flood"]
    assert len(day) == review.MOST
    assert {"di oggi 0", "di oggi 1", "di oggi 2"} < set(day)
    assert channel.count("di oggi") >= 3


def test_one_source_alone_still_fills_the_block(client):
    make_article()
    feed = make_feed()
    for _ in range(7):
        make_item(feed)

    assert len(titles(client, "/")) == 5


# --- cache, cost, trust ---


@pytest.mark.parametrize("address", ["/rassegna/", "/rassegna/fonti/"])
def test_no_page_of_others_texts_is_indexed(client, address):
    make_item()
    response = client.get(address)

    assert response.headers["X-Robots-Tag"] == "noindex, follow"
    assert '<meta name="robots" content="noindex, follow">' in response.text


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_kept_under_their_own_tag(client, address):
    make_item()
    response = client.get(address)

    assert "rassegna" in response.headers["Cache-Tags"].split()
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize(
    "act",
    [
        lambda line: acts.star(line, True),
        lambda line: acts.move(line, "dropped", expected="new"),
        lambda line: acts.merge([line, make_item().cluster]),
    ],
)
def test_what_editors_do_is_seen_at_once(act, django_capture_on_commit_callbacks):
    line = make_item().cluster

    with purges() as tags, django_capture_on_commit_callbacks(execute=True):
        act(line)

    assert ("rassegna",) in tags


def test_new_items_are_seen_at_once(settings, django_capture_on_commit_callbacks):
    settings.FETCH_ALLOW = ALLOW
    entry = {"title": "Una notizia nuova", "link": "https://fonte.example/a/b"}
    with (
        serving({"/feed": lambda request: rss(entry)}) as base,
        purges() as tags,
        django_capture_on_commit_callbacks(execute=True),
    ):
        polling.poll_one(make_feed(f"{base}/feed"))

    assert ("rassegna",) in tags


def many(how_many):
    for number in range(how_many):
        feed = make_feed(title=f"Fonte {number}", category="Linux")
        for hour in range(5):
            item = make_item(feed, sort_date=at(2, hour))
            make_item(None, item.cluster, sort_date=at(2, hour))
        make_item(feed, sort_date=at(1))
        make_item(feed, sort_date=at(3))


@pytest.mark.parametrize("address", ["/", "/rassegna/2026/06/02/", *PAGES])
def test_the_cost_is_at_most_seven_queries_and_does_not_grow(client, address):
    make_article()
    counted = []
    for how_many in (1, 12):
        many(how_many)
        counted.append(queries_of(client, address))

    assert counted[0] == counted[1] <= 7, counted


def test_r1_no_page_sets_a_cookie_or_asks_another_host(client):
    item = make_item(html='<p>x <img src="https://spia.example/x.gif"></p>')
    for address in ["/", f"/rassegna/fonte/{item.feed_id}/", *PAGES]:
        response = client.get(address)
        assert "Set-Cookie" not in response.headers, address
        assert "cookie" not in response.headers.get("Vary", "").lower(), address
        if "html" in response.headers["Content-Type"]:
            loads = Loads()
            loads.feed(response.text)
            assert [a for a in loads.addresses if urlsplit(a).netloc] == [], address
            assert loads.inline == [], address


def test_f6_hostile_titles_and_texts_stay_harmless(client):
    make_article()
    feed = make_feed(title="<script>alert(1)</script>", site="https://a.example/'\"onclick=x")
    make_item(feed)
    addresses = ("/", "/rassegna/", "/rassegna/fonti/")
    before = {address: active(client.get(address).text) for address in addresses}
    for payload in PAYLOADS[:60]:
        make_item(
            feed,
            title=payload[:300],
            author=payload[:100],
            html=payload,
            extract=payload[:300],
            language='"><svg',
            url="https://fonte.example/\"onmouseover='alert(1)",
        )

    assert {address: active(client.get(address).text) for address in addresses} == before


def test_v4_no_page_of_the_review_asks_another_host(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a request asked the web")

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("kit.fetch.resolve", refuse)
    item = make_item()

    for address in ["/", f"/rassegna/fonte/{item.feed_id}/", *PAGES]:
        assert client.get(address).status_code == 200
