"""What a feed says, whatever its format."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings

ITEMS = 10  # WordPress's default
MAIN = "rss2"  # the format of ``…/feed/``; the others are below it
# An empty feed is dated too, and its date may not move by itself.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Picture(NamedTuple):
    url: str
    kind: str  # "image/jpeg"
    size: int  # bytes


class Discussion(NamedTuple):
    """Where an entry is talked about."""

    page: str
    feed: str  # of MAIN
    count: int


@dataclass(frozen=True)
class Channel:
    """``address`` is the page the feed belongs to, ``feed`` that of its MAIN format; absolute."""

    title: str
    description: str
    address: str
    feed: str
    language: str = "it"


@dataclass(frozen=True)
class Entry:
    """``summary`` is plain text, ``content`` clean HTML with absolute addresses.

    ``updated`` is printed: a change of substance. ``changed`` is what Last-Modified goes by: any
    change of what the entry shows.
    """

    title: str
    address: str
    guid: str
    published: datetime
    content: str
    summary: str = ""
    updated: datetime | None = None
    changed: datetime | None = None
    authors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    picture: Picture | None = None
    discussion: Discussion | None = None

    @property
    def moved(self):
        return max(filter(None, (self.published, self.updated, self.changed)))


def in_format(feed, name):
    """Return the address of a feed in another format, from that of its MAIN one."""
    return feed if name == MAIN else f"{feed}{name}/"


def absolute(address):
    """Return a path of ours with scheme and host; what has them already stays."""
    ours = address.startswith("/") and not address.startswith("//")
    return settings.SITE_URL + address if ours else address


def last_change(entries):
    """Return the last moment at which any entry changed, or None if there is none."""
    return max((entry.moved for entry in entries), default=None)
