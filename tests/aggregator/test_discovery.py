"""From the address of a site to its feeds: what the page declares, then what looks like one."""

import time

import pytest

from aggregator.discovery import Found, feeds_in, looks_like_feed

PAGE = "https://sito.example/blog/"


def found(html, url=PAGE):
    return [one.url for one in feeds_in(html.encode(), url)]


def test_declared_feeds_come_with_their_titles():
    html = """<!doctype html><head><title>Sito</title>
    <link rel="alternate" type="application/rss+xml" title="Il sito &amp; le notizie" href="/feed/">
    <LINK TYPE='application/atom+xml; charset=utf-8' REL='Alternate Home' HREF=atom.xml>
    <link rel="stylesheet" type="text/css" href="/stile.css">"""

    assert feeds_in(html.encode(), PAGE) == [
        Found("https://sito.example/feed/", "Il sito & le notizie"),
        Found("https://sito.example/blog/atom.xml", ""),
    ]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel=alternate type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel=alternate type="application/json+oembed" href="/oembed">',
        '<link rel=alternate hreflang=en href="/en/">',
        '<link rel=alternate type="application/rss+xml">',
        '<link rel=alternate type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel=alternate type="application/rss+xml" href="https://a:b@sito.example/feed">',
        '<!-- <link rel=alternate type="application/rss+xml" href="/vecchio"> -->',
        '<a href="/feedback">Scrivici</a>',
        '<a href="/notizie">Notizie</a>',
    ],
)
def test_what_is_no_feed_is_not_found(link):
    assert found(link) == []


@pytest.mark.parametrize(
    "address",
    ["/feed", "/feed/", "/rss.xml", "/atom.xml", "/index.xml", "/index.rdf", "/blog.rss",
     "/?feed=rss2", "/feeds/all.atom.xml", "/rss", "/feed.json", "/x/rss2.0.xml"],
)  # fmt: skip
def test_links_that_look_like_feeds_are_found(address):
    assert found(f'<p><a href="{address}">qui</a>') == [f"https://sito.example{address}"]


def test_a_link_called_rss_is_found_with_its_name():
    html = '<a href="/notizie.xml"><img src=x> Il nostro <b>RSS</b></a>'

    assert feeds_in(html.encode(), PAGE) == [
        Found("https://sito.example/notizie.xml", "Il nostro RSS")
    ]


def test_declared_feeds_come_first_and_those_of_comments_last():
    html = """<a href="/rss.xml">RSS</a>
    <link rel=alternate type=application/rss+xml href=/comments/feed/ title="Commenti">
    <link rel=alternate type=application/rss+xml href=/feed/ title="Articoli">"""

    assert found(html) == [
        "https://sito.example/feed/",
        "https://sito.example/comments/feed/",
        "https://sito.example/rss.xml",
    ]


def test_one_feed_under_two_spellings_is_named_once():
    link = "<link rel=alternate type=application/rss+xml href="

    assert found(f"{link}/feed/>{link}http://www.sito.example/feed>") == [
        "https://sito.example/feed/"
    ]


def test_the_base_of_the_page_and_old_feed_addresses_are_followed():
    html = """<base href="https://cdn.example/x/"><a href="feed.xml">a</a>
    <a href="feed://altro.example/rss.xml">b</a><a href="feed:https://terzo.example/rss">c</a>"""

    assert found(html) == [
        "https://cdn.example/x/feed.xml",
        "http://altro.example/rss.xml",
        "https://terzo.example/rss",
    ]


def test_at_most_20_feeds_are_named():
    html = "".join(f'<a href="/{n}/feed/">x</a>' for n in range(100))

    assert len(found(html)) == 20


def test_a_page_in_another_charset_is_read():
    html = '<meta charset="windows-1252"><a href="/feed/">Città</a>'.encode("windows-1252")

    assert feeds_in(html, PAGE)[0].title == "Città"


@pytest.mark.parametrize(
    ("body", "is_feed"),
    [
        (b'<?xml version="1.0"?><!-- x --><rss version="2.0">', True),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', True),
        (b"<rdf:RDF xmlns:rdf='x'>", True),
        ("\ufeff<rss>".encode("utf-16-le"), True),
        (b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"}', True),
        (b"<!doctype html><html><body><rss>", False),
        (b"<html><feed>", False),
        (b"<opml/>", False),
        (b"rss", False),
        (b"", False),
    ],
)
def test_a_feed_is_known_by_how_it_begins(body, is_feed):
    assert looks_like_feed(body) is is_feed


@pytest.mark.parametrize(
    "unit", ["<a ", "<a href=/feed ", "<link ", "<a>", "<base href=x>", "<!--"]
)
def test_v1_hostile_pages_cost_little(unit):
    start = time.process_time()
    feeds_in(unit.encode() * 100_000, PAGE)

    assert time.process_time() - start < 3
