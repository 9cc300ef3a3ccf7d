"""Lists of feeds in and out as OPML 2.0. Nested folders are categories, and the other way round."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from aggregator.models import Feed
from kit import urls
from kit.text import CONTROLS

MOST_BYTES = 5 * 1024 * 1024
MOST_FEEDS = 5000
DEPTH = 10


class Unreadable(ValueError):
    """The file is no list of feeds; the sentence is Italian."""


@dataclass(frozen=True)
class Line:
    address: str
    title: str
    site: str
    category: str


@dataclass(frozen=True)
class Report:
    added: int
    known: int
    refused: tuple[str, ...]  # addresses that are none


def read(data: bytes) -> list[Line]:
    """Return the feeds of an OPML file. Raises Unreadable.

    No document type is taken: an entity would be expanded without end (trust table, F3).
    """
    if len(data) > MOST_BYTES:
        raise Unreadable("Il file è troppo grande: al massimo 5 MB.")
    text = CONTROLS.sub("", decoded(data))
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise Unreadable("Il file contiene definizioni che un elenco di feed non ha.")
    try:
        root = ET.fromstring(text)  # noqa: S314 - without document type, see above
    except ET.ParseError as error:
        line = error.position[0]
        raise Unreadable(f"Il file è rotto alla riga {line}: non è XML che si legge.") from None
    body = root.find("body")
    if root.tag != "opml" or body is None:
        raise Unreadable("Il file non è un elenco OPML.")
    lines, waiting = [], [(outline, ()) for outline in reversed(body.findall("outline"))]
    while waiting:
        outline, above = waiting.pop()
        name = (outline.get("title") or outline.get("text") or "").strip()[:100]
        if address := (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip():
            site = (outline.get("htmlUrl") or "").strip()
            lines.append(Line(address, name[:200], site, "/".join(above)[:200]))
        inside = (*above, name.replace("/", " ")) if name and not address else above
        # What lies deeper is kept, in the tenth folder.
        waiting += [(child, inside[:DEPTH]) for child in reversed(outline.findall("outline"))]
        if len(lines) > MOST_FEEDS:
            raise Unreadable(f"L’elenco è troppo lungo: al massimo {MOST_FEEDS} feed.")
    return lines


def decoded(data):
    for encoding in (
        "utf-8-sig",
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1",
    ):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # The declaration speaks of bytes, and this is text now.
        start = text.find("?>") + 2 if text.lstrip().startswith("<?xml") else 0
        return text[start:]
    raise Unreadable("Il file non è testo.")


def take_in(lines, progress=lambda: None) -> Report:
    """Add the feeds that are not there yet, under whatever spelling of their address."""
    known = set(Feed.objects.values_list("key", flat=True))
    added, double, refused = 0, 0, []
    for line in lines:
        progress()
        key = urls.key(line.address)
        if key and key in known:
            double += 1
            continue
        feed = Feed(
            address=line.address,
            title=line.title,
            site=line.site if urls.key(line.site) else "",
            category=line.category,
            next_check_at=timezone.now(),
        )
        try:
            with transaction.atomic():
                feed.full_clean()
                feed.save()
        except ValidationError:
            refused.append(line.address[:200])
            continue
        known.add(key)
        added += 1
    return Report(added, double, tuple(refused))


def write(feeds) -> bytes:
    """Return feeds as an OPML file; their categories are folders."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = f"Le fonti di {settings.SITE_NAME}"
    folders = {"": ET.SubElement(root, "body")}
    for feed in sorted(feeds, key=lambda feed: (feed.category, str(feed).casefold())):
        attributes = {"type": "rss", "text": str(feed), "title": str(feed), "xmlUrl": feed.address}
        attributes |= {"htmlUrl": feed.site} if feed.site else {}
        ET.SubElement(folder(folders, feed.category), "outline", attributes)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def folder(folders, category):
    if category not in folders:
        above, _, name = category.rpartition("/")
        folders[category] = ET.SubElement(folder(folders, above), "outline", {"text": name})
    return folders[category]
