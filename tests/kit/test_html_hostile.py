"""Hostile HTML through the one door: nothing outside the list, and the same tree again (S2, S4)."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import tree
from kit.html import Refused, clean
from tests.kit.payloads import PAYLOADS

# Written out by hand, not taken from kit/vocabulary.py: a mistake there must show here.
ATTRIBUTES = {
    "p": set(), "h2": set(), "h3": set(), "ul": set(), "ol": {"start"}, "li": set(), "em": set(),
    "strong": set(), "s": set(), "sub": set(), "sup": set(), "code": {"class"}, "kbd": set(),
    "abbr": {"title"}, "br": set(), "pre": set(), "hr": set(), "table": set(), "thead": set(),
    "tbody": set(), "tr": set(), "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"}, "a": {"href"}, "cite": set(), "time": {"datetime"},
    "blockquote": {"class", "lang", "cite"}, "figure": {"class", "data-image", "data-video"},
    "figcaption": set(),
}  # fmt: skip
VALUES = {
    "start": r"\d{1,5}",
    "scope": r"(col|row)(group)?",
    "colspan": r"\d{1,2}",
    "rowspan": r"\d{1,2}",
    "datetime": r"\d{4}-\d\d-\d\d",
    "lang": r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}",
    "cite": r"https?://[^\s\"]+",
    "href": r"(https?://|mailto:|/(?![/\\]))[^\s\"]*",
    "data-image": r"\d{1,18}",
    "data-video": r"(youtube:[\w-]{11}|vimeo:\d+)",
    "class": r"language-[a-z0-9+#._-]+|original|translation|picture|video|quotation",
    "title": r"[^\x00-\x1f]+",
}
INLINE = set("a em strong s sub sup code kbd abbr br cite time".split())
HOLDS_TEXT = {"p", "h2", "h3", "figcaption", "li", "td", "th", "code"} | INLINE - {"br"}


def check(html):
    root = tree.parse(html)
    for node in root.walk():
        for name, value in node.attrs.items():
            assert name in ATTRIBUTES[node.tag], f"{node.tag} {name}"
            assert re.fullmatch(VALUES[name], value), f"{name}={value}"
        if node.tag:
            assert node.tag in ATTRIBUTES
        for child in node.children:
            if isinstance(child, str):
                assert node.tag in HOLDS_TEXT, f"text in {node.tag or 'the root'}"
            elif node.tag in INLINE | {"p", "h2", "h3", "figcaption"}:
                assert child.tag in INLINE, f"{child.tag} in {node.tag}"
        if node.tag == "a":
            assert "href" in node.attrs
            assert not any(below.tag == "a" for below in node.walk() if below is not node)
    assert tree.parse(tree.write(root)) == root
    assert tree.write(root) == html
    return root


def check_cleaning(html):
    cleaned = clean(html, "article")
    check(str(cleaned))
    assert clean(str(cleaned), "article") == cleaned
    return cleaned


@pytest.mark.parametrize("payload", PAYLOADS)
def test_s4_known_payloads_leave_nothing_outside_the_list(payload):
    try:
        check_cleaning(payload)
        check_cleaning(f"<p>a {payload} b</p>")
        check_cleaning(f"<table><tr><td>{payload}</table><ul><li>{payload}")
    except Refused:
        assert len(payload) > 1000


def test_s4_payloads_one_after_the_other_do_not_help_each_other():
    check_cleaning("".join(PAYLOADS))
    check_cleaning("".join(reversed(PAYLOADS)))


WORDS = (
    "p h1 h2 h3 ul ol li a em b i strong s sub code kbd abbr br pre blockquote hr table thead "
    "tbody tr th td caption figure figcaption cite time div span section script style svg math "
    "title textarea template select option noscript iframe img form dl dt x"
).split()
SOME_ATTRIBUTES = [
    "", ' class="quotation"', ' class="picture" data-image="3"', ' class="original" lang="en"',
    ' class="translation"', ' href="/x"', ' href="https://x:0/"', ' href="https://xn--a/"',
    ' href="http://é.example/ü"', ' title="y"', ' datetime="2022-11-16"', ' cite="https://x.it/"',
    ' class="video" data-video="vimeo:1"', ' class="language-c"', " onclick=x", ' colspan="2"', "/",
]  # fmt: skip
TEXTS = st.text(
    st.sampled_from("ab <>&\"'=/!-\n\t\r\xa0\u0301\u0338\u0323\u200b\ufeff\u2028\u1161\u1100é;#x0"),
    max_size=6,
)
PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(WORDS), st.sampled_from(SOME_ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(WORDS)),
    TEXTS,
    st.sampled_from(["&lt;", "&#x338;", "&nbsp;", "<!--", "-->", "<![CDATA[", "&#13;", "&#0;"]),
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_s4_generated_html_leaves_nothing_outside_the_list(html):
    check_cleaning(html)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_s4_any_text_at_all_is_cleaned(text):
    check_cleaning(text)
