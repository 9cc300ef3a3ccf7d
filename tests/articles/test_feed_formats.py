"""What stands in a feed: WordPress's elements, names that stay, bodies that read well anywhere."""

from datetime import datetime
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from articles.feeds.formats import atom_id
from articles.feeds.stories import of_stories
from articles.feeds.told import newest, told
from articles.models import Article
from images import files
from images.pictures import feed_file
from images.renditions import plan
from kit import tree
from tests.articles.subscribing import FORMATS, subscribe
from tests.factories import make_article, make_author, make_category, make_image, make_tag

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


def read_xml(client, address):
    return ElementTree.fromstring(client.get(address).content)


def rss_item(client):
    return read_xml(client, "/feed/").find("channel/item")


def content_of(client, address="/feed/"):
    return tree.parse(rss_item(client).findtext("content:encoded", namespaces=SPACES))


def make_file(image, name, size):
    path = files.path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return image


def make_shown(**fields):
    """A picture with its copies; the one of 960 pixels is on the disk."""
    image = make_image(**fields)
    image.renditions = plan(image)
    image.save()
    return make_file(image, files.copy_name(image.name, 960, "image/jpeg"), 4321)


# --- each format ---


def make_whole(**fields):
    return make_article(
        title="AT&T <punto>",
        standfirst="Uno & <due>",
        body='<p>Testo, <a href="/tag/x/">qui</a>.</p>',
        authors=[make_author("Ada"), make_author("Bruno")],
        main_category=make_category("Kernel"),
        tags=[make_tag("Red Hat")],
        comment_count=3,
        published_at=timezone.make_aware(datetime(2024, 8, 1, 9, 5)),
        revised_at=timezone.make_aware(datetime(2024, 8, 2, 10, 0)),
        **fields,
    )


def test_rss_says_what_wordpress_says(client, settings):
    story = make_whole()
    address = settings.SITE_URL + story.get_absolute_url()
    channel = read_xml(client, "/feed/").find("channel")
    item = channel.find("item")

    for name, value in {
        "title": settings.SITE_NAME,
        "link": f"{settings.SITE_URL}/",
        "language": "it",
        "lastBuildDate": "Fri, 02 Aug 2024 08:00:00 +0000",
        "sy:updatePeriod": "hourly",
        "sy:updateFrequency": "1",
    }.items():
        assert channel.findtext(name, namespaces=SPACES) == value, name
    for name, value in {
        "title": "AT&T <punto>",
        "link": address,
        "comments": f"{address}#comments",
        "pubDate": "Thu, 01 Aug 2024 07:05:00 +0000",
        "guid": f"{settings.SITE_URL}/?p={story.pk}",
        "description": "Uno &amp; &lt;due&gt;",
        "wfw:commentRss": f"{address}feed/",
        "slash:comments": "3",
    }.items():
        assert item.findtext(name, namespaces=SPACES) == value, name
    assert [c.text for c in item.findall("dc:creator", SPACES)] == ["Ada", "Bruno"]
    assert [c.text for c in item.findall("category")] == ["Kernel", "Red Hat"]
    assert f'href="{settings.SITE_URL}/tag/x/"' in item.findtext("content:encoded", "", SPACES)


def test_atom_says_the_same(client, settings):
    story = make_whole()
    address = settings.SITE_URL + story.get_absolute_url()
    feed = read_xml(client, "/feed/atom/")
    entry = feed.find("atom:entry", SPACES)

    assert feed.findtext("atom:id", namespaces=SPACES) == f"{settings.SITE_URL}/feed/atom/"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "it"
    for name, value in {
        "atom:title": "AT&T <punto>",
        "atom:id": f"{settings.SITE_URL}/?p={story.pk}",
        "atom:published": "2024-08-01T07:05:00+00:00",
        "atom:updated": "2024-08-02T08:00:00+00:00",
        "atom:summary": "Uno &amp; &lt;due&gt;",
        "thr:total": "3",
    }.items():
        assert entry.findtext(name, namespaces=SPACES) == value, name
    names = [name.text for name in entry.findall("atom:author/atom:name", SPACES)]
    assert names == ["Ada", "Bruno"]
    assert entry.find("atom:content", SPACES).get("type") == "html"
    links = {(link.get("rel"), link.get("href")) for link in entry.findall("atom:link", SPACES)}
    assert links == {
        ("alternate", address),
        ("replies", f"{address}#comments"),
        ("replies", f"{address}feed/atom/"),
    }


def test_json_says_the_same(client, settings):
    story = make_whole()
    (item,) = subscribe(client, "/feed/json/")["items"]

    assert item == {
        "id": f"{settings.SITE_URL}/?p={story.pk}",
        "url": settings.SITE_URL + story.get_absolute_url(),
        "title": "AT&T <punto>",
        "content_html": f'<p>Testo, <a href="{settings.SITE_URL}/tag/x/">qui</a>.</p>',
        "summary": "Uno & <due>",
        "date_published": "2024-08-01T07:05:00+00:00",
        "date_modified": "2024-08-02T08:00:00+00:00",
        "authors": [{"name": "Ada"}, {"name": "Bruno"}],
        "tags": ["Kernel", "Red Hat"],
    }


def test_a_story_nobody_may_talk_about_names_no_discussion(client):
    story = make_article(comments_open=False)

    assert b"comment" not in client.get("/feed/").content.replace(b"wellformedweb.org/Comment", b"")
    assert b"replies" not in client.get("/feed/atom/").content
    Article.objects.filter(pk=story.pk).update(comment_count=1)
    assert rss_item(client).findtext("slash:comments", namespaces=SPACES) == "1"


def test_a_story_without_signature_is_a_valid_entry(client):
    make_article(authors=[], standfirst="", body="")

    assert len(subscribe(client, "/feed/atom/").entries) == 1
    assert subscribe(client, "/feed/json/")["items"][0]["content_html"] == ""


@pytest.mark.parametrize(("name", "end"), [("rss2", ""), ("atom", "atom/"), ("json", "json/")])
def test_any_list_of_stories_can_be_a_feed(settings, django_assert_num_queries, name, end):
    """What a search does: its page and its feed are at addresses of their own."""
    make_article(title="trovata", body="<p>Perché</p>")
    stories = told(newest(now=timezone.now()))

    with django_assert_num_queries(0):
        response = of_stories(
            name, "Cerca: perché", "/?s=perch%C3%A9", stories, feed="/search/perch%C3%A9/feed/"
        )

    text = response.text
    assert response.headers["Content-Type"] == FORMATS[name]
    assert f"{settings.SITE_URL}/?s=perch%C3%A9" in text
    assert f"{settings.SITE_URL}/search/perch%C3%A9/feed/{end}" in text
    assert "trovata" in text
    assert "Cache-Tags" not in response.headers


# --- names ---

GUIDS = [
    "https://old.example.org/?p=12",
    "http://old.example.org/2019/03/ciao-mondo/",
    "tag:old.example.org,2019:12",
    "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
]
ODD_GUIDS = ["12", "ciao a tutti", "https://", "x" * 1000, "javascript:alert(1)", "à <&> \"'"]


@pytest.mark.parametrize("guid", GUIDS + ODD_GUIDS)
def test_an_imported_guid_stays_as_it_is(client, guid):
    make_article(guid=guid)
    item = rss_item(client)

    assert (item.findtext("guid"), item.find("guid").get("isPermaLink")) == (guid, "false")
    assert subscribe(client, "/feed/json/")["items"][0]["id"] == guid


@pytest.mark.parametrize("guid", GUIDS)
def test_atom_takes_an_imported_address_as_its_id(client, guid):
    make_article(guid=guid)

    assert subscribe(client, "/feed/atom/").entries[0].id == guid


@pytest.mark.parametrize("guid", ODD_GUIDS)
def test_atom_names_anything_else_by_a_name_that_stays(client, guid):
    make_article(guid=guid)
    name = subscribe(client, "/feed/atom/").entries[0].id

    assert name.startswith("urn:uuid:")
    assert name == atom_id(guid)


def test_a_name_does_not_change_with_address_and_date(client):
    story = make_article()
    before = rss_item(client).findtext("guid")
    story.slug, story.published_at = "altro", timezone.make_aware(datetime(2020, 1, 1))
    story.title = "Altro"
    story.save()

    assert rss_item(client).findtext("guid") == before


# --- the lead picture ---


def test_the_lead_picture_goes_along_with_its_exact_size(client, settings):
    image = make_shown()
    make_article(lead_image=image)
    url = f"{settings.SITE_URL}{feed_file(image).url}"

    enclosure = rss_item(client).find("enclosure").attrib
    assert enclosure == {"url": url, "length": "4321", "type": "image/jpeg"}
    (link,) = subscribe(client, "/feed/atom/").entries[0].enclosures
    assert (link.href, link.length, link.type) == (url, "4321", "image/jpeg")
    item = subscribe(client, "/feed/json/")["items"][0]
    assert item["image"] == url
    assert item["attachments"] == [{"url": url, "mime_type": "image/jpeg", "size_in_bytes": 4321}]
    assert len(client.get(url.removeprefix(settings.SITE_URL)).getvalue()) == 4321


@pytest.mark.parametrize(
    ("width", "sent"), [(2560, 960), (1600, 960), (1000, 960), (900, None), (400, None)]
)
def test_the_copy_that_goes_along_is_neither_tiny_nor_huge(width, sent):
    image = make_image(width=width)
    image.renditions = plan(image)
    wanted = files.copy_name(image.name, sent, "image/jpeg") if sent else image.name
    make_file(image, wanted, 7)

    assert feed_file(image) == (files.url(wanted), "image/jpeg", 7)


def test_a_picture_whose_file_is_missing_does_not_go_along(client):
    make_article(lead_image=make_image())

    assert rss_item(client).find("enclosure") is None
    assert subscribe(client, "/feed/atom/").entries[0].enclosures == []


def test_no_file_is_opened_for_a_feed(client, monkeypatch):
    make_article(lead_image=make_shown())

    def refuse(*args, **kwargs):
        raise AssertionError("opened")

    client.get("/feed/")
    monkeypatch.setattr("builtins.open", refuse)
    assert client.get("/feed/").status_code == 200


# --- bodies ---

FIGURES = """
<h2>Titolo</h2><p>Vedi <a href="https://example.com/x">altrove</a>.</p>
<figure class="quotation"><blockquote class="original" lang="en" cite="https://example.com/q">
<p>We counted the penguins.</p></blockquote><blockquote class="translation" lang="it">
<p>Abbiamo contato i pinguini.</p></blockquote>
<figcaption><cite>Ada</cite> <time datetime="2022-11-16"></time></figcaption></figure>
<figure class="video" data-video="youtube:aqz-KE-bpKQ"><figcaption>Un film</figcaption></figure>
<pre><code class="language-python">print("ciao")  # uno</code></pre>
<table><tr><th>a</th></tr><tr><td>b</td></tr></table>
"""


def test_a_quotation_keeps_both_languages(client):
    make_article(body=FIGURES)
    root = content_of(client)
    quotes = [node for node in root.walk() if node.tag == "blockquote"]

    assert {q.attrs["lang"]: q.text().strip() for q in quotes} == {
        "en": "We counted the penguins.",
        "it": "Abbiamo contato i pinguini.",
    }
    assert {q.attrs["cite"] for q in quotes} == {"https://example.com/q"}
    labels = [node.text() for node in root.walk() if node.tag == "strong"]
    assert labels == ["In italiano", "Originale in inglese"]


def test_what_only_our_pages_understand_stays_at_home(client):
    make_article(body=FIGURES + picture(make_shown()))
    root = content_of(client)
    text = root.text()
    names = {name for node in root.walk() for name in node.attrs}

    assert "nuova scheda" not in text
    assert "premi play" not in text
    assert "Guarda il video su YouTube" in text
    assert names <= {"href", "lang", "cite", "datetime", "src", "alt", "width", "height", "scope"}
    tags = {node.tag for node in root.walk()}
    assert not tags & {"div", "span", "picture", "source", "button", "iframe"}
    assert root.find("pre").text() == 'print("ciao")  # uno'
    assert tags >= {"figure", "table", "pre", "blockquote", "figcaption", "img"}


def picture(image):
    caption = "<figcaption>Didascalia</figcaption>"
    return f'<figure class="picture" data-image="{image.pk}">{caption}</figure>'


def test_a_picture_in_the_text_is_one_picture_with_its_words_below(client, settings):
    image = make_shown(alt="Tux", credit="Ada")
    make_article(body=picture(image))
    figure = content_of(client).find("figure")
    shown, caption = figure.elements

    assert shown.tag == "img"
    assert shown.attrs["alt"] == "Tux"
    assert shown.attrs["src"].startswith(f"{settings.SITE_URL}/media/")
    assert shown.attrs["src"].endswith(".jpg")
    assert caption.elements[0].tag == "p"
    assert caption.text() == "Didascalia Ada"


# --- S3 ---


@pytest.mark.parametrize("kind", ["", "atom/", "json/"])
def test_s3_forbidden_characters_from_any_column_reach_no_feed(client, kind):
    """Rows may come from elsewhere than our forms: a restored backup, an import, a hand."""
    odd = "a\x01\x0b\x1f\x7f\ufffe\uffffb ]]> <![CDATA["
    label = make_tag("t")
    story = make_article(tags=[label], authors=[person := make_author("p")])
    Article.objects.filter(pk=story.pk).update(
        title=odd, standfirst=odd, guid=odd, body_html=tree.escape(odd)
    )
    for row, column in ((label, "name"), (person, "name"), (story.main_category, "name")):
        type(row).objects.filter(pk=row.pk).update(**{column: odd})
    address = f"/feed/{kind}"
    found = subscribe(client, address)
    entry = found["items"][0] if kind == "json/" else found.entries[0]

    assert entry["title"] == "ab ]]> <![CDATA["
    assert entry["authors"][0]["name"] == "ab ]]> <![CDATA["
    assert not set("\x01\x0b\x1f\x7f\ufffe\uffff") & set(client.get(address).text)
    assert "ab ]]" in client.get(f"/tag/t/feed/{kind}").text


def test_the_site_s_feeds_name_their_hub_once_there_is_one(client, settings):
    make_article()
    assert "hub" not in client.get("/feed/").text

    settings.WEBSUB_HUB = "https://hub.example.org/"

    for address in ("/feed/", "/feed/atom/"):
        answer = client.get(address)
        assert 'rel="hub"' in answer.text
        assert '<https://hub.example.org/>; rel="hub"' in answer.headers["Link"]
    assert 'rel="hub"' not in client.get("/comments/feed/").text
