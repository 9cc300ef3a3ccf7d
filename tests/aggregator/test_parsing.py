"""Every kind of feed there is, as pairs: NAME.xml as it came, NAME.json what we make of it."""

import json
from dataclasses import FrozenInstanceError, asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from aggregator import parsing, texts
from aggregator.parsing import Unreadable, parse
from tests.aggregator.corpus.write import ADDRESS, expected

CORPUS = sorted(Path(__file__).with_name("corpus").glob("*.xml"))


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_a_feed_of_the_corpus_is_read_as_its_json_says(file):
    wanted = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))

    found = expected(file.read_bytes(), content_type=wanted.get("content_type", ""))

    assert found == wanted["expected"]


def test_the_corpus_is_large_and_each_feed_has_its_result():
    assert len(CORPUS) >= 60
    assert all(file.with_suffix(".json").exists() for file in CORPUS)


def feed(*items, head=""):
    return (
        '<rss version="2.0"><channel><title>Sito</title><link>https://sito.example/</link>'
        f"{head}{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"
    ).encode()


def one(item):
    return parse(feed(item), ADDRESS).entries[0]


def test_results_are_frozen():
    parsed = parse(feed("<title>x</title>"), ADDRESS)

    with pytest.raises(FrozenInstanceError):
        parsed.title = "y"
    with pytest.raises(FrozenInstanceError):
        parsed.entries[0].title = "y"


def test_f3_feedparser_is_given_bytes_that_are_no_address_and_no_file(monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr(
        feedparser, "parse", lambda data, **options: given.append((data, options)) or {}
    )
    for body in (b"http://127.0.0.1/feed", str(tmp_path).encode(), b"/etc/passwd"):
        with pytest.raises(Unreadable):
            parse(body, ADDRESS)
    assert given == []

    with pytest.raises(KeyError):
        parse(feed(), ADDRESS)
    ((data, options),) = given
    assert data.startswith(b"<rss")
    assert options["sanitize_html"] is False
    assert options["resolve_relative_uris"] is False


def test_f3_what_reaches_the_parser_holds_no_declaration(monkeypatch):
    seen = []
    real = feedparser.parse
    monkeypatch.setattr(
        feedparser, "parse", lambda data, **options: seen.append(data) or real(data, **options)
    )
    for file in CORPUS:
        expected(file.read_bytes())

    assert len(seen) > 60
    assert not [data for data in seen if b"<!" in data or b"<?" in data]


@pytest.mark.parametrize("mark", ["<!ENTITY", "<!entity", "<!Entity"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-32", "utf-16-be"])
def test_f3_entities_are_refused_in_every_encoding(mark, codec):
    body = f'<!DOCTYPE rss>{mark} a "b">' + feed("<title>&a;</title>").decode()

    with pytest.raises(Unreadable, match="definizioni di entità"):
        parse(body.encode(codec), ADDRESS)


@pytest.mark.parametrize("name", ["utf-7", "punycode", "unicode_escape", "idna", "rot13", "zlib"])
def test_f3_codecs_that_feeds_do_not_need_are_not_used(name):
    body = f'<?xml version="1.0" encoding="{name}"?>+ADw-!ENTITY \\u003c'.encode() + feed(
        "<title>città</title>"
    )

    assert parse(body, ADDRESS, f"text/xml; charset={name}").entries[0].title == "città"


def test_f3_a_document_over_15_mb_is_refused():
    with pytest.raises(Unreadable, match="al massimo 15 MB"):
        parse(b" " * (15 * 1024**2 + 1), ADDRESS)


def test_f3_a_parser_that_falls_is_a_broken_feed(monkeypatch):
    def fall(*args, **options):
        raise UnboundLocalError

    monkeypatch.setattr(feedparser, "parse", fall)

    with pytest.raises(Unreadable, match="rotto"):
        parse(feed(), ADDRESS)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://sito.example/a b", "https://sito.example/a%20b"),
        ("HTTPS://Sito.Example/A", "https://sito.example/A"),
        ("https://città.example/", "https://xn--citt-3na.example/"),
        ("//sito.example/x", "https://sito.example/x"),
        ("?p=3", "https://sito.example/?p=3"),
        ("https://sito.example/?utm_campaign=x#parte", "https://sito.example/#parte"),
    ],
)
def test_f5_an_address_is_absolute_and_free_of_tracking(link, url):
    assert one(f"<title>x</title><link>{link}</link>").url == url


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "feed:javascript:alert(1)", "mailto:a@b.example", "file:///etc/passwd",
     "https://a:b@sito.example/", "https://[x]/", "data:text/html,x",
     "https://sito.example/" + "x" * 2100],
)  # fmt: skip
def test_f5_an_item_that_links_to_no_page_of_the_web_is_dropped_and_counted(link):
    parsed = parse(feed(f"<title>x</title><link>{link}</link>", "<title>y</title>"), ADDRESS)

    assert [entry.title for entry in parsed.entries] == ["y"]
    assert parsed.dropped == 1
    assert parsed.sentences == ("Ho scartato una notizia senza indirizzo web o senza testo.",)


def test_f5_a_date_ahead_is_kept_for_a_day_by_the_callers_clock():
    now = datetime(2024, 8, 1, tzinfo=UTC)
    body = feed("<title>x</title><pubDate>Thu, 01 Aug 2024 20:00:00 GMT</pubDate>")

    assert parse(body, ADDRESS, now=now).entries[0].published == now + timedelta(hours=20)
    assert parse(body, ADDRESS, now=now - timedelta(days=2)).entries[0].published is None


def test_limits_of_the_fields_hold():
    entry = one(
        f"<title>{'t' * 999}</title><guid isPermaLink='false'>{'g' * 1000}</guid>"
        f"<author>{'a' * 999}</author><description>{'parola ' * 999}</description>"
        + "".join(f"<category>{'c' * 200}{n}</category><category>{n}</category>" for n in range(30))
    )

    assert (len(entry.title), len(entry.author), len(entry.guid)) == (300, 200, 1000)
    assert len(entry.extract) <= 300
    assert entry.extract.endswith("parola…")
    assert len(entry.categories) == 20
    assert max(map(len, entry.categories)) == 100


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (f"&lt;p&gt;{'testo ' * 20_000}&lt;/p&gt;", "<p>testo testo"),  # over 100 kB kept
        (f"&lt;p&gt;{'testo ' * 50_000}&lt;/p&gt;", "<p>testo testo"),  # over 200 kB in
        ("&lt;i&gt;x &lt;/i&gt;" * 3000, "<p>x x x"),  # over 5,000 tags
        ("&lt;blockquote&gt;" * 30 + "x", "<p>x</p>"),  # over 20 levels
        ("&lt;p&gt;&amp;amp;" * 20_000, "<p>&amp; &amp; &amp;"),
        ("&lt;pre&gt;" + "&amp;lt;" * 40_000, "<p>&lt;&lt;"),
    ],
)
def test_f6_a_text_over_its_limits_is_kept_as_plain_text(text, starts):
    html = one(f"<title>x</title><description>{text}</description>").html

    assert html.startswith(starts)
    assert len(html) <= 100_000


def test_texts_of_a_whole_feed_are_kept_up_to_a_limit_and_extracts_always(monkeypatch):
    monkeypatch.setattr(parsing, "MOST_HTML", 100)
    text = f"<description>{'testo ' * 15}</description>"

    entries = parse(feed(*[text] * 5), ADDRESS).entries

    assert [bool(entry.html) for entry in entries] == [True, True, False, False, False]
    assert all(entry.extract for entry in entries)


def test_outside_links_are_those_to_other_sites_each_once_at_most_10():
    own = '<a href="https://www.sito.example/x">suo</a> <a href="/y">suo</a>'
    others = "".join(f'<a href="https://a{n // 2}.example/?utm_source=x">y</a>' for n in range(40))
    text = (own + others).replace("<", "&lt;")

    entry = one(f"<link>https://sito.example/1</link><description>{text}</description>")

    assert entry.links == tuple(f"https://a{n}.example/" for n in range(10))


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("breve", 10, "breve"),
        ("uno due tre", 8, "uno due…"),
        ("uno due, tre", 10, "uno due…"),
        ("interminabile", 6, "inter…"),
        ("a interminabile", 8, "a inter…"),
    ],
)
def test_a_text_is_cut_between_words(text, most, kept):
    assert texts.cut(text, most) == kept


def test_a_title_that_a_feed_changes_at_each_poll_still_has_the_same_identity():
    first, second = (
        one(f"<title>{n}</title><guid>7</guid><link>https://sito.example/1?utm_id={n}</link>")
        for n in (1, 2)
    )

    assert (first.guid, first.url) == (second.guid, second.url)


def test_every_field_can_cross_to_another_process():
    for file in CORPUS:
        json.dumps(expected(file.read_bytes()), ensure_ascii=False).encode()
    assert asdict(one("<title>x</title>"))["title"] == "x"
