"""How a feed is written: RSS 2.0 with WordPress's extensions, Atom 1.0, JSON Feed 1.1."""

import json
import re
from functools import lru_cache
from io import StringIO
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.feedgenerator import (
    Atom1Feed,
    Enclosure,
    Rss201rev2Feed,
    SyndicationFeed,
    rfc3339_date,
)
from django.utils.xmlutils import SimplerXMLGenerator

from articles import pings
from articles.feeds.entries import NEVER, in_format
from kit import tree
from kit.text import without_controls

# What may be an Atom id as it is: an address, a tag: or urn: name, without blanks and brackets.
IRI = re.compile(r'(?:https?://[^\s<>"{}|\\^`/?#]|(?:urn|tag):)[^\s<>"{}|\\^`]*', re.IGNORECASE)
ATOM = "application/atom+xml"


class House:
    """What our three formats share: clean characters, and no date that moves by itself."""

    def __init__(self, entries, **channel):
        super().__init__(**cleaned(channel))
        self.entries = entries

    def add_item(self, **item):
        super().add_item(**cleaned(item))

    def latest_post_date(self):
        return max((max(e.published, e.updated or NEVER) for e in self.entries), default=NEVER)


class Xml(House):
    """Each entry is written once and remembered by all that it says."""

    def write_items(self, handler):
        for entry in self.entries:
            handler.ignorableWhitespace(written(type(self), entry))  # as it is: XML already

    def write_entry(self, handler):
        super().write_items(handler)


# Texts of some kB. A feed shows the ten entries it showed before, and so do those of its labels.
@lru_cache(128)
def written(kind, entry):
    feed, text = kind([entry], title="", link="", description=""), StringIO()
    feed.add_item(**as_item(entry))
    feed.write_entry(SimplerXMLGenerator(text, "utf-8"))
    return text.getvalue()


def cleaned(value):
    """Return ``value`` with every text in it free of what XML forbids (trust table, S3)."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, dict):
        return {name: cleaned(part) for name, part in value.items()}
    if type(value) in (list, tuple):
        return [cleaned(part) for part in value]
    return value


class Rss(Xml, Rss201rev2Feed):
    content_type = "application/rss+xml; charset=utf-8"

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:slash": "http://purl.org/rss/1.0/modules/slash/",
            "xmlns:sy": "http://purl.org/rss/1.0/modules/syndication/",
            "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
        }

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.addQuickElement("sy:updatePeriod", "hourly")
        handler.addQuickElement("sy:updateFrequency", "1")
        if hub := self.feed["hub"]:
            handler.addQuickElement("atom:link", None, {"rel": "hub", "href": hub})

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["authors"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["content"])
        if talk := item["discussion"]:
            handler.addQuickElement("wfw:commentRss", talk.feed)
            handler.addQuickElement("slash:comments", str(talk.count))


class Atom(Xml, Atom1Feed):
    content_type = f"{ATOM}; charset=utf-8"

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        if hub := self.feed["hub"]:
            handler.addQuickElement("link", None, {"rel": "hub", "href": hub})

    def root_attributes(self):
        threads = {"xmlns:thr": "http://purl.org/syndication/thread/1.0"}
        return super().root_attributes() | threads

    def add_item_elements(self, handler, item):
        name = item["unique_id"]
        super().add_item_elements(handler, item | {"unique_id": atom_id(name)})
        for name in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")
        handler.addQuickElement("content", item["content"], {"type": "html"})
        if talk := item["discussion"]:
            count = str(talk.count)
            places = [("text/html", talk.page), (ATOM, in_format(talk.feed, "atom"))]
            for kind, address in places:
                attrs = {"rel": "replies", "type": kind, "href": address, "thr:count": count}
                handler.addQuickElement("link", "", attrs)
            handler.addQuickElement("thr:total", count)


def atom_id(guid):
    """Return ``guid`` if Atom takes it as it is (RFC 4287, 4.2.6), else a name that stands for it.

    WordPress lets an import bring anything; the name follows from it alone, so it never changes.
    """
    return guid if IRI.fullmatch(guid) else uuid5(NAMESPACE_URL, guid).urn


class Json(House, SyndicationFeed):
    """Source: JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/"""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile, encoding):
        found = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
            "items": [self.written(as_item(entry)) for entry in self.entries],
        }
        if hub := self.feed["hub"]:
            found["hubs"] = [{"type": "WebSub", "url": hub}]
        outfile.write(json.dumps(cleaned(found), ensure_ascii=False))

    def written(self, item):
        files = [
            {"url": file.url, "mime_type": file.mime_type, "size_in_bytes": int(file.length)}
            for file in item["enclosures"]
        ]
        found = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_html": item["content"],
            "summary": item["summary"],
            "image": files[0]["url"] if files else "",
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": [{"name": name} for name in item["authors"]],
            "tags": item["categories"],
            "attachments": files,
        }
        return {name: value for name, value in found.items() if value or name == "content_html"}


FORMATS = {"rss2": Rss, "atom": Atom, "json": Json}


def write(name, channel, entries):
    """Return a feed in the format ``name``, a key of FORMATS, as ``(bytes, content type)``."""
    here = in_format(channel.feed, name)
    links = dict(pings.feed_links(here.removeprefix(settings.SITE_URL)))
    feed = FORMATS[name](
        entries,
        title=channel.title,
        link=channel.address,
        description=channel.description,
        subtitle=channel.description,
        language=channel.language,
        author_name=settings.SITE_NAME,  # Atom wants one, also where nobody signed
        feed_url=here,
        feed_guid=here,
        hub=links.get("hub", ""),
    )
    return feed.writeString("utf-8").encode(), feed.content_type


def as_item(entry):
    picture = entry.picture
    files = [Enclosure(picture.url, str(picture.size), picture.kind)] if picture else []
    return {
        "title": entry.title,
        "link": entry.address,
        # Both XML formats say that a summary is HTML.
        "description": tree.escape(entry.summary),
        "summary": entry.summary,
        "content": entry.content,
        "authors": list(filter(None, entry.authors)),
        "unique_id": entry.guid,
        "unique_id_is_permalink": False,
        "pubdate": entry.published,
        "updateddate": entry.updated or entry.published,
        "categories": entry.labels,
        "comments": entry.discussion.page if entry.discussion else None,
        "discussion": entry.discussion,
        "enclosures": files,
    }
