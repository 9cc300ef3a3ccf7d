"""/feed/: RSS 2.0 with full text, as WordPress emits it."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from tests.factories import make_article, make_author, make_tag

pytestmark = pytest.mark.django_db
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


def channel(client, **headers):
    response = client.get("/feed/", headers=headers)
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    return ElementTree.fromstring(response.content).find("channel")


def test_item_holds_the_whole_story(client, settings):
    article = make_article(
        title="Perché «AT&T» <conta>",
        body='<p>Tutto il testo, <a href="/tag/x/">anche</a> qui.</p>',
        authors=[make_author("Ada"), make_author("Bruno")],
        tags=[make_tag("Red Hat")],
    )
    item = channel(client).find("item")

    assert item.findtext("title") == "Perché «AT&T» <conta>"
    assert item.findtext("link") == settings.SITE_URL + article.get_absolute_url()
    assert item.findtext("description") == article.standfirst
    assert f'href="{settings.SITE_URL}/tag/x/"' in item.findtext(CONTENT)
    assert [creator.text for creator in item.findall(CREATOR)] == ["Ada", "Bruno"]
    assert "Red Hat" in [category.text for category in item.findall("category")]
    assert item.find("guid").get("isPermaLink") == "false"


def test_ten_newest_stories_and_no_hidden_one(client):
    for number in range(12):
        at = timezone.now() - timedelta(hours=number + 1)
        make_article(title=f"storia {number}", published_at=at)
    make_article(title="bozza", status="draft")
    make_article(title="futura", published_at=timezone.now() + timedelta(hours=1))

    titles = [item.findtext("title") for item in channel(client).findall("item")]

    assert titles == [f"storia {number}" for number in range(10)]


def test_addresses_do_not_come_from_the_request(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_article()

    assert b"evil.example" not in client.get("/feed/", headers={"host": "evil.example"}).content


def test_unchanged_feed_is_a_304(client):
    make_article()
    first = client.get("/feed/")

    again = client.get("/feed/", headers={"if-none-match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("how_many", [1, 15])
def test_cost_does_not_grow(client, django_assert_max_num_queries, how_many):
    for _ in range(how_many):
        make_article(tags=[make_tag(), make_tag()])

    client.get("/feed/")  # once in a process Django asks for the site's row
    with django_assert_max_num_queries(4):
        client.get("/feed/")
