"""Strangers' HTML through the profile "feed" (trust table, F6, S1 to S4), and how time grows (V1)."""

import contextlib
import re
import time
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator import decoding, texts
from aggregator.parsing import Unreadable, parse
from kit import tree
from kit.html import clean
from tests.kit.payloads import PAYLOADS

# Written out by hand, not taken from kit/vocabulary.py: a mistake there must show here.
TAGS = set("p ul ol li em strong code pre blockquote br a".split())
REL = "noopener nofollow"


def check(html):
    root = tree.parse(html)
    for node in root.walk():
        assert node.tag in TAGS | {""}
        if node.tag == "a":
            assert set(node.attrs) == {"href", "rel"}
            assert node.attrs["rel"] == REL
            assert re.fullmatch(r"https?://[^\s\"]+", node.attrs["href"])
        else:
            assert node.attrs == {}
    assert tree.write(root) == html
    assert clean(html, "feed") == html


def entry_of(title="", text=""):
    body = (
        '<rss version="2.0"><channel><title>x</title><item><link>https://sito.example/1</link>'
        f"<title>{escape(title)}</title><description>{escape(text)}</description></item>"
        "</channel></rss>"
    )
    return parse(body.encode("utf-8", "surrogatepass"), "https://sito.example/feed").entries[0]


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 40))
def test_s4_known_payloads_leave_nothing_outside_the_list(start):
    for payload in PAYLOADS[start : start + 40]:
        check(texts.body(payload, "https://sito.example/"))
        check(texts.body(f"<p>a {payload} b</p><a href=/x>c</a>", "https://sito.example/"))
        check(texts.body(texts.as_html(escape(payload)), "https://sito.example/"))


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 40))
def test_s4_known_payloads_in_a_feed_leave_plain_titles_and_clean_texts(start):
    for payload in PAYLOADS[start : start + 40]:
        entry = entry_of(title=f"Prima {payload} dopo", text=payload)
        check(entry.html)
        assert "\n" not in entry.title
        assert len(entry.title) <= 300
        assert not re.search(r"<(script|img|iframe|svg|a|style)([\s/][^<>]*)?>", entry.title, re.I)


PIECES = st.one_of(
    st.sampled_from("<p> </p> <b> <i> <a href=/x> <a href='https://x.it/'> </a> <ul> <li> <pre> "
                    "<br> <img src=x> <svg> <script> <blockquote> <table> <td> &lt;p&gt; &amp; ]]> "
                    "<![CDATA[ <!-- --> <h1> &#x80; \" ' < >".split()),
    st.text(st.sampled_from("ab é\u0301\u200b\xa0&<>\"'=/-\n"), max_size=6),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_s4_generated_texts_leave_nothing_outside_the_list(html):
    check(texts.body(texts.as_html(html), "https://sito.example/"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_a_feed_or_unreadable(noise):
    start = b'<rss version="2.0"><channel><item><title>x</title><description>'
    for body in (noise, start + noise + b"</description></item></channel></rss>"):
        try:
            parse(body, "https://sito.example/feed")
        except Unreadable:
            continue


def test_f6_pictures_are_neither_kept_nor_linked():
    text = (
        '<img src="https://spia.example/1.gif"><picture><source srcset="https://spia.example/2"></picture>'
        '<video poster="https://spia.example/3"></video><p style="background:url(https://spia.example/4)">'
        'x</p><table background="https://spia.example/5"><tr><td>y</td></tr></table>'
    )

    assert entry_of(text=text).html == "<p>x</p><p>y</p>"


def test_f6_links_open_without_telling_and_without_praise():
    assert entry_of(text='<a href="https://x.example/" rel="me" target=_top>x</a>').html == (
        f'<p><a href="https://x.example/" rel="{REL}">x</a></p>'
    )


def test_f6_the_tags_of_other_sites_are_read_under_our_names():
    html = entry_of(text="<h2>Titolo</h2><p><b>a</b> <i>b</i> <tt>c</tt> <u>d</u></p>").html

    assert html == "<p>Titolo</p><p><strong>a</strong> <em>b</em> <code>c</code> d</p>"


SHAPES = [
    "<", "<a", "<a ", "</", "<!", "<!--", "<!-- >", "<![CDATA[", "<![CDATA[x]]>", "]]>", "<?", "<? >",
    "&", "&#", "&#x", "&amp", "&nbsp;", "&x", "<item>", "</item>", "<item></item>", "<x>", "<x/>",
    "<x a='", "<rss ", "<html>", "<a:", "a:", '"', "\u0301", "\x00", "é",
]  # fmt: skip


def seconds(function, *arguments):
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        with contextlib.suppress(Unreadable):
            function(*arguments)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("unit", SHAPES)
def test_v1_mending_grows_with_the_document_and_not_with_its_square(unit):
    def work(times):
        decoding.first_entries(decoding.harmless(f"<rss><title>{unit * times}"))

    once, four = seconds(work, 10_000), seconds(work, 40_000)

    assert four < 0.05 or four < once * 10, (once, four)


@pytest.mark.parametrize(
    "unit", [*SHAPES, "<script>", "<br ", "&lt;p ", "<a href=x>", "\u00ad", "x "]
)
def test_v1_titles_and_extracts_grow_with_the_text_and_not_with_its_square(unit):
    def work(times):
        texts.title(unit * times)
        texts.extract(texts.as_html(unit * times))
        texts.absolute(unit * times, "https://sito.example/")

    once, four = seconds(work, 3000), seconds(work, 12_000)

    assert four < 0.05 or four < once * 10, (once, four)
