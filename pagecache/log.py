"""The purge log: a change that commits carries its purge in the same transaction."""

from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from pagecache.models import Purge, Tally

KEEP = timedelta(hours=1)  # who has not looked for so long forgets everything
TALLY_KEEP = timedelta(days=1)


def write(tags):
    """Add a row for ``tags``. It becomes visible with the change itself, never before."""
    Purge.objects.create(tags=" ".join(tags))


class Reader:
    """Gives every committed row once, however long its transaction stayed open.

    On SQLite writers stand in a queue, so numbers are in the order of commits. On PostgreSQL
    all transactions below the oldest open one are over; what is above is read again next time,
    and ``seen`` tells what is new.

    ``choose()`` names the database that pages are read from. A purge counts when that one knows
    the change: a page made from a replica that lags must not be kept past it.
    """

    def __init__(self, choose=lambda: DEFAULT_DB_ALIAS):
        self.choose = choose
        self.alias = None
        self.position = None
        self.seen = set()

    def read(self):
        """Return the tags of new rows, a list of lists. The first time only takes its place.

        Raises what the database raises; the next call opens a new connection.
        """
        before, self.alias = self.alias, self.choose()
        if self.alias != before and before is not None:
            self.position, self.seen = None, set()
        moved = self.position is None and before is not None
        connection = connections[self.alias]
        if not connection.in_atomic_block:  # a test, reading in its own transaction
            connection.close_if_unusable_or_obsolete()
        try:
            if connection.vendor == "postgresql":
                found = self._read_by_transaction(connection)
            else:
                found = self._read_by_number()
        except Exception:
            connection.close()
            raise
        # What the other database knew, or did not know, cannot be told apart: all is forgotten.
        return [["all"]] if moved else found

    def _read_by_number(self):
        rows = Purge.objects.using(self.alias).order_by("pk")
        if self.position is None:
            self.position = rows.values_list("pk", flat=True).last() or 0
            return []
        found = list(rows.filter(pk__gt=self.position).values_list("pk", "tags"))
        if found:
            self.position = found[-1][0]
        return [tags.split() for _, tags in found]

    def _read_by_transaction(self, connection):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            oldest_open = cursor.fetchone()[0]
        first = self.position is None
        since = oldest_open if first else self.position
        rows = Purge.objects.using(self.alias).filter(transaction__gte=since).order_by("pk")
        found = list(rows.values_list("pk", "tags", "transaction"))
        new = [tags.split() for pk, tags, _ in found if pk not in self.seen]
        self.position = oldest_open
        self.seen = {pk for pk, _, transaction in found if transaction >= oldest_open}
        return [] if first else new


def forget_due(at=None):
    """Delete old rows of the log and of the tallies; return how many."""
    at = at or timezone.now()
    done = Purge.objects.filter(at__lt=at - KEEP).delete()[0]
    return done + Tally.objects.filter(at__lt=at - TALLY_KEEP).delete()[0]
