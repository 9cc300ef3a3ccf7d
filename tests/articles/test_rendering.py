"""What readers get from a stored body, on the page and in the feed (S3)."""

from xml.etree import ElementTree

import pytest
from django.utils import timezone

from articles import rendering
from articles.models import Article
from images.models import Image
from kit import html, tree
from pagecache.tags import purged
from tests import factories
from tests.factories import make_article, make_author, make_image

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
HINT = "(si apre in una nuova scheda)"
HOSTILE = "<script>alert(1)</script> \"'>]]>&amp;</code></pre><img src=x onerror=alert(1)>"


def rendered(body):
    """The tree a browser makes of a stored body."""
    return tree.parse(rendering.render(html.clean(body, "article")).html)


def every(root, tag):
    return [node for node in root.walk() if node.tag == tag]


def quotation(**more):
    quoted = {"lang": "en", "cite": "https://example.org/q", "speaker": "Ada", "day": "2022-11-16"}
    quoted |= more
    return f"""<figure class="quotation">
<blockquote class="original" lang="{quoted["lang"]}" cite="{quoted["cite"]}"><p>Hello.</p>
</blockquote><blockquote class="translation" lang="it"><p>Ciao.</p></blockquote>
<figcaption><cite>{quoted["speaker"]}</cite> <time datetime="{quoted["day"]}"></time>
</figcaption></figure>"""


VIDEO = (
    '<figure class="video" data-video="youtube:aqz-KE-bpKQ"><figcaption>Film</figcaption></figure>'
)


def whole_body():
    """A body with one of everything."""
    return (
        '<h2>Titolo</h2><p>Un <a href="https://example.org/">link</a>.</p>'
        '<pre><code class="language-python">print("ciao")</code></pre>'
        "<table><tbody><tr><th>A</th></tr><tr><td>1</td></tr></tbody></table>"
        f'{quotation()}{VIDEO}<figure class="picture" data-image="{make_image().pk}"></figure>'
    )


# --- links ---


@pytest.mark.parametrize(
    "href",
    [
        "https://example.org/a?b=1&amp;c=2#d",
        "http://127.0.0.1:9999/",
        "http://127.0.0.1:8000@example.org/",
        "http://127.0.0.1.example.org:8000/",
        "https://example.org/http://127.0.0.1:8000/",
    ],
)
def test_s3_a_link_to_elsewhere_opens_a_new_tab_and_says_so(href):
    link = rendered(f'<p>Un <a href="{href}">testo</a>.</p>').find("a")

    assert (link.attrs["target"], link.attrs["rel"]) == ("_blank", "noopener")
    assert link.find("span", cls="unseen").text() == f" {HINT}"
    assert link.text() == f"testo {HINT}"


@pytest.mark.parametrize(
    ("href", "ours"),
    [
        ("/tag/red-hat/?p=1#x", "/tag/red-hat/?p=1#x"),
        ("http://127.0.0.1:8000/feed/", "/feed/"),
        ("HTTP://127.0.0.1:8000", "/"),
        ("https://vecchio.example.org/2015/01/x/", "/2015/01/x/"),
        ("https://VECCHIO.example.org/x", "/x"),
        ("mailto:redazione@example.org", "mailto:redazione@example.org"),
    ],
)
def test_s3_a_link_of_ours_stays_in_the_tab(settings, href, ours):
    settings.OTHER_HOSTS = ["vecchio.example.org"]
    link = rendered(f'<p><a href="{href}">testo</a></p>').find("a")

    assert (link.attrs, link.text()) == ({"href": ours}, "testo")


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "///evil.example/"])
def test_s3_an_address_of_ours_never_leads_away(path):
    for href in (path, f"http://127.0.0.1:8000{path}"):
        body = f'<p><a href="{href}">testo</a></p>'
        for root in (rendered(body), tree.parse(rendering.render(body).html)):
            for link in every(root, "a"):
                assert link.attrs["href"][:1] == "/"
                assert link.attrs["href"][1:2] not in ("/", "\\")


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "x:y"])
def test_s3_a_link_that_is_no_address_is_no_link(href):
    assert every(rendered(f'<p><a href="{href}">testo</a></p>'), "a") == []


def test_s3_every_link_of_a_story_s_page_that_opens_a_tab_is_safe_and_says_so(client):
    story = make_article(
        body=whole_body(),
        authors=[
            make_author("Ada", website="https://example.org/ada", mastodon="@ada@example.org")
        ],
        lead_image=make_image(credit_url="https://example.org/foto", licence="cc-by"),
        sources=[{"outlet": "Testata", "url": "https://example.org/fonte"}],
    )
    root = tree.parse(client.get(story.get_absolute_url()).text)
    outside = [link for link in every(root, "a") if link.attrs.get("href", "").startswith("http")]

    assert len(outside) >= 6
    for link in outside:
        assert link.attrs.get("target") == "_blank", link
        assert "noopener" in link.attrs.get("rel", "").split(), link
        assert HINT in link.text(), link
    inside = [link for link in every(root, "a") if link not in outside]
    assert not [link for link in inside if "target" in link.attrs or HINT in link.text()]


# --- headings ---


def test_s3_the_id_of_a_heading_has_a_prefix_and_is_there_once():
    titles = ["Perché è così?", "Perché è così?", "comments", "!!!", "location", "???"]
    root = rendered("".join(f"<h2>{title}</h2>" for title in titles))
    ids = [heading.attrs["id"] for heading in every(root, "h2")]

    assert ids[:3] == ["sez-perche-e-cosi", "sez-perche-e-cosi-2", "sez-comments"]
    assert all(name.startswith("sez-") for name in ids)
    assert len(set(ids)) == len(ids)


def test_s3_a_heading_with_the_number_of_another_s_id_gets_its_own():
    root = rendered("<h2>Prova 2</h2><h2>Prova</h2><h3>Prova</h3>")
    ids = [node.attrs["id"] for node in root.walk() if "id" in node.attrs]

    assert ids == ["sez-prova-2", "sez-prova", "sez-prova-3"]


def test_s3_nobody_s_own_id_reaches_the_page():
    body = '<h2 id="comments" name="x">Uno</h2><p id="main" class="box">Due</p>'
    root = rendered(body)

    assert (root.find("h2").attrs, root.find("p").attrs) == ({"id": "sez-uno"}, {})


# --- code ---


def code(text, language):
    return f'<pre><code class="language-{language}">{tree.escape(text)}</code></pre>'


def test_s3_code_is_coloured_on_the_server_and_named():
    root = rendered(code('def f():\n    return "ciao"  # nota', "python"))
    box, pre = root.find("div", cls="code"), root.find("pre")

    assert box.attrs["data-language"] == "Python"
    assert pre.attrs["aria-label"] == "Codice Python"
    assert pre.attrs["tabindex"] == "0"
    assert [(s.attrs["class"], s.text()) for s in every(root, "span")] == [
        ("k", "def"),
        ("nf", "f"),
        ("k", "return"),
        ("s", '"ciao"'),
        ("c", "# nota"),
    ]


LANGUAGES = "python html php javascript bash xml css sql diff json yaml c rust text nessuna".split()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "<?php echo '</script>'; ?>\n<!-- --><![CDATA[x]]>",
        "  a &lt; b && c > d\n\n\tfine \"x\" 'y'",
        "#!/bin/sh\r\necho \\x3cscript\\x3e \u202e\u00a0è 🙂",
    ],
    ids=["script", "php", "blanks", "odd"],
)
def test_s3_hostile_code_stays_text_in_every_language(language, text):
    root = rendered(code(text, language))
    shown = root.find("code")

    assert shown.text() == text.replace("\r\n", "\n")
    assert {node.tag for node in root.walk()} <= {"", "div", "pre", "code", "span"}
    for span in every(root, "span"):
        assert set(span.attrs) == {"class"}
        assert span.attrs["class"].isalpha()


def test_s3_very_long_code_stays_plain_but_whole():
    text = "x = 1\n" * 9000
    root = rendered(code(text, "python"))

    assert root.find("code").children == [text.rstrip()]
    assert root.find("pre").attrs["aria-label"] == "Codice Python"


def test_boxes_that_scroll_are_told_apart():
    root = rendered(code("a", "python") + code("b", "python") + code("c", "nessuna"))

    names = [pre.attrs["aria-label"] for pre in every(root, "pre")]
    assert names == ["Codice Python", "Codice Python 2", "Codice"]


# --- quotations ---


@pytest.mark.parametrize(
    ("first", "order"),
    [("translation", ["translation", "original"]), ("original", ["original", "translation"])],
)
def test_a_quotation_says_the_language_of_both_parts_in_the_order_of_the_setting(
    settings, first, order
):
    settings.QUOTATION_FIRST = first
    root = rendered(quotation())
    parts = [node for node in every(root, "div") if "quotation__part" in node.attrs["class"]]
    languages = {"translation": "it", "original": "en"}
    texts = {"translation": "Ciao.", "original": "Hello."}

    assert [part.attrs["class"].rpartition("--")[2] for part in parts] == order
    for name, part in zip(order, parts, strict=True):
        words = part.find("blockquote")
        assert words.attrs["lang"] == languages[name]
        assert words.attrs["cite"] == "https://example.org/q"
        assert words.text().strip() == texts[name]


def test_a_quotation_says_who_where_and_when():
    root = rendered(quotation(speaker="Ada &lt;b&gt;"))
    source = root.find("figcaption")

    assert root.find("figure").attrs["aria-label"] == "Citazione di Ada <b>"
    assert source.find("cite").text() == "Ada <b>"
    assert source.find("a").attrs["href"] == "https://example.org/q"
    assert source.find("time").attrs["datetime"] == "2022-11-16"
    assert source.text() == f"Ada <b>, fonte: example.org {HINT}, 16 novembre 2022"


@pytest.mark.parametrize(
    ("language", "label"),
    [("fr", "Originale in francese"), ("de-AT", "Originale in tedesco"), ("tlh", "Originale")],
)
def test_the_original_is_labelled_in_italian(language, label):
    root = rendered(quotation(lang=language))
    part = root.find("div", cls="quotation__part quotation__part--original")

    assert part.find("p", cls="quotation__label").text() == label
    assert part.find("blockquote").attrs["lang"] == language


def test_an_italian_quotation_stands_alone_and_unlabelled():
    body = (
        '<figure class="quotation"><blockquote class="original" lang="it"><p>Ciao.</p></blockquote>'
    )
    root = rendered(f"{body}<figcaption><cite>Ada</cite></figcaption></figure>")

    assert root.find("figure").attrs["class"] == "quotation quotation--single"
    assert root.find("p", cls="quotation__label") is None
    assert [node.attrs["lang"] for node in every(root, "blockquote")] == ["it"]


# --- videos ---

LOADS = {"src", "srcset", "poster", "data", "background", "style"}


@pytest.mark.parametrize(
    ("video", "page", "frame"),
    [
        (
            "youtube:aqz-KE-bpKQ",
            "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ",
        ),
        ("vimeo:76979871", "https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871"),
    ],
)
def test_a_video_asks_nobody_before_the_click(video, page, frame):
    root = rendered(f'<figure class="video" data-video="{video}"></figure>')
    figure = root.find("figure")

    assert {node.tag for node in root.walk()} <= {"", "figure", "a", "p", "span"}
    assert not [node for node in root.walk() if LOADS & node.attrs.keys()]
    assert figure.attrs["data-video-src"] == frame
    assert figure.find("a", cls="video__play").attrs["href"] == page
    assert "Prima no." in figure.find("p", cls="video__note").text()


def test_a_video_of_a_host_we_do_not_frame_is_a_link(settings):
    settings.EMBED_HOSTS = ["player.vimeo.com"]
    figure = rendered(VIDEO).find("figure")

    assert "data-video-src" not in figure.attrs
    assert "il link ti porta lì" in figure.text()
    assert figure.find("figcaption").text() == "Film"


@pytest.mark.parametrize(
    "video", ["youtube:x", 'youtube:aqz"><script>', "dailymotion:x2", "vimeo:1/../../x", ""]
)
def test_a_video_that_is_none_is_left_out(video):
    assert (
        rendered(f'<figure class="video" data-video="{video}"></figure><p>Testo</p>').find("figure")
        is None
    )


# --- pictures ---


def picture(image, caption=""):
    return f'<figure class="picture" data-image="{image.pk}"><figcaption>{caption}</figcaption></figure>'


def test_a_picture_has_width_and_height():
    image = make_image(width=1234, height=567)
    shown = rendered(picture(image, "Una didascalia")).find("img")

    assert (shown.attrs["width"], shown.attrs["height"]) == ("1234", "567")
    assert shown.attrs["alt"] == image.alt
    assert shown.attrs["loading"] == "lazy"


def test_every_picture_of_a_story_s_page_has_width_and_height(client):
    story = make_article(
        body=whole_body(),
        lead_image=make_image(),
        authors=[make_author("Ada", picture=make_image())],
    )
    for path in (story.get_absolute_url(), "/"):
        images = every(tree.parse(client.get(path).text), "img")
        assert images
        for image in images:
            assert image.attrs["width"].isdigit(), image
            assert image.attrs["height"].isdigit(), image
            assert "alt" in image.attrs, image


def test_s3_what_is_written_about_a_picture_stays_text():
    image = make_image(alt=HOSTILE, credit=HOSTILE, credit_url="https://example.org/?a=1&b=2")
    root = rendered(picture(image, tree.escape(HOSTILE)))
    caption = root.find("figcaption")

    assert root.find("img").attrs["alt"] == HOSTILE
    assert caption.text() == f"{HOSTILE} {HOSTILE} {HINT}"
    assert caption.find("a").attrs["href"] == "https://example.org/?a=1&b=2"
    assert (len(every(root, "img")), len(every(root, "script"))) == (1, 0)


def test_a_picture_that_was_deleted_leaves_nothing():
    image = make_image()
    body = f"<p>Prima.</p>{picture(image, 'Didascalia')}<p>Dopo.</p>"
    Image.objects.all().delete()

    assert tree.write(rendered(body)) == "<p>Prima.</p><p>Dopo.</p>"


def test_pictures_cost_one_query_however_many(django_assert_num_queries):
    body = html.clean("".join(picture(make_image()) for _ in range(5)), "article")
    with django_assert_num_queries(1):
        rendering.render(body)
    with django_assert_num_queries(0):
        rendering.render("<p>Senza figure.</p>")


def test_the_headers_of_a_table_say_what_they_are_for():
    row = "<tr><th>A</th><th>B</th></tr><tr><th>Uno</th><td>1</td></tr>"
    root = rendered(f"<table><tbody>{row}</tbody></table>")

    assert [cell.attrs["scope"] for cell in every(root, "th")] == ["col", "col", "row"]
    assert root.find("div").attrs["class"] == "table-scroll"


# --- the feed ---


def item_of(client):
    return ElementTree.fromstring(client.get("/feed/").content).find("channel/item")


NASTY = [
    "]]>",
    "]]]]><![CDATA[>",
    "a & b && c &amp; d &#60; &nbsp; &",
    "<b>grasso</b> < > 1<2",
    "\"doppie\" e 'semplici' «caporali»",
    "<!-- nota --> <?php ?> <!DOCTYPE x>",
    "emoji 🙂, è, 漢字, \u2028 riga, \u00a0 spazio",
]


@pytest.mark.parametrize("text", NASTY)
def test_s3_hostile_text_reaches_an_xml_parser_unharmed(client, text):
    make_article(
        title=f"T {text} t",
        standfirst=f"S {text} s",
        body=f"<p>B {tree.escape(text)} b</p>{code(f'x {text} x', 'html')}",
        authors=[make_author(f"A {text} a", slug="ada")],
        tags=[factories.make_tag(f"G {text} g", slug="tag")],
        main_category=factories.make_category(f"C {text} c", slug="categoria"),
    )
    item = item_of(client)
    content = tree.parse(item.findtext(CONTENT))

    assert item.findtext("title") == f"T {text} t"
    assert tree.parse(item.findtext("description")).text() == f"S {text} s"
    assert item.findtext(CREATOR) == f"A {text} a"
    assert [c.text for c in item.findall("category")] == [f"C {text} c", f"G {text} g"]
    assert content.find("p").text() == f"B {text} b"
    assert content.find("code").text() == f"x {text} x"
    assert not {"b", "script"} & {node.tag for node in content.walk()}


CONTROLS = "\x00\x07\x0b\x1b\x1f\x7f"


def test_s3_control_characters_in_prose_are_gone_before_the_feed(client):
    coloured = code("x\x1b[1mx", "text")
    make_article(standfirst=f"S{CONTROLS}s", body=f"<p>B{CONTROLS}b</p>{coloured}")
    item = item_of(client)

    assert item.findtext("description") == "Ss"
    assert item.findtext(CONTENT).startswith("<p>Bb</p>")
    assert tree.parse(item.findtext(CONTENT)).find("code").text() == "x[1mx"


@pytest.mark.parametrize("character", ["\x07", "\x1b"])
def test_s3_a_control_character_in_a_title_does_not_silence_the_feed(client, character):
    client.raise_request_exception = False
    make_article(title=f"Un{character} titolo")

    assert item_of(client).findtext("title") == "Un titolo"


@pytest.mark.parametrize("character", ["\ufffe", "\uffff"])
@pytest.mark.parametrize("column", ["title", "standfirst", "body"])
def test_s3_what_xml_forbids_does_not_break_the_feed(client, column, character):
    make_article(**{column: f"Un{character} testo"})

    assert item_of(client) is not None


def test_addresses_in_the_feed_are_whole(client, settings):
    body = f'{picture(make_image())}<p><a href="/tag/x/">nostro</a></p>'
    make_article(body=body)
    content = tree.parse(item_of(client).findtext(CONTENT))
    attributes = [node.attrs for node in content.walk()]
    addresses = [a[name] for a in attributes for name in ("src", "href") if name in a]

    assert len(addresses) >= 2
    assert not [a for a in attributes if "srcset" in a]
    assert not [a for a in addresses if not a.startswith(f"{settings.SITE_URL}/")]


# --- once and again ---


def test_the_same_body_gives_the_same_page_twice():
    body = html.clean(whole_body(), "article")

    assert rendering.render(body) == rendering.render(body)


def test_saving_again_changes_nothing():
    story = make_article(body=whole_body())
    made = Article.objects.values("body", "body_html", "words", "rendered_with")
    before = made.get()
    Article.objects.get(pk=story.pk).save()

    assert made.get() == before


def test_words_are_those_a_reader_reads():
    body = "<h2>Due parole</h2><p>Uno, due — tre.</p><pre><code>non contate queste</code></pre>"

    assert rendering.render(body).words == 5


def make_old(**fields):
    """A story whose page older rules made."""
    story = make_article(**{"body": "<p>Testo <strong>nuovo</strong>.</p>"} | fields)
    Article.objects.filter(pk=story.pk).update(
        body_html="<p>Vecchio.</p>", words=1, rendered_with="0-vecchie-regole"
    )
    return story


@pytest.fixture
def forgotten():
    tags = []

    def listen(**sent):
        tags.extend(sent["tags"])

    purged.connect(listen)
    yield tags
    purged.disconnect(listen)


def test_a_body_rendered_by_older_rules_is_made_anew(forgotten, django_capture_on_commit_callbacks):
    story, now = make_old(), timezone.now()
    untouched = Article.objects.values("body", "modified_at", "version").get()
    with django_capture_on_commit_callbacks(execute=True):
        assert rendering.refresh_due(at=now) == 1

    story.refresh_from_db()
    assert story.body_html == "<p>Testo <strong>nuovo</strong>.</p>"
    assert (story.words, story.rendered_with) == (2, rendering.version())
    assert story.rendered_at == now
    assert forgotten == [story.cache_tag]
    assert Article.objects.values("body", "modified_at", "version").get() == untouched
    assert rendering.refresh_due() == 0


def test_a_reader_who_comes_first_gets_the_new_page_all_the_same(client):
    story = make_old()
    page = client.get(story.get_absolute_url()).text

    assert "<strong>nuovo</strong>" in page
    assert "Vecchio." not in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUOTATION_FIRST", "original"),
        ("EMBED_HOSTS", []),
        ("OTHER_HOSTS", ["vecchio.example.org"]),
        ("MEDIA_URL", "https://media.example.org/media/"),
    ],
)
def test_a_setting_the_page_depends_on_makes_every_body_anew(settings, name, value):
    make_article()
    factories.make_page()
    assert rendering.refresh_due() == 0
    setattr(settings, name, value)

    assert rendering.refresh_due() == 2
    assert rendering.refresh_due() == 0


def test_a_picture_that_changed_makes_its_stories_anew():
    image = make_image(alt="Prima")
    story, other = make_article(body=picture(image)), make_article()
    image.alt = "Dopo"
    image.save()

    assert rendering.refresh_due() == 1
    story.refresh_from_db()
    assert 'alt="Dopo"' in story.body_html
    assert Article.objects.get(pk=other.pk).body_html == other.body_html
    assert rendering.refresh_due() == 0


def test_old_bodies_are_made_anew_a_few_at_a_time():
    for _ in range(5):
        make_old()

    assert [rendering.refresh_due(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_an_editor_who_saves_meanwhile_wins(monkeypatch):
    story = make_old()
    render = rendering.render

    def slow(body):
        made = render(body)
        monkeypatch.setattr(rendering, "render", render)
        row = Article.objects.get(pk=story.pk)
        row.body = "<p>Corretto.</p>"
        row.save()
        return made

    monkeypatch.setattr(rendering, "render", slow)

    assert rendering.refresh_due() == 0
    story.refresh_from_db()
    assert (story.body, story.body_html) == ("<p>Corretto.</p>", "<p>Corretto.</p>")
