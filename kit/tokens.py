"""HTML as a stream of tags and texts, in one linear pass. It builds no tree, so nothing can grow.

Follows the tokens of the HTML standard; where a page is cut off inside a tag or a comment, the
rest is dropped, as browsers do.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

# What stands inside is no text for readers: it goes with the tag, up to its end tag.
RAW = frozenset(
    {
        "iframe",
        "noembed",
        "noframes",
        "noscript",
        "plaintext",
        "script",
        "style",
        "textarea",
        "title",
        "xmp",
    }
)
MOST_ATTRIBUTES = 50  # of one tag; the others are dropped
NAME = re.compile(r"[a-zA-Z][^ \t\n/>]*+")
GAP = re.compile(r"[ \t\n/]*+")
ATTRIBUTE_NAME = re.compile(r"[^ \t\n/>][^ \t\n/>=]*+")
EQUALS = re.compile(r"[ \t\n]*+=[ \t\n]*+")
UNQUOTED = re.compile(r"[^ \t\n>]*+")
COMMENT_END = re.compile(r"--!?>")
REFERENCE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});")


class Text(NamedTuple):
    text: str


class Start(NamedTuple):
    tag: str
    attrs: dict[str, str]


class End(NamedTuple):
    tag: str


def tokens(html: str) -> Iterator[Text | Start | End]:
    """Yield the tokens of ``html``, whose line ends are ``\\n``. Time: linear."""
    at = 0
    while (found := html.find("<", at)) >= 0:
        closing = html.startswith("/", found + 1)
        name = NAME.match(html, found + 1 + closing)
        if name is None and html[found + 1 : found + 2] not in ("!", "?", "/"):
            yield Text(unescape(html[at : found + 1]))  # "a < b" is text
            at = found + 1
            continue
        if found > at:
            yield Text(unescape(html[at:found]))
        if name is None:
            at = skip_comment(html, found)
            continue
        tag = name.group().lower()
        attrs, at = read_attributes(html, name.end())
        if at > len(html):
            return
        if closing:
            yield End(tag)
        elif tag in RAW:
            at = skip_raw(html, tag, at)
        else:
            yield Start(tag, attrs)
    if at < len(html):
        yield Text(unescape(html[at:]))


def skip_comment(html, start):
    """Return where a comment, doctype or other ``<!``, ``<?``, ``</1`` ends."""
    if html.startswith("<!--", start):
        end = COMMENT_END.search(html, start + 2)
        return end.end() if end else len(html)
    end = html.find(">", start)
    return end + 1 if end >= 0 else len(html)


def skip_raw(html, tag, start):
    end = re.compile(rf"</{tag}(?=[ \t\n/>])", re.IGNORECASE).search(html, start)
    return end.start() if end and tag != "plaintext" else len(html)


def read_attributes(html, at):
    """Return the attributes of a tag and where it ends; past the end of ``html`` if it does not."""
    attrs: dict[str, str] = {}
    nowhere = len(html) + 1
    while True:
        at = GAP.match(html, at).end()
        if html.startswith(">", at):
            return attrs, at + 1
        name = ATTRIBUTE_NAME.match(html, at)
        if name is None:
            return attrs, nowhere
        at, value = name.end(), ""
        if equals := EQUALS.match(html, at):
            at = equals.end()
            quote = html[at : at + 1]
            if quote and quote in "\"'":
                end = html.find(quote, at + 1)
                if end < 0:
                    return attrs, nowhere
                value, at = html[at + 1 : end], end + 1
            else:
                plain = UNQUOTED.match(html, at)
                value, at = plain.group(), plain.end()
        if len(attrs) < MOST_ATTRIBUTES:
            # Only whole references: "?a=1&copy=2" is no copyright sign.
            value = REFERENCE.sub(lambda found: unescape(found.group()), value)
            attrs.setdefault(name.group().lower(), value)
