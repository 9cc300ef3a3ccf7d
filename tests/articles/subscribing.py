"""What a feed reader makes of our answers, in each of the three formats."""

import json
from io import BytesIO

import feedparser

FORMATS = {
    "rss2": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def subscribe(client, address, **headers):
    """Return the feed as feedparser reads it, or a JSON Feed as a dictionary; neither is broken."""
    response = client.get(address, headers=headers)
    assert response.status_code == 200, (address, response.status_code)
    kind = response.headers["Content-Type"]
    assert kind in FORMATS.values(), address
    if "json" in kind:
        return checked_json(json.loads(response.content))
    found = feedparser.parse(
        BytesIO(response.content),
        response_headers={"content-type": kind, "content-location": address},
        sanitize_html=False,
    )
    assert not found.bozo, (address, found.get("bozo_exception"))
    assert found.version == ("atom10" if "atom" in kind else "rss20"), address
    assert found.feed.title
    assert found.feed.link
    names = [entry.id for entry in found.entries]
    assert len(set(names)) == len(names), address
    return found


def checked_json(found):
    """JSON Feed 1.1: what must be there is there, and nothing is empty that may be left out."""
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert {"title", "home_page_url", "feed_url", "language", "items"} <= found.keys()
    for item in found["items"]:
        assert {"id", "url", "content_html", "date_published"} <= item.keys()
        assert all(value for name, value in item.items() if name != "content_html")
    assert len({item["id"] for item in found["items"]}) == len(found["items"])
    return found


def titles(client, address):
    found = subscribe(client, address)
    rows = found["items"] if isinstance(found, dict) and "items" in found else found.entries
    return [row["title"] for row in rows]
