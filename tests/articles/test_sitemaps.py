"""Site maps: what stands in them, that machines can read them, what they cost."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing, sitemaps
from articles.models import Article
from tests.articles.test_hidden import HIDING, MARK, hide
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
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
# W3C Datetime (www.w3.org/TR/NOTE-datetime), its fullest form without fractions.
W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
FORBIDDEN = "\x00\x08\x0b\x1f\ufffe\uffff"
PER_PART = sitemaps.PER_PART
MOVED = {
    "/wp-sitemap.xml": "/sitemap.xml",
    "/wp-sitemap-posts-post-1.xml": "/sitemap.xml",
    "/wp-sitemap-taxonomies-post_tag-12.xml": "/sitemap.xml",
    "/wp-sitemap-users-1.xml": "/sitemap.xml",
    "/sitemap_index.xml": "/sitemap.xml",
    "/post-sitemap.xml": "/sitemap.xml",
    "/post-sitemap2.xml": "/sitemap.xml",
    "/post_tag-sitemap.xml": "/sitemap.xml",
    "/category-sitemap.xml": "/sitemap.xml",
    "/news-sitemap.xml": "/sitemap-news.xml",
}


@pytest.fixture(autouse=True)
def _one_part(monkeypatch):
    """PostgreSQL counts on from test to test: what a test made stands in part 1 all the same."""
    monkeypatch.setattr(sitemaps, "PER_PART", 10**9)


def read(client, address):
    """Return the root of a map after checking the rules every map obeys."""
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert response.headers["Cache-Tags"] == "lists"
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert len(response.content) < 50 * 1024 * 1024
    return ElementTree.fromstring(response.content)


def locs(root):
    return [node.text for node in root.iter(f"{MAP}loc")]


def paths(client, settings, address):
    return [loc.removeprefix(settings.SITE_URL) for loc in locs(read(client, address))]


def everything(client, settings):
    """Every address of every part the index names."""
    parts = paths(client, settings, "/sitemap.xml")
    return [path for part in parts for path in paths(client, settings, part)]


def make_site():
    return make_article(
        title="Tutto & di più",
        main_category=make_category("Distribuzioni", parent=make_category("Software")),
        tags=[make_tag("C++")],
        authors=[make_author("Ada Però")],
        series=make_series("Git e trucchi"),
        lead_image=make_image(),
    )


def test_every_kind_of_page_with_something_on_it_is_in_the_map(client, settings):
    article, page = make_site(), make_page("Chi siamo")

    assert everything(client, settings) == [
        article.get_absolute_url(),
        "/category/software/",
        "/category/software/distribuzioni/",
        "/tag/c-plus-plus/",
        "/author/ada-pero/",
        "/serie/git-e-trucchi/",
        "/",
        page.get_absolute_url(),
    ]


def test_every_address_of_the_map_answers(client, settings):
    make_site()
    make_page("Chi siamo")

    for path in everything(client, settings):
        assert client.get(path).status_code == 200, path


def test_every_map_keeps_the_rules_of_its_schema(client, settings):
    settings.SITE_URL = "https://www.example.org"
    make_site()
    index = read(client, "/sitemap.xml")
    assert index.tag == f"{MAP}sitemapindex"
    assert 1 <= len(index) <= 50_000

    for loc in locs(index):
        root = read(client, loc.removeprefix(settings.SITE_URL))
        assert root.tag == f"{MAP}urlset"
        assert 1 <= len(root) <= 50_000
        for url in root:
            order = [node.tag for node in url]
            allowed = [f"{MAP}loc", f"{MAP}lastmod", f"{IMAGE}image"]
            assert order == sorted(order, key=allowed.index)
            assert order.count(f"{MAP}loc") == 1
            assert order.count(f"{MAP}lastmod") <= 1
    for root in (index, read(client, "/sitemap-articoli-1.xml"), read(client, "/sitemap-news.xml")):
        assert all(loc.startswith("https://www.example.org/") for loc in locs(root))
        assert all(len(loc) < 2048 and loc.isascii() for loc in locs(root))
        dates = [*root.iter(f"{MAP}lastmod"), *root.iter(f"{NEWS}publication_date")]
        assert dates
        assert all(W3C.fullmatch(date.text) for date in dates)


def test_an_empty_site_has_a_valid_map_with_its_front_page(client, settings):
    assert everything(client, settings) == ["/"]


def test_a_story_changed_when_it_was_saved_or_when_it_came_out(client):
    now = timezone.now().replace(microsecond=0)
    saved = make_article(published_at=now - timedelta(days=9))
    scheduled = make_article(published_at=now - timedelta(days=2))
    Article.objects.filter(pk=saved.pk).update(modified_at=now - timedelta(days=1))
    Article.objects.filter(pk=scheduled.pk).update(modified_at=now - timedelta(days=5))

    dates = [n.text for n in read(client, "/sitemap-articoli-1.xml").iter(f"{MAP}lastmod")]
    (newest,) = read(client, "/sitemap.xml")[0].iter(f"{MAP}lastmod")

    wanted = [timezone.localtime(now - timedelta(days=n)).isoformat() for n in (1, 2)]
    assert dates == wanted
    assert newest.text == wanted[0]


def test_a_comment_count_is_no_change_and_a_save_is_one(client):
    article = make_article(published_at=timezone.now() - timedelta(days=1))
    Article.objects.update(modified_at=timezone.now() - timedelta(days=1))
    before = client.get("/sitemap-articoli-1.xml").content

    Article.objects.update(comment_count=9)
    assert client.get("/sitemap-articoli-1.xml").content == before
    article.save()
    assert client.get("/sitemap-articoli-1.xml").content != before


def test_pictures_are_named_once_with_their_whole_address(client, settings):
    lead, inside = make_image(), make_image()
    body = "".join(
        f'<figure class="picture" data-image="{image.pk}"></figure>' for image in (inside, lead)
    )
    make_article(lead_image=lead, body=body)
    make_article()

    first, second = read(client, "/sitemap-articoli-1.xml")

    assert [node.text for node in first.iter(f"{IMAGE}loc")] == [
        f"{settings.SITE_URL}{lead.url}",
        f"{settings.SITE_URL}{inside.url}",
    ]
    assert not list(second.iter(f"{IMAGE}loc"))


def test_pictures_may_live_on_another_origin_and_are_not_endless(client, settings, monkeypatch):
    settings.MEDIA_URL = "https://media.example.org/media/"
    monkeypatch.setattr(sitemaps, "PICTURES", 2)
    images = [make_image() for _ in range(4)]
    body = "".join(f'<figure class="picture" data-image="{i.pk}"></figure>' for i in images)
    make_article(body=body)

    found = [n.text for n in read(client, "/sitemap-articoli-1.xml").iter(f"{IMAGE}loc")]

    assert found == [f"https://media.example.org/media/{image.name}" for image in images[:2]]


# --- Hidden things: P1 -------------------------------------------------------


@pytest.mark.parametrize("state", HIDING.values(), ids=HIDING)
def test_p1_no_map_tells_of_a_hidden_story_or_of_its_labels(client, settings, state):
    shown = make_article(main_category=make_category("Software"))
    before = maps(client, settings)
    hide(main_category=make_category(f"{MARK} categoria"), **state)
    make_page("pagina", slug=f"{MARK}-pagina", published=False)

    assert maps(client, settings) == before
    assert shown.get_absolute_url() in everything(client, settings)


def maps(client, settings):
    """The bytes of all maps. One more hidden row may not change a single one."""
    addresses = ["/sitemap.xml", "/sitemap-news.xml", *paths(client, settings, "/sitemap.xml")]
    return {address: client.get(address).content for address in addresses}


def test_p1_a_part_of_hidden_rows_answers_like_one_that_never_was(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_PART", 1)
    hidden = make_article(status="draft", main_category=make_category("Segreta"))
    for name, pk in (("articoli", hidden.pk), ("categorie", hidden.main_category_id)):
        there = client.get(f"/sitemap-{name}-{pk}.xml")
        never = client.get(f"/sitemap-{name}-{pk + 1}.xml")
        assert there.status_code == never.status_code == 404
        assert len(there.content) == len(never.content)


def test_p1_a_withdrawn_story_leaves_the_map_and_a_scheduled_one_enters_by_the_clock(
    client, settings
):
    article, soon = make_article(), make_article(published_at=timezone.now() + timedelta(hours=1))
    publishing.withdraw(Article.objects.filter(pk=article.pk))
    assert everything(client, settings) == ["/"]

    Article.objects.filter(pk=soon.pk).update(published_at=timezone.now() - timedelta(seconds=1))
    assert len(everything(client, settings)) == 4  # with its category and its author


def test_a_map_is_forgotten_when_a_story_comes_out(django_capture_on_commit_callbacks):
    from pagecache.tags import purged

    heard = []
    make_article()
    purged.connect(listen := lambda tags, **_: heard.extend(tags))
    try:
        with django_capture_on_commit_callbacks(execute=True):
            publishing.announce_due()
    finally:
        purged.disconnect(listen)

    assert "lists" in heard


# --- Parts -------------------------------------------------------------------


def test_a_part_has_as_many_addresses_as_wordpress_gives_it():
    assert PER_PART == 2000


def test_a_new_or_a_deleted_story_moves_no_other_to_another_part(client, settings, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_PART", 2)
    stories = [make_article() for _ in range(7)]
    before = where(client, settings)
    assert len(before) == 7
    assert len(set(before.values())) in (4, 5)  # keys need not begin at an odd number

    make_article(published_at=timezone.now() - timedelta(days=900))
    address = stories[3].get_absolute_url()
    stories[3].delete()

    after = where(client, settings)
    assert {path: part for path, part in after.items() if path in before} == {
        path: part for path, part in before.items() if path != address
    }
    assert len(after) == 7


def where(client, settings):
    """``{address of a story: part it stands in}``."""
    parts = [p for p in paths(client, settings, "/sitemap.xml") if "articoli" in p]
    found = [(path, part) for part in parts for path in paths(client, settings, part)]
    assert len(found) == len(dict(found))
    return dict(found)


def test_a_part_is_cut_by_keys_and_skips_nothing(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_PART", 1)
    last = [make_article() for _ in range(3)][-1]

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(f"/sitemap-articoli-{last.pk}.xml").status_code == 200

    assert not [query for query in asked if "OFFSET" in query["sql"].upper()]


@pytest.mark.parametrize(
    "address",
    [
        "/sitemap-articoli-0.xml",
        "/sitemap-articoli-2.xml",
        "/sitemap-articoli-01.xml",
        "/sitemap-articoli-999999999999999999.xml",
        "/sitemap-articoli-9999999999999999999999.xml",
        "/sitemap-altro-1.xml",
        "/sitemap--1.xml",
        "/sitemap-articoli.xml",
        "/sitemap-news.xml.gz",
        "/wp-sitemap.xsl",
    ],
)
def test_p3_a_map_that_is_none_is_a_404(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("old", "new"), MOVED.items(), ids=MOVED)
def test_the_maps_of_wordpress_and_its_plugins_lead_to_ours(client, old, new):
    response = client.get(old)

    assert (response.status_code, response.headers["Location"]) == (301, new)
    assert client.get(new).status_code == 200


def test_addresses_come_from_the_settings_and_an_unchanged_map_is_a_304(client, settings):
    make_article()
    first = client.get("/sitemap-articoli-1.xml")

    again = client.get("/sitemap-articoli-1.xml", headers={"if-none-match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert (
        b"evil.example" not in client.get("/sitemap.xml", headers={"host": "evil.example"}).content
    )


# --- The news map ------------------------------------------------------------


def test_the_news_map_holds_the_last_two_days_newest_first(client, settings):
    settings.SITE_NAME = "Pinguini & C."
    now = timezone.now().replace(microsecond=0)
    for hours in (47, 1, 49):
        make_article(title=f"ore {hours}", published_at=now - timedelta(hours=hours))
    make_article(title="futuro", published_at=now + timedelta(hours=1))
    make_article(title="bozza", status="draft")

    root = read(client, "/sitemap-news.xml")

    assert [node.text for node in root.iter(f"{NEWS}title")] == ["ore 1", "ore 47"]
    assert {node.text for node in root.iter(f"{NEWS}name")} == {"Pinguini & C."}
    assert {node.text for node in root.iter(f"{NEWS}language")} == {"it"}
    date = next(root.iter(f"{NEWS}publication_date")).text
    assert date == timezone.localtime(now - timedelta(hours=1)).isoformat()
    for url in root:
        assert [node.tag for node in url] == [f"{MAP}loc", f"{NEWS}news"]
        names = [node.tag.removeprefix(NEWS) for node in url[1]]
        assert names == ["publication", "publication_date", "title"]


def test_the_news_map_has_a_thousand_stories_at_most(client, monkeypatch):
    assert sitemaps.NEWS == 1000
    monkeypatch.setattr(sitemaps, "NEWS", 2)
    for _ in range(3):
        make_article()

    assert len(read(client, "/sitemap-news.xml")) == 2


def test_after_two_quiet_days_the_news_map_is_empty_and_readable(client):
    make_article(published_at=timezone.now() - timedelta(days=3))

    assert len(read(client, "/sitemap-news.xml")) == 0


@pytest.mark.parametrize(
    "title",
    ["AT&T <b> \"x\" 'y'", "a]]>b", "<![CDATA[x]]>", "&amp; &#x0;", "😀 \u2028 è", "--> <!--"],
)
def test_s3_any_title_gives_readable_xml_and_comes_back_as_it_was(client, title):
    make_article(title=title)

    assert [n.text for n in read(client, "/sitemap-news.xml").iter(f"{NEWS}title")] == [title]


@pytest.mark.parametrize("mark", FORBIDDEN.replace("\x00", ""))  # PostgreSQL keeps no NUL
def test_s3_characters_that_xml_forbids_are_dropped(client, settings, mark):
    settings.SITE_NAME = f"Pin{mark}guini\x00"
    article = make_article()
    Article.objects.filter(pk=article.pk).update(title=f"Kernel{mark} 7")

    root = read(client, "/sitemap-news.xml")

    assert next(root.iter(f"{NEWS}title")).text == "Kernel 7"
    assert next(root.iter(f"{NEWS}name")).text == "Pinguini"


# --- Cost: V2 ----------------------------------------------------------------

BUDGETS = {
    "/sitemap.xml": 7,
    "/sitemap-articoli-1.xml": 2,
    "/sitemap-categorie-1.xml": 2,
    "/sitemap-tag-1.xml": 1,
    "/sitemap-firme-1.xml": 1,
    "/sitemap-serie-1.xml": 1,
    "/sitemap-pagine-1.xml": 1,
    "/sitemap-news.xml": 2,
}


@pytest.mark.parametrize("how_many", [1, 20])
def test_v2_no_map_costs_more_queries_on_a_larger_site(
    client, django_assert_max_num_queries, how_many
):
    for _ in range(how_many):
        picture = make_image()
        make_article(
            main_category=make_category(),
            tags=[make_tag(), make_tag()],
            series=make_series(),
            lead_image=make_image(),
            body=f'<figure class="picture" data-image="{picture.pk}"></figure>',
        )
        make_page()

    for address, budget in BUDGETS.items():
        with django_assert_max_num_queries(budget):
            assert client.get(address).status_code == 200, address
