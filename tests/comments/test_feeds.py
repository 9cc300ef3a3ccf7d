"""The comments as feeds, at WordPress's addresses."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.utils import timezone

from comments.models import ReaderComment, State
from kit import tree
from tests.comments.writing import make_comment
from tests.factories import make_article

pytestmark = pytest.mark.django_db

SITE = settings.SITE_URL
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


def read(client, address="/comments/feed/"):
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    channel = root[0]
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        assert channel.findtext(name), name
    assert channel.findtext("language") == "it"
    for item in items(channel):
        assert item.findtext("title")
        assert item.findtext("link").startswith(f"{SITE}/")
        assert item.find("guid").get("isPermaLink") == "false"
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
        assert len(item.findall(CREATOR)) == 1
    numbers = [item.findtext("guid") for item in items(channel)]
    assert len(numbers) == len(set(numbers))
    return channel


def items(channel):
    return channel.findall("item")


def story_feed(comment_or_article):
    article = getattr(comment_or_article, "article", comment_or_article)
    return f"{article.get_absolute_url()}feed/"


def test_a_comment_as_an_item(client):
    comment = make_comment(
        make_article(title="Linux & soci"), name="Ada <b>", text="Un *testo* & `a < b`"
    )

    (item,) = items(read(client))

    assert item.findtext("title") == "Ada <b> su «Linux & soci»"
    assert item.findtext("link") == SITE + comment.get_absolute_url()
    assert item.findtext("guid") == f"{SITE}/#comment-{comment.pk}"
    assert item.findtext(CREATOR) == "Ada <b>"
    assert item.findtext("description") == "Un *testo* &amp; `a &lt; b`"
    made = "<p>Un <em>testo</em> &amp; <code>a &lt; b</code></p>"
    assert item.findtext(CONTENT) == comment.html == made
    there = parsedate_to_datetime(item.findtext("pubDate"))
    assert abs(there - comment.submit_date) < timedelta(seconds=1)


def test_the_feed_of_the_site_has_the_ten_newest(client):
    comments = [make_comment(name=f"Lettore {n}") for n in range(12)]

    titles = [item.findtext(CREATOR) for item in items(read(client))]

    assert titles == [comment.signature for comment in reversed(comments[2:])]


def test_the_feed_of_a_story_has_its_own_comments(client):
    mine, _other = make_comment(name="Mio"), make_comment(name="Altrui")
    make_comment(parent=mine, name="Risposta")

    channel = read(client, story_feed(mine))

    assert [item.findtext(CREATOR) for item in items(channel)] == ["Risposta", "Mio"]
    assert channel.findtext("title") == f"Commenti a: {mine.article.title}"
    assert channel.findtext("link") == SITE + mine.article.get_absolute_url()


def test_a_feed_without_comments_is_a_feed(client):
    assert items(read(client)) == []
    assert items(read(client, story_feed(make_article()))) == []


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
def test_p1_a_hidden_comment_is_in_no_feed(client, state):
    seen = make_comment(text="visto")
    before = [client.get(a).text for a in ("/comments/feed/", story_feed(seen))]
    make_comment(seen.article, state=state, name="MARCA", text="marchio")

    for address, text in zip(("/comments/feed/", story_feed(seen)), before, strict=True):
        assert client.get(address).text == text
        assert "visto" in text


@pytest.mark.parametrize(
    "hidden",
    [{"status": "draft"}, {"published_at": timezone.now() + timedelta(days=1)}],
)
def test_p1_comments_of_a_hidden_story_are_in_no_feed(client, hidden):
    comment = make_comment(text="marchio")
    address = story_feed(comment)
    for name, value in hidden.items():
        setattr(comment.article, name, value)
    comment.article.save()

    assert "marchio" not in client.get("/comments/feed/").text
    none = client.get("/2024/08/mai-esistito/feed/")
    answer = client.get(address)
    assert (answer.status_code, none.status_code) == (404, 404)
    assert "marchio" not in answer.text
    assert "Cache-Tags" not in answer.headers


def test_p1_an_answer_under_a_hidden_comment_tells_nothing_of_it(client):
    parent = make_comment(name="MARCA", text="marchio")
    make_comment(parent=parent, text="risposta")
    ReaderComment.objects.filter(pk=parent.pk).update(state=State.TRASH)

    text = client.get(story_feed(parent)).text

    assert "risposta" in text
    assert "MARCA" not in text
    assert "marchio" not in text


def test_r2_a_feed_holds_no_address_and_no_network(client):
    comment = make_comment(email="segreta@example.net", address="203.0.113.77")

    for address in ("/comments/feed/", story_feed(comment)):
        text = client.get(address).text
        assert "segreta" not in text
        assert "203.0.113." not in text
        assert comment.face not in text


ODD = ["]]>", "<![CDATA[x", "&amp; &lt;", "\ufffe\uffff", "\U0001ffff", "\u2028", "😀", "\u202eabc"]
ODD += ["</item></channel></rss>", "<?xml version='1.0'?>", "x" * 10_000]


@pytest.mark.parametrize("text", ODD)
def test_s3_no_text_or_name_breaks_the_xml(client, text):
    comment = make_comment(
        make_article(title=f"T {text[:50]}"), text=f"a{text}b", name=f"N{text}"[:50]
    )

    for address in ("/comments/feed/", story_feed(comment)):
        (item,) = items(read(client, address))
        wanted = f"a{text}b".replace("\ufffe", "").replace("\uffff", "")
        said = tree.parse(item.findtext("description")).text()
        assert said == wanted[:300]
        assert item.findtext(CONTENT).startswith("<p>a")


def test_a_feed_says_what_it_is_made_of(client):
    comment = make_comment()

    site, story = client.get("/comments/feed/"), client.get(story_feed(comment))

    assert site.headers["Cache-Tags"] == "comments lists"
    assert story.headers["Cache-Tags"] == f"article:{comment.article_id}"
    for feed in (site, story):
        assert feed.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert feed.headers["ETag"]
        assert feed.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_feed_that_did_not_change_is_a_304(client):
    make_comment()
    tag = client.get("/comments/feed/").headers["ETag"]

    again = client.get("/comments/feed/", headers={"if-none-match": tag})

    assert (again.status_code, again.content) == (304, b"")


def test_nothing_of_the_request_decides_an_address(client):
    make_comment()

    text = client.get("/comments/feed/?x=1", headers={"x-forwarded-host": "evil.example"}).text

    assert "evil.example" not in text
    assert "x=1" not in text


def test_the_page_of_a_story_names_its_feed(client):
    comment = make_comment()

    page = client.get(comment.article.get_absolute_url()).text

    assert f'href="{story_feed(comment)}" type="application/rss+xml"' in page


@pytest.mark.parametrize("how_many", [1, 10])
def test_a_feed_costs_the_same_with_one_and_with_ten(client, django_assert_num_queries, how_many):
    parent = make_comment()
    for _ in range(how_many - 1):
        make_comment(parent.article)

    client.get("/comments/feed/")  # Django's feeds ask for the site's row, once a process
    with django_assert_num_queries(1):
        client.get("/comments/feed/")
    with django_assert_num_queries(2):
        client.get(story_feed(parent))


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_feed_is_only_read(client, method):
    assert getattr(client, method)("/comments/feed/").status_code == 405
