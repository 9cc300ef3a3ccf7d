"""Every public page: no cookie, no request to another host, tags declared, few queries."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

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

pytestmark = pytest.mark.django_db
LIST_QUERIES, STORY_QUERIES = 6, 8  # a story has its discussion
BODY = """
<h2>Titolo</h2><p>Testo con un <a href="https://example.com/x">legame</a>.</p>
<figure class="quotation"><blockquote class="original" lang="en" cite="https://example.com/q">
<p>Hello.</p></blockquote><blockquote class="translation" lang="it"><p>Ciao.</p></blockquote>
<figcaption><cite>Ada</cite> <time datetime="2022-11-16"></time></figcaption></figure>
<figure class="video" data-video="youtube:aqz-KE-bpKQ"><figcaption>Un film</figcaption></figure>
<pre><code class="language-python">print("ciao")</code></pre>
"""
# Attributes that make a browser ask for something by itself.
LOADS = {"src", "srcset", "poster", "data", "background", "action", "formaction"}
LOADING_LINKS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch"}


@pytest.fixture
def site():
    """One of everything; returns the addresses of every kind of public page."""
    author = make_author("Ada", picture=make_image(), biography="Scrive.")
    article = make_article(
        body=BODY,
        authors=[author],
        main_category=make_category("Software", menu_order=1),
        tags=[make_tag("Red Hat")],
        series=make_series("Git"),
        lead_image=make_image(),
        sources=[{"outlet": "X", "url": "https://example.org/"}],
    )
    comment = make_comment(article, user_url="https://example.org/")
    make_comment(parent=comment)
    page = make_page("Chi siamo", body="<p>Noi.</p>", menu_order=1)
    day = article.published_at
    lists = ["/", "/category/software/", "/tag/red-hat/", "/author/ada/", "/serie/git/"]
    archives = [f"/{day.year}/", f"/{day:%Y/%m}/"]
    forms = ["/commenti/dati/", f"/commenti/segnala/{comment.pk}/"]
    pages = [article.get_absolute_url(), page.get_absolute_url()]
    return [*lists, *archives, *pages, *forms]


@pytest.fixture
def feeds(site):
    story = next(address for address in site if address.count("/") == 4)
    maps = ["/sitemap.xml", "/sitemap-news.xml", "/robots.txt"]
    return ["/feed/", "/comments/feed/", f"{story}feed/", *maps]


class Loads(HTMLParser):
    """Collects every address a browser would ask for without a click, and inline code."""

    def __init__(self):
        super().__init__()
        self.addresses, self.inline = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        for name, value in attrs.items():
            if name in LOADS:
                self.addresses += [part.split()[0] for part in (value or "").split(",") if part]
            if name.startswith("on") or name == "style":
                self.inline.append(f"{tag} {name}")
        if tag == "link" and LOADING_LINKS & set((attrs.get("rel") or "").split()):
            self.addresses.append(attrs.get("href"))
        # A browser runs no JSON-LD: it is data, and the policy lets it pass.
        is_data = attrs.get("type") == "application/ld+json"
        if tag == "style" or (tag == "script" and "src" not in attrs and not is_data):
            self.inline.append(tag)


def test_r1_no_page_sets_a_cookie_or_asks_another_host(client, site, feeds):
    for address in [*site, *feeds, "/nessuna-pagina/"]:
        response = client.get(address)
        assert "Set-Cookie" not in response.headers, address
        assert not response.cookies, address
        assert "cookie" not in response.headers.get("Vary", "").lower(), address
        if "html" in response.headers["Content-Type"]:
            loads = Loads()
            loads.feed(response.text)
            foreign = [a for a in loads.addresses if urlsplit(a).netloc]
            assert (foreign, loads.inline) == ([], []), address


def test_every_public_page_declares_what_it_is_made_of(client, site, feeds):
    for address in [*site, *feeds]:
        headers = client.get(address).headers
        assert headers.get("Cache-Tags"), address
        assert headers["Cache-Control"] == "public, max-age=0, must-revalidate", address


def test_every_public_page_stays_within_its_queries(client, site, django_assert_max_num_queries):
    for address in site:
        story = address.count("/") == 4
        with django_assert_max_num_queries(STORY_QUERIES if story else LIST_QUERIES):
            assert client.get(address).status_code == 200, address


def test_every_page_is_italian_with_one_heading_and_a_way_past_the_menu(client, site):
    for address in [*site, "/nessuna-pagina/"]:
        page = client.get(address).text
        assert '<html lang="it"' in page, address
        assert page.count("<h1") == 1, address
        assert 'href="#' in page.partition("<header")[0], address
        assert "<title>" in page, address


def test_every_link_of_ours_answers(client, site):
    class Links(HTMLParser):
        found: set[str] = set()

        def handle_starttag(self, tag, attrs):
            href = dict(attrs).get("href") or ""
            if tag == "a" and href.startswith("/"):
                self.found.add(href.partition("#")[0])

    for address in site:
        links = Links()
        links.feed(client.get(address).text)
    for href in Links.found - {"/feed/"}:
        assert client.get(href).status_code == 200, href
