"""JSON Feed 1.0 and 1.1, under the names that feedparser gives to the parts of other feeds."""

import json

from aggregator.decoding import MOST_ENTRIES, NOT_A_FEED, Unreadable

VERSION = "https://jsonfeed.org/version/1"


def begins(text: str) -> bool:
    return text.startswith("{") and "jsonfeed.org/version/1" in text[:5000].replace("\\/", "/")


def read(text: str) -> dict:
    """Return ``{"feed", "entries", "count"}`` of a JSON Feed. Raises ``Unreadable``.

    Source: jsonfeed.org/version/1.1. What has the wrong type counts as missing.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("Il JSON del feed è rotto: non si riesce a leggere.") from None
    if not isinstance(found, dict) or not string(found, "version").startswith(VERSION):
        raise Unreadable(NOT_A_FEED)
    items = [item for item in listed(found, "items") if isinstance(item, dict)]
    feed = {
        "title": string(found, "title"),
        "link": string(found, "home_page_url"),
        "language": string(found, "language"),
        "authors": authors(found),
    }
    return {"feed": feed, "entries": list(map(entry, items[:MOST_ENTRIES])), "count": len(items)}


def entry(item):
    made = {
        "id": string(item, "id"),
        # A post about another page: the news is there, as with Daring Fireball's links in Atom.
        "link": string(item, "url") or string(item, "external_url"),
        "title": string(item, "title"),
        "language": string(item, "language"),
        "published": string(item, "date_published"),
        "updated": string(item, "date_modified"),
        "authors": authors(item),
        "tags": [{"term": tag} for tag in listed(item, "tags") if isinstance(tag, str)],
    }
    if text := string(item, "content_html"):
        made["content"] = [{"value": text, "type": "text/html"}]
    elif text := string(item, "content_text"):
        made["content"] = [{"value": text, "type": "text/plain"}]
    if text := string(item, "summary"):
        made["summary"], made["summary_detail"] = text, {"type": "text/plain"}
    return made


def string(found, name):
    value = found.get(name)
    if isinstance(value, int) and not isinstance(value, bool):  # identities are often numbers
        return str(value) if abs(value) < 10**18 else ""
    return value if isinstance(value, str) else ""


def listed(found, name):
    value = found.get(name)
    return value if isinstance(value, list) else []


def authors(found):
    several = listed(found, "authors") or [found.get("author")]  # version 1.0 knew one
    return [{"name": string(one, "name")} for one in several if isinstance(one, dict)]
