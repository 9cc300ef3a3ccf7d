"""Pages say what they show, writers say what changed. Nobody lists addresses.

Vocabulary: ``article:<id>``, ``page:<id>``, ``image:<id>``, ``lists`` (something entered or left
the lists), ``comments``, ``rassegna``, ``all`` (deploy, settings).
"""

from functools import cache

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal

from pagecache import log
from pagecache.bell import Bell

#: Sent once per committed change with ``tags``, a tuple. Whoever keeps pages listens.
purged = Signal()


def cacheable(response, *tags, seconds):
    """Mark a public response as shared: what it shows, and for how many seconds at most.

    ``seconds`` is the safety net of whoever keeps the page; a purge comes first.
    """
    response.headers["Cache-Tags"] = " ".join(dict.fromkeys(tags))
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.keep_seconds = seconds
    return response


def purge_on_commit(*tags):
    """Forget every page that shows one of ``tags``, once the running transaction is durable.

    The row for other processes belongs to the same transaction. Costs one INSERT.
    """
    log.write(tags)
    transaction.on_commit(lambda: tell(tags))


def tell(tags):
    """This process forgets at once, the others of this machine before their next answer."""
    purged.send(sender=None, tags=tags)
    bell().ring()


@cache
def bell():
    return Bell(settings.PAGE_CACHE_BELL)


def unshared(request):
    """Say that the page of this request shows something of one reader: nobody may keep it.

    For a template tag, which cannot reach the response; ``mmul.middleware`` looks at it.
    """
    request.unshared = True


def also_shows(request, *tags):
    """Add tags to the page of this request: a template tag shows more than its view knew."""
    request.more_tags = [*getattr(request, "more_tags", []), *tags]
