"""Pages say what they show, writers say what changed. Nobody lists addresses.

Vocabulary: ``article:<id>``, ``page:<id>``, ``lists`` (something entered or left the lists),
``all`` (deploy, settings).
"""

from django.db import transaction
from django.dispatch import Signal

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
    """Forget every page that shows one of ``tags``, once the running transaction is durable."""
    transaction.on_commit(lambda: purged.send(sender=None, tags=tags))


def unshared(request):
    """Say that the page of this request shows something of one reader: nobody may keep it.

    For a template tag, which cannot reach the response; ``mmul.middleware`` looks at it.
    """
    request.unshared = True


def also_shows(request, *tags):
    """Add tags to the page of this request: a template tag shows more than its view knew."""
    request.more_tags = [*getattr(request, "more_tags", []), *tags]
