"""The demo's press review: feeds and items invented by us, filed as the worker would file them.

The feeds are not asked: they have no next time. ``manage.py demo_feeds`` serves the same items
on loopback for who wants to see a real poll.
"""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags

from aggregator import intake
from aggregator.clusters import Recent
from aggregator.models import Cluster, Feed
from aggregator.parsing import Entry

FILE = Path(__file__).resolve().parent / "feeds.toml"
HREF = re.compile(r'href="([^"]+)"')


def read():
    return tomllib.loads(FILE.read_text(encoding="utf-8"))["feeds"]


def load(now=None):
    """File the demo's items, once; return how many. A site that has feeds is left alone."""
    now = now or timezone.now()
    if Feed.objects.exists():
        return 0
    done = 0
    with transaction.atomic():
        for source in read():
            feed = Feed.objects.create(
                address=f"{source['site']}feed.xml",
                site=source["site"],
                title=source["title"],
                language=source["language"],
                category=source["category"],
                licence=source.get("licence", ""),
                checked_at=now,
                succeeded_at=now,
                changed_at=now,
            )
            entries = [entry_of(item, source["language"], now) for item in source["items"]]
            done += intake.file(feed, entries, Recent(now), now).new
            decide(feed, source["items"], now)
    return done


def entry_of(item, language, now):
    text = " ".join(strip_tags(item["html"]).split())
    return Entry(
        guid=item["guid"],
        url=item["link"],
        title=item["title"],
        html=item["html"],
        extract=text if len(text) <= 300 else text[:299].rsplit(" ", 1)[0] + "…",
        author=item.get("author", ""),
        published=now - timedelta(hours=item["hours_ago"]),
        language=language,
        categories=tuple(item.get("tags", ())),
        links=tuple(link for link in HREF.findall(item["html"]) if link.startswith("http")),
    )


def decide(feed, items, now):
    """The stars and refusals that the file says, so that the inbox looks like one at work."""
    titles = {item["title"]: item for item in items}
    for row in feed.items.filter(title__in=titles):
        said = titles[row.title]
        if said.get("star"):
            Cluster.objects.filter(pk=row.cluster_id).update(starred=True)
        if said.get("state") == Cluster.State.DROPPED:
            values = {"state": Cluster.State.DROPPED, "reason": said.get("reason", "")}
            Cluster.objects.filter(pk=row.cluster_id).update(decided_at=now, **values)
