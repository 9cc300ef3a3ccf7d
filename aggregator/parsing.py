"""From the bytes of a feed to frozen entries. Pure: no database, no network, no clock but ``now``.

feedparser reads the XML; its own cleaning and resolving are off, because ``kit.html`` does the
first for every profile (S1) and it costs half the time. Strangers' documents are parsed in a child
process: see children.py.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

import feedparser

from aggregator import dates, decoding, jsonfeed, texts
from aggregator.decoding import Unreadable
from kit import urls
from kit.text import CONTROLS

__all__ = ["Entry", "Parsed", "Unreadable", "parse"]

TITLE, AUTHOR, GUID, CATEGORY = 300, 200, 1000, 100  # characters
MOST_CATEGORIES = 20
MOST_TTL = 7 * 24 * 60  # minutes
# Characters of all texts of a feed, three seconds of cleaning; past it an entry keeps its extract.
MOST_HTML = 3_000_000

EMPTY = "La fonte ha risposto con un documento vuoto."
TOO_BIG = "Il feed è troppo grande: al massimo 15 MB."
BROKEN = "L’XML del feed è rotto: non si riesce a leggere nessuna notizia."
# We say what they are; feedparser would believe a server's "text/plain" and read them as ASCII.
HEADERS = {"content-type": "application/xml; charset=utf-8"}
LANGUAGES = {
    "italian": "it", "italiano": "it", "english": "en", "inglese": "en", "german": "de",
    "deutsch": "de", "french": "fr", "francais": "fr", "français": "fr", "spanish": "es",
    "espanol": "es", "español": "es",
}  # fmt: skip
MAIL = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")


@dataclass(frozen=True)
class Entry:
    """One item, cleaned. ``published`` is aware or None; empty text means: not said."""

    guid: str = ""
    url: str = ""
    title: str = ""
    html: str = ""  # in the vocabulary "feed"
    extract: str = ""
    author: str = ""
    published: datetime | None = None
    language: str = ""  # two or three letters: "it"
    categories: tuple[str, ...] = ()
    links: tuple[str, ...] = ()  # to other sites, from the text


@dataclass(frozen=True)
class Parsed:
    """A feed. ``dropped`` items had no address of the web; ``sentences`` are for an editor."""

    title: str = ""
    site: str = ""
    language: str = ""
    ttl_minutes: int = 0
    entries: tuple[Entry, ...] = ()
    dropped: int = 0
    sentences: tuple[str, ...] = ()


def parse(body: bytes, url: str, content_type: str = "", now: datetime | None = None) -> Parsed:
    """Return what the feed ``body``, read from the address ``url``, says.

    Raises ``Unreadable`` with an Italian sentence: nothing there, a web page, XML that hides
    entities or that is too broken for a single entry. A feed without entries is fine.
    """
    if len(body) > decoding.MOST_BYTES:
        raise Unreadable(TOO_BIG)
    text = decoding.decode(body, content_type)
    if not text.strip():
        raise Unreadable(EMPTY)
    found = jsonfeed.read(text) if jsonfeed.begins(text) else read_xml(text)
    return Reader(found, url, now).parsed()


def read_xml(text):
    """Return feedparser's result, and in it ``count``: how many entries the document has."""
    xml, count = decoding.first_entries(decoding.harmless(text))
    try:
        # Bytes, so that nothing in them can pass for an address or a file name. Without
        # Content-Location: feedparser would make an address of every GUID "1234".
        found = feedparser.parse(
            xml.encode("utf-8", "replace"),
            response_headers=HEADERS,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception:  # a parser meant for the whole web raises what it likes
        raise Unreadable(BROKEN) from None
    return found | {"count": max(count, len(found["entries"]))}


class Reader:
    """What one document says, part by part. feedparser's dictionaries warn: ``get`` is ours."""

    def __init__(self, found, url, now):
        self.found, self.now, self.room = found, now, MOST_HTML
        self.feed = found["feed"]
        link = string(self.feed, "link")
        self.site = urls.clean(texts.joined(url, link)) if link else ""
        self.language = language(string(self.feed, "language"))
        # Atom says: from the document's own address. RSS says nothing; sites mean their own.
        self.atom = string(found, "version").startswith("atom")
        self.base = url if self.atom else self.site or url

    def parsed(self):
        entries = self.found["entries"][: decoding.MOST_ENTRIES]
        made = [entry for entry in map(self.entry, entries) if entry]
        if self.found.get("bozo") and not made:
            raise Unreadable(BROKEN)
        dropped = len(entries) - len(made)
        return Parsed(
            title=texts.title(string(self.feed, "title"), TITLE),
            site=self.site,
            language=self.language,
            ttl_minutes=minutes(string(self.feed, "ttl")),
            entries=tuple(made),
            dropped=dropped,
            sentences=tuple(self.sentences(dropped)),
        )

    def sentences(self, dropped):
        if self.found.get("bozo"):
            yield "L’XML del feed ha degli errori: ho letto quello che si capiva."
        if self.found["count"] > decoding.MOST_ENTRIES:
            many = f"{self.found['count']:,}".replace(",", ".")
            yield f"Il feed ha {many} notizie: ho letto le prime 1.000."
        if dropped == 1:
            yield "Ho scartato una notizia senza indirizzo web o senza testo."
        elif dropped:
            yield f"Ho scartato {dropped} notizie senza indirizzo web o senza testo."

    def entry(self, said):
        """Return the Entry, or None if it links to what is no page of the web (F5)."""
        url = self.address(said)
        if url is None:
            return None
        content, base = self.content(said)
        summary = texts.as_html(string(said, "summary"), is_plain(get(said, "summary_detail")))
        raw = content or summary
        title = texts.title(string(said, "title"), TITLE)
        if not (url or title or raw.strip()):
            return None
        html = self.html(raw, texts.joined(url or self.base, base))
        return Entry(
            guid=identity(string(said, "id")),
            url=url,
            title=title,
            html=html,
            extract=self.extract(summary, raw, html),
            author=self.author(said),
            published=self.published(said),
            language=self.language_of(said),
            categories=categories(get(said, "tags")),
            links=texts.outside(html, urls.host(url) or urls.host(self.site)),
        )

    def address(self, said):
        """Return the entry's address, "" if it has none, None if it is none of the web."""
        if original := urls.clean(string(said, "feedburner_origlink")):
            return original
        link = string(said, "link") or next(others(get(said, "links")), "")
        # A GUID that says nothing calls itself an address: often it is none.
        is_guid = bool(get(said, "guidislink")) and link == string(said, "id")
        if not link or (is_guid and not re.match(r"https?:|/", link, re.IGNORECASE)):
            return ""
        return urls.clean(texts.joined(self.base, link)) or ("" if is_guid else None)

    def content(self, said):
        """Return the longest text as HTML, with its xml:base."""
        found = [one for one in get(said, "content") or [] if isinstance(one, dict)]
        found = [one for one in found if not string(one, "type").startswith(("image/", "audio/"))]
        if not found:
            return "", string(get(said, "summary_detail"), "base")
        best = max(found, key=lambda one: len(string(one, "value")))
        return texts.as_html(string(best, "value"), is_plain(best)), string(best, "base")

    def extract(self, summary, raw, html):
        """Return what the feed itself calls a summary, or else the beginning of the text."""
        if html and summary == raw:
            return texts.shown(html)
        return texts.extract(summary) or texts.extract(raw)

    def html(self, raw, base):
        if self.room <= 0:
            raw = ""
        html = str(texts.body(raw, base))
        self.room -= max(len(html), len(raw))
        return html

    def author(self, said):
        if not get(said, "authors") and self.atom:
            said = self.feed
        people = [one for one in get(said, "authors") or [] if isinstance(one, dict)]
        names = [string(one, "name") for one in people]
        if len(people) == 1 and string(said, "author"):
            names = [string(said, "author")]  # as written: feedparser cuts addresses apart
        found = dict.fromkeys(filter(None, map(person_name, names)))
        return texts.line(", ".join(found), AUTHOR)

    def published(self, said):
        """Return the first date that can be believed: of publication, of the change, of birth."""
        written = (string(said, name) for name in ("published", "updated", "created"))
        return next(filter(None, (dates.read(text, self.now) for text in written)), None)

    def language_of(self, said):
        parts = [said, get(said, "title_detail"), get(said, "summary_detail")]
        parts += get(said, "content") or []
        found = (language(string(part, "language")) for part in parts)
        return next(filter(None, found), self.language)


def get(found, name):
    """Return a value as it is: feedparser's own ``get`` guesses one name for another and warns."""
    return dict.get(found, name) if isinstance(found, dict) else None


def string(found, name):
    value = get(found, name)
    return value.strip() if isinstance(value, str) else ""


def is_plain(detail):
    return string(detail, "type") in ("text/plain", "text")


def others(links):
    """Yield the addresses of links that are no alternate in HTML but no attachment either."""
    for link in links or []:
        if string(link, "rel") in ("alternate", ""):
            yield string(link, "href")


def identity(guid):
    """Return a GUID as it came, or a hash of one longer than 1,000 characters."""
    guid = CONTROLS.sub("", guid)
    if len(guid) <= GUID:
        return guid
    return "sha256:" + hashlib.sha256(guid.encode("utf-8", "replace")).hexdigest()


def person_name(written):
    """Return a name without its mail address, which is nobody's business."""
    name = MAIL.sub("", texts.title(written, AUTHOR * 2)).replace("()", "").replace("<>", "")
    return " ".join(name.removeprefix("mailto:").strip(" ,()").split())


def categories(tags):
    found = {}
    for tag in tags or []:
        name = texts.title(string(tag, "label") or string(tag, "term"), CATEGORY)
        if name and not re.fullmatch(r"https?://\S+", name):
            found.setdefault(name.casefold(), name)
    return tuple(found.values())[:MOST_CATEGORIES]


def language(said):
    """Return "it" for "it-IT", "IT_it" and "Italiano"; "" for what is no language."""
    said = said[:40].strip().lower()
    first = re.split(r"[-_ ,;(]", LANGUAGES.get(said, said))[0]
    return first if re.fullmatch(r"[a-z]{2,3}", first) and first not in ("und", "zxx") else ""


def minutes(ttl):
    return min(int(ttl), MOST_TTL) if re.fullmatch(r"[0-9]{1,9}", ttl) else 0
