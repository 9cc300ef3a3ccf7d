"""Where feeds are: WordPress's addresses, old and new, and what is not there for anybody."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.articles.subscribing import FORMATS, subscribe, titles
from tests.comments.writing import make_comment
from tests.factories import make_article, make_author, make_category, make_series, make_tag

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LINK = re.compile(r'<link rel="alternate" href="([^"]+)" type="([^"]+)"')


@pytest.fixture
def story():
    """A story with a place in every kind of list, and a comment."""
    software = make_category("Software")
    story = make_article(
        title="storia",
        main_category=make_category("Kernel", parent=software),
        tags=[make_tag("Red Hat")],
        authors=[make_author("Ada")],
    )
    make_comment(story, name="Bruno")
    return story


def feeds_of(story):
    lists = ["/", "/category/software/", "/category/software/kernel/", "/tag/red-hat/"]
    lists += ["/author/ada/", "/comments/", story.get_absolute_url()]
    return [f"{address}feed/" for address in lists]


@pytest.mark.parametrize("name", FORMATS)
def test_every_list_has_its_feed_in_three_formats(client, settings, story, name):
    for feed in feeds_of(story):
        address = f"{feed}{name}/"
        response = client.get(address)
        found = subscribe(client, address)

        assert response.headers["Content-Type"] == FORMATS[name], address
        assert len(titles(client, address)) == 1, address
        if name == "json":
            assert found["feed_url"] == settings.SITE_URL + address
        else:
            own = next(link.href for link in found.feed.links if link.rel == "self")
            # RSS has one address of its own, however it was asked for.
            assert own == settings.SITE_URL + (feed if name == "rss2" else address)


def test_the_address_without_a_format_is_rss(client, story):
    for feed in feeds_of(story):
        assert client.get(feed).content == client.get(f"{feed}rss2/").content, feed


@pytest.mark.parametrize("old", ["rdf", "rss"])
def test_old_formats_lead_to_rss_in_one_step(client, story, old):
    for feed in feeds_of(story):
        response = client.get(f"{feed}{old}/")
        assert (response.status_code, response.headers["Location"]) == (301, feed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/?feed=rss2", "/feed/"),
        ("/?feed=rss", "/feed/"),
        ("/?feed=rdf", "/feed/"),
        ("/?feed=feed", "/feed/"),
        ("/?feed=atom", "/feed/atom/"),
        ("/?feed=json", "/feed/json/"),
        ("/?feed=comments-rss2", "/comments/feed/"),
        ("/?feed=comments-atom", "/comments/feed/atom/"),
        ("/?paged=2&feed=rss2", "/feed/"),
        ("/wp-rss2.php", "/feed/"),
        ("/wp-rss.php", "/feed/"),
        ("/wp-rdf.php", "/feed/"),
        ("/wp-feed.php", "/feed/"),
        ("/wp-atom.php", "/feed/atom/"),
        ("/wp-commentsrss2.php", "/comments/feed/"),
        ("/wp-rss2.php?cat=3", "/feed/"),
    ],
)
def test_wordpress_s_older_addresses_lead_there_in_one_step(client, old, new):
    response = client.get(old)

    assert (response.status_code, response.headers["Location"]) == (301, new)
    assert client.get(new).status_code == 200


@pytest.mark.parametrize(
    "query", ["feed=", "feed=x", "feed=comments-x", "feed=rss2&p=3", "feed=rss2&s=linux", "feed=/e"]
)
def test_a_question_for_another_feed_is_not_answered_with_the_site_s(client, query):
    response = client.get(f"/?{query}")

    assert response.headers.get("Location") not in ("/feed/", "/comments/feed/")
    assert response.status_code < 500


@pytest.mark.parametrize("kind", ["", "atom/", "json/", "rdf/"])
def test_an_old_address_of_a_story_leads_to_the_feed_of_its_comments_in_one_step(
    client, story, kind
):
    right = f"{story.get_absolute_url()}feed/{'' if kind == 'rdf/' else kind}"

    response = client.get(f"/1999/01/{story.slug}/feed/{kind}")

    assert (response.status_code, response.headers["Location"]) == (301, right)
    assert client.get(right).status_code == 200


def test_a_category_s_feed_holds_what_is_below_it_and_nothing_else(client, story):
    make_article(title="altrove", main_category=make_category("Giochi"))

    assert titles(client, "/category/software/feed/") == ["storia"]
    assert titles(client, "/category/giochi/feed/atom/") == ["altrove"]


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_category_has_an_empty_feed(client, name):
    make_category("Vuota")

    assert titles(client, f"/category/vuota/feed/{name}/") == []


def test_a_site_without_stories_has_a_feed(client):
    for address in ("/feed/", "/feed/atom/", "/feed/json/", "/comments/feed/atom/"):
        assert titles(client, address) == []


def test_labels_called_feed_and_page_are_labels_like_others(client):
    feed, page = make_tag("feed"), make_tag("page")
    below = make_category("feed", parent=make_category("Software"))
    for number in range(12):
        make_article(title=f"storia {number}", tags=[feed, page], main_category=below)

    for place in ("/tag/feed/", "/tag/page/", "/category/software/feed/"):
        assert len(titles(client, f"{place}feed/")) == 10, place
        assert len(titles(client, f"{place}feed/atom/")) == 10, place
    for place in ("/tag/feed/", "/tag/page/", "/tag/page/page/2/", "/tag/feed/page/2/"):
        response = client.get(place)
        assert (response.status_code, response.headers["Content-Type"][:9]) == (200, "text/html")
    # As in WordPress, the feed of what is above comes before the page of a label of that name.
    assert len(titles(client, "/category/software/feed/")) == 10


@pytest.mark.parametrize(
    "query", ["paged=-1", "paged=2", "paged=9999999999999999999", "feed=x", "p=1", "%FF", "a[]=b"]
)
def test_odd_parameters_change_nothing(client, story, query):
    for feed in feeds_of(story):
        assert client.get(f"{feed}?{query}").content == client.get(feed).content


@pytest.mark.parametrize("path", ["/feed/xyz/", "/feed/rss3/", "/tag/none/feed/", "/feed/ATOM/"])
def test_what_is_no_feed_is_a_404(client, path):
    assert client.get(path).status_code == 404


def test_a_missing_slash_costs_one_redirect(client, story):
    for feed in feeds_of(story):
        assert client.get(feed.rstrip("/")).headers["Location"] == feed


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_feeds_are_only_read(client, story, method):
    for feed in (*feeds_of(story), "/wp-rss2.php", "/feed/rdf/"):
        assert getattr(client, method)(feed).status_code == 405, feed


# --- what is hidden ---

MARK = "segretissimo"
HIDING = {
    "draft": {"status": "draft"},
    "without date": {"status": "draft", "published_at": None},
    "scheduled": {"published_at": timezone.now() + timedelta(days=1)},
}


@pytest.fixture(params=HIDING.values(), ids=HIDING)
def hidden(request, story):
    """A hidden story beside the visible one, with a label, an author and a comment of its own."""
    shared = {"main_category": story.main_category, "series": make_series(MARK)}
    hidden = make_article(
        title=MARK,
        standfirst=MARK,
        body=f"<p>{MARK}</p>",
        tags=[*story.tags.all(), make_tag(f"{MARK} tag")],
        authors=[*story.signatures, make_author(f"{MARK} firma")],
        guid=f"https://example.org/{MARK}",
        **shared,
    )
    make_comment(hidden, name=MARK, text=MARK)
    for name, value in request.param.items():
        setattr(hidden, name, value)
    hidden.save()
    return hidden


def test_p1_no_feed_tells_of_a_hidden_story(client, story, hidden):
    for feed in feeds_of(story):
        for address in (feed, f"{feed}atom/", f"{feed}json/"):
            response = client.get(address)
            assert MARK not in response.text, address
            assert MARK not in str(response.headers), address
            assert f":{hidden.pk} " not in f"{response.headers['Cache-Tags']} ", address


def test_p1_feeds_of_what_nobody_sees_answer_like_invented_ones(client, hidden):
    day = timezone.localtime(hidden.published_at or timezone.now())
    for place in (f"/tag/{MARK}-tag/", f"/author/{MARK}-firma/", f"/{day:%Y/%m}/{MARK}/"):
        for kind in ("", "rss2/", "atom/", "json/", "rdf/"):
            address = f"{place}feed/{kind}"
            there, never = client.get(address), client.get(address.replace(MARK, "inesistente2"))
            told = [(r.status_code, len(r.content), set(r.headers)) for r in (there, never)]
            assert told[0] == told[1], address
            assert there.status_code in (301, 404), address
            assert "Cache-Tags" not in there.headers, address


# --- found by itself ---


def named_on(client, address):
    return LINK.findall(client.get(address).text)


def test_every_page_names_the_feeds_of_the_site(client, story):
    wanted = [
        ("/feed/", "application/rss+xml"),
        ("/feed/atom/", "application/atom+xml"),
        ("/feed/json/", "application/feed+json"),
    ]
    for address in ("/", "/tag/red-hat/", story.get_absolute_url(), "/rassegna/", "/nessuna/"):
        assert named_on(client, address)[:3] == wanted, address


@pytest.mark.parametrize("place", ["/category/software/kernel/", "/tag/red-hat/", "/author/ada/"])
def test_a_list_names_its_own_feed_in_its_head_and_on_the_page(client, story, place):
    assert named_on(client, place)[3:] == [(f"{place}feed/", "application/rss+xml")]
    assert f'<a href="{place}feed/">Segui via RSS</a>' in client.get(place).text


def test_a_story_names_the_feed_of_its_comments(client, story):
    address = story.get_absolute_url()

    assert named_on(client, address)[3:] == [(f"{address}feed/", "application/rss+xml")]


def test_what_a_page_names_is_there(client, story):
    for place in ("/", "/category/software/", story.get_absolute_url()):
        for address, kind in named_on(client, place):
            assert client.get(address).headers["Content-Type"].startswith(kind)
