"""What others are to be told: rows for the worker, and what a feed says of its hub.

Rows are written in the transaction of the change, so a crash loses none and a change that is
undone tells nothing. Only addresses that readers could open are written (trust table, P1).
``pinging.py`` sends them; nothing here speaks to anybody.

Sources: indexnow.org/documentation; WebSub, W3C Recommendation, section 4.
"""

from django.conf import settings
from django.utils import timezone

from articles.models import Ping

# The feeds a story enters when it comes out, and that a hub hears of. A feed that is not here
# must not name the hub: its readers would wait for news that never come.
FEEDS = ("/feed/", "/feed/atom/")


def wanted():
    return bool(settings.INDEXNOW_KEY or settings.WEBSUB_HUB)


def note_stories(articles):
    """Have others told of these visible stories: they came out, or they are about to go."""
    if wanted():
        note(*(article.get_absolute_url() for article in articles.only("slug", "published_at")))


def note_move(article, former):
    """Have others told if ``article``, public at the path ``former``, is there no longer."""
    now_at = article.get_absolute_url() if article.is_visible() else ""
    if now_at != former:
        note(*filter(None, [former, now_at]))


def note(*paths):
    rows = []
    if paths and settings.INDEXNOW_KEY:
        rows += [(Ping.Kind.INDEXNOW, path) for path in paths]
    if paths and settings.WEBSUB_HUB:
        rows += [(Ping.Kind.WEBSUB, path) for path in FEEDS]
    Ping.objects.bulk_create(
        [Ping(kind=kind, address=settings.SITE_URL + path) for kind, path in rows]
    )


def retry(chosen, now=None):
    """Have the worker try these at once, given up or waiting; return how many.

    What else waits for the same service goes with them: it is asked as a whole.
    """
    now = now or timezone.now()
    kinds = set(chosen.values_list("kind", flat=True))
    free = chosen.filter(sent_at=None, claimed_at=None)
    done = free.update(failed_at=None, tries=0, error="")
    Ping.objects.unsent().filter(kind__in=kinds).update(due_at=now)
    return done


def feed_links(path):
    """Return what the feed at ``path`` says of itself: pairs of rel and address, "self" first.

    ``path`` as ``reverse()`` gives it. The same pairs stand in the feed and in its Link header.
    """
    links = [("self", settings.SITE_URL + path)]
    if settings.WEBSUB_HUB and path in FEEDS:
        links.append(("hub", settings.WEBSUB_HUB))
    return links


def link_header(path):
    """Return the value of the header Link for the feed at ``path`` (RFC 8288)."""
    return ", ".join(f'<{address}>; rel="{rel}"' for rel, address in feed_links(path))
