"""What a feed calls title, text and name, as we keep it: one plain line, or clean HTML. Pure."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

from kit import html, urls
from kit.shaping import BREAKS, MUTED
from kit.text import LINE_CONTROLS, tidy_line
from kit.tokens import End, Start, Text, tokens
from kit.tree import escape

EXTRACT = 300  # characters shown to readers
RAW = 200_000  # of a text as it came (trust table, section 3); past it, the beginning
MOST_LINKS = 10

# What no title means literally; "#include <stdio.h>" and "Vec<T>" stay as they are.
TAGS = (
    "a|abbr|b|big|blockquote|br|cite|code|div|em|embed|font|form|h[1-6]|hr|i|iframe|img|input|kbd|"
    "li|link|mark|math|meta|object|ol|p|pre|q|s|script|small|span|strike|strong|style|sub|sup|svg|"
    "table|td|tr|tt|u|ul|video"
)
TAG = re.compile(rf"</?(?:{TAGS})(?:[\s/][^<>]{{0,2000}})?>", re.IGNORECASE)
HIDDEN = re.compile(r"<(script|style|iframe)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
MARKS = re.compile(r"<!\[CDATA\[|\]\]>")
# Written out twice: "&lt;p&gt;" where a tag was meant.
SOME = "(?:p|div|br|a|ul|li|strong|em|b|i|span|h[1-6])"
TWICE = re.compile(rf"&lt;/?{SOME}(?:\s[^<>]{{0,300}}?)?/?&gt;", re.IGNORECASE)
MARKUP = re.compile(rf"<(?:/{SOME}|p|br\s?/?)>", re.IGNORECASE)
BLOCK_TAG = re.compile(r"<(?:/?(?:p|li|ul|ol|pre|blockquote)|br)>")
ANY_TAG = re.compile(r"<[^<>]*>")
HREF = re.compile(r'<a href="([^"]*)"')
RELATIVE = re.compile(
    r"""href\s{0,9}=\s{0,9}["']?\s{0,9}(?!https?:|mailto:|["'#\s])""", re.IGNORECASE
)


def cut(text: str, most: int) -> str:
    """Return at most ``most`` characters, ended between two words by "…" if there were more."""
    if len(text) <= most:
        return text
    head, blank, _ = text[:most].rpartition(" ")
    if not blank or len(head) < most // 2:  # one endless word
        head = text[: most - 1]
    return head.rstrip(" ,;:.-–—(«“") + "…"


def line(text: str, most: int) -> str:
    """Return plain text as one line without what cannot be seen."""
    text = LINE_CONTROLS.sub(" ", text).replace("\N{SOFT HYPHEN}", "")
    return cut(" ".join(tidy_line(text).split()), most)


def title(value: str, most: int = 300) -> str:
    """Return a title as one plain line: no tags, HTML read once or twice as it was written."""
    text = MARKS.sub("", value[: most * 20])
    for _ in range(2):
        text = TAG.sub(" " if "<br" in text else "", HIDDEN.sub("", text))
        read = unescape(text)
        if read == text:
            break
        text = read
    return line(TAG.sub("", HIDDEN.sub("", text)), most)


def as_html(value: str, plain: bool = False) -> str:
    """Return a text as the HTML that was meant: unwrapped, or written out if it was plain."""
    value = value[: RAW + 1]
    if value.startswith("<![CDATA["):
        value = MARKS.sub("", value)
    if plain and not MARKUP.search(value):
        return paragraphs(value)
    if "<" not in value and TWICE.search(value):
        return unescape(value)
    return value


def words(raw: str) -> Iterator[str]:
    """Yield the texts of dirty HTML, "\\n" where a block begins or ends. Time: linear, lazy."""
    muted = ""
    for token in tokens(raw):
        if isinstance(token, Text):
            if not muted:
                yield token.text
        elif token.tag in BREAKS or token.tag == "br":
            muted = ""
            yield "\n"
        elif isinstance(token, Start) and token.tag in MUTED:
            muted = muted or token.tag
        elif isinstance(token, End) and token.tag == muted:
            muted = ""


def extract(raw: str) -> str:
    """Return the first 300 characters of HTML as plain text; read no further than needed."""
    parts, length = [], 0
    for part in words(raw):
        parts.append(part)
        length += len(" ".join(part.split()))
        if length > EXTRACT * 3:
            break
    return line("".join(parts), EXTRACT)


def shown(cleaned: str) -> str:
    """Return the same of HTML that is clean, faster: there every "<" begins a tag."""
    if len(cleaned) > 5000:
        return extract(cleaned)
    text = ANY_TAG.sub("", BLOCK_TAG.sub("\n", cleaned))
    return line(unescape(text), EXTRACT)


def body(raw: str, base: str) -> str:
    """Return HTML in the vocabulary ``feed``; past a limit the same as plain text (F6)."""
    if RELATIVE.search(raw):
        raw = absolute(raw, base)
    try:
        return html.clean(raw, "feed")
    except html.Refused:
        text = "".join(words(raw[:RAW]))
    try:
        return html.clean(paragraphs(text[:90_000]), "feed")
    except html.Refused:  # of many short lines, or of signs that are five characters in HTML
        return html.clean(paragraphs(" ".join(text[:18_000].split())), "feed")


def paragraphs(text):
    lines = (" ".join(part.split()) for part in text.split("\n"))
    return "".join(f"<p>{escape(part)}</p>" for part in lines if part)


def absolute(raw, base):
    """Return HTML whose links are absolute. Rewritten as text: cleaning comes after."""
    out = []
    for token in tokens(raw):
        if isinstance(token, Text):
            out.append(escape(token.text))
        elif isinstance(token, End):
            out.append(f"</{token.tag}>")
        else:
            attrs = token.attrs
            if token.tag == "a" and "href" in attrs:
                attrs = attrs | {"href": joined(base, attrs["href"])}
            said = "".join(f' {name}="{escape(value, True)}"' for name, value in attrs.items())
            out.append(f"<{token.tag}{said}>")
    return "".join(out)


def joined(base: str, address: str) -> str:
    """Return ``address`` as seen from ``base``; what cannot be joined comes back as it was."""
    try:
        return urljoin(base, address.strip())
    except ValueError:  # brackets that are no IPv6 address
        return address


def outside(cleaned: str, own: str) -> tuple[str, ...]:
    """Return the addresses a cleaned text links to on other sites than ``own``, at most 10."""
    found = dict.fromkeys(urls.clean(unescape(href)) for href in HREF.findall(cleaned))
    others = [url for url in found if url and urls.host(url) != own]
    return tuple(others[:MOST_LINKS])
