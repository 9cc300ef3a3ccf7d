"""S7: our stories as links with a picture on other sites, by the oEmbed specification."""

import xml.etree.ElementTree as ET
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings

from articles.models import SocialCard
from tests.articles.test_hidden import HIDING, MARK, answer, hide
from tests.articles.test_outside import head
from tests.articles.test_structured import crops_of, full_story
from tests.factories import make_article, make_author, make_image, make_page

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SITE = settings.SITE_URL


def ask(client, url, **more):
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in more.items())
    return client.get(f"/oembed/?url={quote(url, safe='')}&{query}")


def story(**fields):
    return make_article(authors=[make_author("Ada"), make_author("Bruno")], **fields)


def test_a_story_is_described_as_a_link(client):
    article = story(title="Perché «è» così")
    response = ask(client, SITE + article.get_absolute_url())

    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {
        "version": "1.0",
        "type": "link",
        "title": "Perché «è» così",
        "author_name": "Ada, Bruno",
        "author_url": f"{SITE}/author/ada/",
        "provider_name": "MMUL",
        "provider_url": f"{SITE}/",
        "cache_age": 3600,
        "thumbnail_url": f"{SITE}/static/img/card.png",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }


def test_xml_says_the_same(client):
    article = story(title="A & B <c> ]]>\ufffe")
    url = SITE + article.get_absolute_url()
    response = ask(client, url, format="xml")
    root = ET.fromstring(response.content)

    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert root.tag == "oembed"
    said = {child.tag: child.text for child in root}
    assert said == {name: str(value) for name, value in ask(client, url).json().items()}
    assert said["title"] == "A & B <c> ]]>"


def test_discovery_links_of_the_page_lead_to_both(client):
    article = story()
    links = head(client, article.get_absolute_url()).links

    for kind in ("application/json+oembed", "text/xml+oembed"):
        (address,) = links[kind]
        assert address.startswith(SITE)
        parts = urlsplit(address)
        assert client.get(f"{parts.path}?{parts.query}").status_code == 200


def test_the_short_link_is_understood(client):
    article = story()

    assert ask(client, f"{SITE}/?p={article.pk}").json()["title"] == article.title


def test_a_picture_is_never_larger_than_asked(client):
    image = make_image(crops=crops_of(f"ab/{'5' * 40}"))
    url = SITE + story(lead_image=image).get_absolute_url()

    def width(**limits):
        return ask(client, url, **limits).json().get("thumbnail_width")

    assert width() == width(maxwidth=1200, maxheight=630) == 1200
    assert width(maxwidth=1199) == width(maxwidth=640) == width(maxheight=360) == 640
    assert width(maxwidth=639) is None
    assert width(maxheight=359) is None
    assert width(maxwidth=0) == width(maxwidth="abc") == width(maxwidth="-5") == 1200


def test_a_drawn_card_is_the_picture(client):
    article = story()
    SocialCard.objects.create(article=article, name=f"ab/{'6' * 40}.png")

    shown = ask(client, SITE + article.get_absolute_url()).json()["thumbnail_url"]
    assert shown == f"{SITE}/media/ab/{'6' * 40}.png"


def test_an_unknown_format_is_not_implemented(client):
    response = ask(client, SITE + story().get_absolute_url(), format="yaml")

    assert response.status_code == 501
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", HIDING.values(), ids=HIDING)
def test_p1_a_hidden_story_is_one_that_never_existed(client, state):
    hidden = hide(**state)
    address = "/2020/01/segretissimo/"
    if hidden.published_at:
        address = hidden.get_absolute_url()
    invented = address.replace(MARK, "inesistenti2")

    for url, never in (
        (SITE + address, SITE + invented),
        (f"{SITE}/?p={hidden.pk}", f"{SITE}/?p={hidden.pk + 999}"),
    ):
        for kind in ("json", "xml", "yaml"):
            there, nowhere = ask(client, url, format=kind), ask(client, never, format=kind)
            assert answer(there, "") == answer(nowhere, "")
            assert there.status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "/2024/08/x/",
        "https://example.org/2024/08/x/",
        "ftp://127.0.0.1/2024/08/x/",
        "http://[::1",
        "javascript:alert(1)",
        f"{SITE}/",
        f"{SITE}/?p=",
        f"{SITE}/?p=abc",
        f"{SITE}/?p={'9' * 400}",
        f"{SITE}/?" + "a=1&" * 100,
        f"{SITE}/chi-siamo/",
        f"{SITE}/2024/13/x/",
        f"{SITE}/2024/08/%00/",
        f"{SITE}/2024/08/%ff/",
        f"{SITE}//2024/08/x/",
        f"{SITE}/2024/08/{'x' * 3000}/",
        f"{SITE}@evil.example/2024/08/x/",
    ],
)
def test_p3_what_is_no_story_of_ours_is_not_found(client, url):
    make_page("Chi siamo")

    assert ask(client, url).status_code == 404


def test_an_answer_may_be_shared_and_says_what_it_is_made_of(client):
    article = full_story(social_image=make_image())
    headers = ask(client, SITE + article.get_absolute_url()).headers

    assert {article.cache_tag, article.social_image.cache_tag} <= set(headers["Cache-Tags"].split())
    assert headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("authors", [1, 6])
def test_an_answer_costs_two_queries(client, django_assert_num_queries, authors):
    article = make_article(authors=[make_author() for _ in range(authors)], lead_image=make_image())

    with django_assert_num_queries(2):
        ask(client, SITE + article.get_absolute_url())
