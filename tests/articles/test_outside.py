"""S1, S4, S7: the head of public pages, for search engines, social sites and Mastodon."""

from html.parser import HTMLParser

import pytest
from django.conf import settings

from articles import outside
from articles.models import PreviewLink, SocialCard
from tests.articles.test_structured import crops_of, full_story
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_page,
    make_tag,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SITE = settings.SITE_URL


class Head(HTMLParser):
    """What the head says: ``said[name]`` is a list of contents, ``links[rel]`` of addresses."""

    def __init__(self, page):
        super().__init__()
        self.said, self.links = {}, {}
        self.feed(page.partition("</head>")[0])

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "meta" and (name := attrs.get("property") or attrs.get("name")):
            self.said.setdefault(name, []).append(attrs["content"])
        if tag == "link":
            rel = attrs.get("type", attrs["rel"]) if attrs["rel"] == "alternate" else attrs["rel"]
            self.links.setdefault(rel, []).append(attrs["href"])

    def one(self, name):
        (content,) = self.said[name]
        return content


def head(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return Head(response.text)


def test_a_story_is_a_card_on_a_social_site(client):
    article = full_story(standfirst="Microsoft e Nvidia insieme.")
    said = head(client, article.get_absolute_url())

    assert said.one("og:title") == "Un supercomputer in affitto"
    assert said.one("og:description") == said.one("description") == "Microsoft e Nvidia insieme."
    assert said.one("og:type") == "article"
    assert said.one("og:url") == SITE + article.get_absolute_url()
    assert (said.one("og:site_name"), said.one("og:locale")) == ("MMUL", "it_IT")
    assert said.one("twitter:card") == "summary_large_image"
    assert said.one("article:published_time") == "2022-11-18T09:30:00+01:00"
    assert said.one("article:modified_time") == "2024-08-01T09:30:00+02:00"
    assert said.one("article:section") == "Cloud"
    assert said.said["article:tag"] == ["open-source", "Red Hat"]
    assert said.said["article:author"] == [f"{SITE}/author/ada-bianchi/", f"{SITE}/author/bruno/"]
    assert said.one("robots") == "max-image-preview:large"
    assert said.links["canonical"] == [SITE + article.get_absolute_url()]
    assert said.links["shortlink"] == [f"{SITE}/?p={article.pk}"]


def test_each_author_on_the_fediverse_is_credited(client):
    authors = [
        make_author("Ada", mastodon="@ada@mastodon.uno"),
        make_author("Bruno"),
        make_author("Carla", mastodon="@carla@livellosegreto.it"),
    ]
    story = make_article(authors=authors)

    credited = head(client, story.get_absolute_url()).said["fediverse:creator"]
    assert credited == ["@ada@mastodon.uno", "@carla@livellosegreto.it"]
    assert head(client, "/author/ada/").one("fediverse:creator") == "@ada@mastodon.uno"
    assert "fediverse:creator" not in head(client, "/author/bruno/").said


def test_what_the_editor_wrote_for_outside_is_shown_outside_and_nowhere_else(client):
    article = make_article(
        title="Titolo",
        search_title="Per chi cerca",
        search_description="Descrizione per chi cerca.",
        social_title="Per i social",
        social_description="Descrizione per i social.",
        social_image=make_image(alt="Un gufo", crops=crops_of(f"ab/{'2' * 40}")),
        lead_image=make_image(),
    )
    page = client.get(article.get_absolute_url()).text
    said = Head(page)

    assert "<title>Per chi cerca · MMUL</title>" in page
    assert said.one("description") == "Descrizione per chi cerca."
    assert said.one("og:title") == "Per i social"
    assert said.one("og:description") == "Descrizione per i social."
    assert said.one("og:image") == f"{SITE}/media/ab/{'2' * 40}-191x100c.jpg"
    assert said.one("og:image:alt") == "Un gufo"
    assert '<h1 class="story__title">Titolo</h1>' in page
    body = page.partition("<body")[2]
    assert "Per chi cerca" not in body
    assert "Per i social" not in body


def test_the_page_is_forgotten_with_the_picture_only_other_sites_see(client):
    image = make_image()
    article = make_article(social_image=image)

    assert image.cache_tag in client.get(article.get_absolute_url()).headers["Cache-Tags"].split()


@pytest.mark.parametrize(
    ("fields", "picture"),
    [
        ({}, "card.png"),
        ({"lead_image": {}}, "whole"),
        ({"lead_image": {"crops": crops_of(f"ab/{'3' * 40}")}}, f"{'3' * 40}-191x100c.jpg"),
        ({"lead_image": {"width": 300, "height": 900}}, "card.png"),
    ],
)
def test_the_picture_is_what_there_is_by_now(client, fields, picture):
    fields = {name: make_image(**about) for name, about in fields.items()}
    article = make_article(**fields)
    wanted = fields["lead_image"].name if picture == "whole" else picture

    assert head(client, article.get_absolute_url()).one("og:image").endswith(wanted)


def test_the_drawn_card_is_shown_with_its_size(client):
    article = make_article(title="Perché è così")
    SocialCard.objects.create(article=article, name=f"ab/{'4' * 40}.png")
    said = head(client, article.get_absolute_url())

    assert said.one("og:image") == f"{SITE}/media/ab/{'4' * 40}.png"
    assert (said.one("og:image:width"), said.one("og:image:height")) == ("1200", "630")
    assert said.one("og:image:type") == "image/png"
    assert said.one("og:image:alt") == "Perché è così"


@pytest.mark.parametrize("authors", [1, 5])
def test_a_story_asks_no_query_for_all_this(client, django_assert_num_queries, authors):
    """Eight: the story, authors, sources, what stands around, labels, related, discussion, menu."""
    dressed = {"lead_image": make_image(), "social_image": make_image(), "tags": [make_tag()]}
    make_article()
    for number, fields in enumerate(({}, dressed)):
        article = make_article(authors=[make_author() for _ in range(authors)], **fields)
        if number:
            SocialCard.objects.create(article=article, name=f"ab/{'8' * 40}.png")
        with django_assert_num_queries(8):
            client.get(article.get_absolute_url())


def test_a_decorative_picture_has_no_words(client):
    article = make_article(lead_image=make_image(decorative=True, alt="mai"))

    assert "og:image:alt" not in head(client, article.get_absolute_url()).said


def test_every_public_page_has_one_canonical_address_of_ours(client):
    author = make_author("Ada", picture=make_image(width=300, height=300))
    tag = make_tag("Red Hat")
    for _ in range(13):
        make_article(authors=[author], main_category=make_category(), tags=[tag])
    page = make_page("Chi siamo", body="<p>Un giornale fatto da volontari.</p>")

    for address in ("/rassegna/", "/rassegna/fonti/"):
        assert head(client, address).links["canonical"] == [SITE + address]
    for address in ("/", "/page/2/", "/author/ada/", "/author/ada/page/2/", "/tag/red-hat/"):
        said = head(client, address)
        assert said.links["canonical"] == [SITE + address]
        assert said.one("og:url") == SITE + address
        assert said.one("og:image").startswith(SITE)
    assert head(client, "/author/ada/").one("og:type") == "profile"
    assert head(client, "/author/ada/").one("twitter:card") == "summary"
    said = head(client, page.get_absolute_url())
    assert said.links["canonical"] == [SITE + page.get_absolute_url()]
    assert said.one("description") == "Un giornale fatto da volontari."


def test_no_address_comes_from_the_request(client):
    article = make_article()
    address = f"{article.get_absolute_url()}?utm_source=x&p=1"
    response = client.get(address, headers={"host": "127.0.0.1:9999", "x-forwarded-host": "evil"})

    assert response.status_code == 200
    assert "9999" not in response.text
    assert "utm_source" not in response.text
    assert "evil" not in response.text


@pytest.mark.parametrize("state", [{"status": "draft"}, {"status": "draft", "published_at": None}])
def test_p1_a_preview_says_nothing_to_other_sites(client, state):
    author = make_author("Ada", mastodon="@ada@mastodon.uno")
    article = make_article(authors=[author], social_title="Per i social", **state)
    link = f"/anteprima/{PreviewLink.objects.issue(article, make_user())}/"
    said = head(client, link)

    assert said.one("robots") == "noindex"
    assert not [name for name in said.said if name.startswith(("og:", "article:", "twitter:"))]
    assert "fediverse:creator" not in said.said
    assert not said.links.keys() & {"canonical", "shortlink", "application/json+oembed"}
    assert "ld+json" not in client.get(link).text


def test_a_hostile_title_stays_in_its_attribute(client):
    article = make_article(title='"><img src=x onerror=alert(1)>', standfirst='"><b>')

    page = client.get(article.get_absolute_url()).text
    assert "<img src=x" not in page
    assert "<b>" not in page


# --- automatic descriptions ----------------------------------------------------


def test_without_a_standfirst_the_first_words_of_the_text_describe_it(client):
    article = make_article(
        standfirst="",
        body='<h2>Prima</h2><figure class="quotation"><blockquote class="original" lang="en">'
        "<p>Hello</p></blockquote></figure>"
        '<p>Il kernel <a href="https://example.org/">è uscito</a>.</p><p>Ecco<br>come.</p>',
    )

    wanted = "Il kernel è uscito. Ecco come."
    assert head(client, article.get_absolute_url()).one("description") == wanted


@pytest.mark.parametrize(
    ("text", "limit", "wanted"),
    [
        ("Breve.", 20, "Breve."),
        ("Una frase intera. Poi ne viene un’altra.", 30, "Una frase intera."),
        ("Sì. Ma la frase dopo è molto lunga davvero", 20, "Sì. Ma la frase…"),
        ("La versione 6.20 del kernel arriva lunedì", 30, "La versione 6.20 del kernel…"),
        ("Ha detto: «È pronto.» E poi basta così", 24, "Ha detto: «È pronto.»"),
        ("uno,\n due   tre", 60, "uno, due tre"),
        ("a" * 50, 20, "a" * 19 + "…"),
    ],
)
def test_a_long_text_is_cut_at_a_sentence_or_after_a_word(text, limit, wanted):
    assert outside.cut(text, limit) == wanted
    assert len(outside.cut(text, limit)) <= limit


def test_descriptions_keep_within_what_is_shown(client):
    article = make_article(standfirst="Parola lunga " * 46)
    said = head(client, article.get_absolute_url())

    assert len(said.one("description")) <= 160
    assert len(said.one("og:description")) <= 200
