"""S2: the JSON-LD of every public page, valid by the published vocabulary of schema.org."""

import json
from datetime import date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from articles import structured
from kit.html import script_json
from tests.articles.vocabulary import faults
from tests.comments.writing import make_comment
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_page,
    make_series,
    make_tag,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROME = ZoneInfo("Europe/Rome")
HOSTILE = "</script><script>alert(1)</script><!-- &amp; \u2028\u2029 '\""


class Blocks(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.inside, self.found = False, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.inside = tag == "script" and dict(attrs).get("type") == "application/ld+json"
        if self.inside:
            self.found.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found[-1] += data


def blocks(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return [json.loads(text) for text in Blocks(response.text).found]


def node(client, address, kind):
    (block,) = blocks(client, address)
    (found,) = [node for node in block["@graph"] if node["@type"] == kind]
    return found


def crops_of(name):
    shapes = {"1x1": (800, 800), "4x3": (1200, 900), "16x9": (1200, 675), "191x100": (1200, 630)}
    return [
        {"shape": s, "width": w, "height": h, "type": "image/jpeg", "name": f"{name}-{s}c.jpg"}
        for s, (w, h) in shapes.items()
    ]


def full_story(**fields):
    lead = make_image(crops=crops_of(f"ab/{'1' * 40}"))
    source = {
        "outlet": "Ars Technica",
        "title": "The supercomputer",
        "url": "https://arstechnica.com/x",
        "author": "B. Edwards",
        "original_date": date(2022, 11, 16),
    }
    defaults = {
        "title": "Un supercomputer in affitto",
        "body": "<p>Migliaia di GPU per tutti.</p>",
        "main_category": make_category("Cloud"),
        "authors": [make_author("Ada Bianchi"), make_author("Bruno")],
        "tags": [make_tag("Red Hat"), make_tag("open-source")],
        "series": make_series("Nuvole"),
        "series_part": 2,
        "lead_image": lead,
        "published_at": datetime(2022, 11, 18, 9, 30, tzinfo=ROME),
        "revised_at": datetime(2024, 8, 1, 9, 30, tzinfo=ROME),
        "sources": [source, {"outlet": "LWN", "url": "https://lwn.net/y"}],
    }
    return make_article(**defaults | fields)


@pytest.fixture
def site():
    """One of everything, rich and bare; returns every kind of public address that lists stories."""
    portrait = make_image(width=400, height=400)
    ada = make_author(
        "Ada", picture=portrait, biography="Scrive.\nDi reti.", website="https://ada.example/",
        mastodon="@ada@mastodon.uno",
    )  # fmt: skip
    rich = full_story(slug="ricco", authors=[ada, make_author("Bruno")])
    bare = make_article(slug="nudo", authors=[], standfirst="", body="")
    make_comment(rich)
    page = make_page("Chi siamo", body="<p>Noi.</p>")
    stories = [rich.get_absolute_url(), bare.get_absolute_url(), page.get_absolute_url()]
    lists = ["/", "/category/cloud/", "/tag/red-hat/", "/author/ada/", "/author/bruno/"]
    return [*stories, *lists, "/serie/nuvole/", "/2022/", "/2022/11/", "/2022/11/18/"]


def test_every_block_is_valid_by_the_published_vocabulary(client, site):
    for address in site:
        found = blocks(client, address)
        assert len(found) == 1, address
        assert faults(found[0]) == [], address


@pytest.mark.parametrize(
    ("node", "fault"),
    [
        ({"@type": "NewsArticle", "headline": "x", "jobTitle": "y"}, "no such property"),
        ({"@type": "NewsArticle", "logo": "https://example.org/x"}, "not a property of"),
        ({"@type": "Person", "wordCount": 3}, "not a property of"),
        ({"@type": "NewsArticle", "author": "Ada"}, "'Ada'"),
        ({"@type": "NewsArticle", "author": {"@type": "WebSite"}}, "takes no WebSite"),
        ({"@type": "NewsArticle", "datePublished": "ieri"}, "'ieri'"),
        ({"@type": "NewsArticle", "datePublished": "2024-08-01T10:00:00"}, "T10:00"),  # no zone
        ({"@type": "NewsArticle", "wordCount": "3"}, "'3'"),
        ({"@type": "NewsArticle", "commentCount": True}, "True"),
        ({"@type": "NewsArticle", "url": "/2024/08/x/"}, "'/2024/08/x/'"),
        ({"@type": "NewsArticle", "headline": " "}, "' '"),
        ({"@type": "NewsArticle", "keywords": []}, "empty"),
        ({"@type": "Novella"}, "no such type"),
        ({"@type": "ListItem", "item": {"@type": "WebPage", "@id": "/x/"}}, "@id"),
        ({"@type": "SearchAction", "target-input": 3}, "3"),
    ],
)
def test_the_check_sees_a_property_on_a_wrong_type_or_of_a_wrong_kind(node, fault):
    (found,) = faults({"@context": "https://schema.org", "@graph": [node]})

    assert fault in found


def test_a_story_says_all_that_a_search_engine_asks_for(client):
    article = full_story()
    news = node(client, article.get_absolute_url(), "NewsArticle")
    url = settings.SITE_URL + article.get_absolute_url()

    assert news["mainEntityOfPage"]["@id"] == news["url"] == url
    assert news["headline"] == "Un supercomputer in affitto"
    assert news["datePublished"] == "2022-11-18T09:30:00+01:00"
    assert news["dateModified"] == "2024-08-01T09:30:00+02:00"
    assert [person["name"] for person in news["author"]] == ["Ada Bianchi", "Bruno"]
    assert news["author"][0]["url"] == f"{settings.SITE_URL}/author/ada-bianchi/"
    assert (news["articleSection"], news["keywords"]) == ("Cloud", ["open-source", "Red Hat"])
    assert (news["wordCount"], news["commentCount"], news["inLanguage"]) == (5, 0, "it")
    assert news["isPartOf"]["name"] == "Nuvole"
    assert news["position"] == 2
    assert news["publisher"]["@type"] == "NewsMediaOrganization"
    assert news["publisher"]["logo"]["url"].startswith(settings.SITE_URL)


def test_a_story_cites_what_it_was_written_from(client):
    first, second = node(client, full_story().get_absolute_url(), "NewsArticle")["citation"]

    assert first == {
        "@type": "CreativeWork",
        "name": "The supercomputer",
        "url": "https://arstechnica.com/x",
        "inLanguage": "en",
        "author": {"@type": "Person", "name": "B. Edwards"},
        "publisher": {"@type": "Organization", "name": "Ars Technica"},
        "datePublished": "2022-11-16",
    }
    assert (second["name"], "author" in second) == ("LWN", False)


def test_a_story_has_its_picture_in_three_shapes_once_the_worker_has_cut_them(client):
    article = full_story()
    images = node(client, article.get_absolute_url(), "NewsArticle")["image"]

    sizes = [(image["width"]["value"], image["height"]["value"]) for image in images]
    assert sizes == [(800, 800), (1200, 900), (1200, 675)]
    assert all(image["url"].startswith(f"{settings.SITE_URL}/media/") for image in images)
    type(article.lead_image).objects.update(crops=[])
    (whole,) = node(client, article.get_absolute_url(), "NewsArticle")["image"]
    assert whole["url"] == settings.SITE_URL + article.lead_image.url


def test_comments_are_counted(client):
    article = make_article()
    make_comment(article)

    assert node(client, article.get_absolute_url(), "NewsArticle")["commentCount"] == 1


def test_the_way_home_is_told_on_stories_and_lists(client):
    article = full_story()
    for address, names in {
        article.get_absolute_url(): ["MMUL", "Cloud", article.title],
        "/category/cloud/": ["MMUL", "Cloud"],
        "/2022/11/": ["MMUL", "Novembre 2022"],
    }.items():
        steps = node(client, address, "BreadcrumbList")["itemListElement"]
        assert [step["name"] for step in steps] == names
        assert [step["position"] for step in steps] == list(range(1, len(names) + 1))
        assert steps[-1]["item"]["@id"] == settings.SITE_URL + address


def test_the_front_page_offers_the_search(client):
    action = node(client, "/", "WebSite")["potentialAction"]

    assert action["target"]["urlTemplate"] == f"{settings.SITE_URL}/cerca/?q={{search_term_string}}"
    assert action["query-input"] == "required name=search_term_string"


def test_an_author_is_a_person(client, site):
    person = node(client, "/author/ada/", "ProfilePage")["mainEntity"]

    assert (person["@type"], person["name"]) == ("Person", "Ada")
    assert person["description"] == "Scrive. Di reti."
    assert person["sameAs"] == ["https://ada.example/", "https://mastodon.uno/@ada"]
    assert person["image"]["url"].startswith(settings.SITE_URL)


def test_s3_nothing_in_a_title_ends_the_script(client):
    article = full_story(title=HOSTILE, standfirst=HOSTILE, authors=[make_author(HOSTILE)])
    page = client.get(article.get_absolute_url()).text
    (text,) = Blocks(page).found

    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text)["@graph"][0]["headline"] == article.title
    assert "<script>alert" not in page


def test_s3_json_for_a_script_escapes_and_keeps_its_meaning():
    data = {"<&>\u2028": ["\u2029", "è", "\\", '"']}

    assert json.loads(script_json(data)) == data
    assert not set(script_json(data)) & set("<>&\u2028\u2029")


def test_a_later_page_of_the_front_is_no_site_of_its_own(client):
    for _ in range(13):
        make_article()

    assert blocks(client, "/page/2/") == []


def test_a_revision_before_publication_does_not_turn_time_back():
    article = full_story(revised_at=datetime(2020, 1, 1, tzinfo=ROME))
    news, _ = structured.story(article, [], [])

    assert news["dateModified"] == news["datePublished"]
