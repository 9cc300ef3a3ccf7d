"""Which feeds a web page offers. Pure: bytes in, addresses out."""

import re
from dataclasses import dataclass

from aggregator import jsonfeed, texts
from aggregator.decoding import decode, root_of
from kit import urls
from kit.tokens import End, Start, Text, tokens

MOST = 20
READ = 1_000_000  # bytes of a page; feeds are named at its head, or in its foot
TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json "
    "application/x-rss+xml text/rss text/xml application/xml".split()
)
# What addresses of feeds look like: /feed/, /rss.xml, /index.rdf, /blog.atom, ?feed=rss2.
LOOKS = re.compile(
    r"/(?:feeds?|rss2?|atom)(?:\.xml|\.php|\.json)?/?(?:\?|$)|\.(?:rss|rdf|atom)(?:\.xml)?(?:\?|$)|"
    r"/(?:feed|rss|atom|index)[\w.-]{0,30}\.xml(?:\?|$)|[?&]feed=(?:rss2?|atom|rdf)\b",
    re.IGNORECASE,
)
WORD = re.compile(r"\b(?:rss|atom|feed)\b", re.IGNORECASE)
OF_COMMENTS = re.compile(r"comment[is]?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    url: str
    title: str


def looks_like_feed(body: bytes, content_type: str = "") -> bool:
    """Whether a document begins as a feed does. It may still be broken."""
    text = decode(body[:20_000], content_type)
    return bool(root_of(text)) or jsonfeed.begins(text)


def feeds_in(html: bytes, url: str, content_type: str = "") -> list[Found]:
    """Return at most 20 feeds that a page names: those it declares, then links that look like some.

    Feeds of comments come last of each kind. ``url`` is where the page was read. Time: linear.
    """
    declared, linked, base, link, words = [], [], url, None, []
    for token in tokens(decode(html[:READ], content_type)):
        if isinstance(token, Text):
            if link is not None:
                words.append(token.text)
        elif isinstance(token, End) and token.tag == "a":
            linked += _link(base, link, words)
            link = None
        elif isinstance(token, Start):
            if token.tag == "base" and base == url:
                base = texts.joined(url, token.attrs.get("href", ""))
            elif token.tag == "link":
                declared += _declared(base, token.attrs)
            elif token.tag == "a":
                linked += _link(base, link, words)
                link, words = token.attrs, []
    found = {}
    for one in sorted(declared, key=_is_of_comments) + sorted(linked, key=_is_of_comments):
        found.setdefault(urls.key(one.url), one)
    return list(found.values())[:MOST]


def _declared(base, attrs):
    kind = attrs.get("type", "").partition(";")[0].strip().lower()
    rel = attrs.get("rel", "").lower().split()
    if kind in TYPES and ("alternate" in rel or "feed" in rel) and "stylesheet" not in rel:
        yield from _found(base, attrs, attrs.get("title", ""))


def _link(base, attrs, words):
    said = "".join(words)[:500] or (attrs or {}).get("title", "")
    for found in _found(base, attrs or {}, said):
        if LOOKS.search(found.url) or (WORD.search(said) and found.url.endswith(".xml")):
            yield found


def _found(base, attrs, title):
    address = attrs.get("href", "")[: urls.LONGEST_READ].strip()
    if address.startswith("feed:"):
        address = re.sub(r"^feed:(?://)?(?=https?:)", "", address).replace("feed://", "http://", 1)
    if address and (url := urls.clean(texts.joined(base, address))):
        yield Found(url, texts.title(title, 200))


def _is_of_comments(found):
    return bool(OF_COMMENTS.search(found.url) or OF_COMMENTS.search(found.title))
