"""What the processes of all nodes tell each other: purges, and how the caches are doing."""
# mypy: disable-error-code="var-annotated"

from datetime import timedelta

from django.db import models


class CurrentTransaction(models.Func):
    """Number of the running transaction on PostgreSQL; 0 on SQLite, whose rows need none.

    PostgreSQL gives row numbers before it commits, so a lower number may appear after a higher
    one. The transaction's number lets a reader know what may still come (pagecache/log.py).
    """

    arity = 0
    output_field = models.BigIntegerField()

    def as_sql(self, compiler, connection, function=None, template=None, arg_joiner=None, **extra):
        return "0", []

    def as_postgresql(self, compiler, connection, **extra):
        return "pg_current_xact_id()::text::bigint", []


class Purge(models.Model):
    """One committed change: the tags whose pages are out of date. Kept for an hour."""

    tags = models.TextField()  # with blanks between them
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    transaction = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        indexes = [
            # Four times a second and process: what may have come since the last look.
            models.Index(fields=["transaction"], name="pagecache_purge_transaction"),
        ]

    def __str__(self):
        return self.tags


class TallyQuerySet(models.QuerySet):
    """Sums over processes and nodes, for people: one query each."""

    def answered(self, now, spans):
        """Return what was answered within each of ``spans``, by name, as dicts with ``share``.

        ``spans``: ``{name: timedelta}``. A row counts when it ends within the span, so a span may
        reach back ten minutes more (pagecache/tally.py). ``since`` is None where nothing counts.
        """
        sums: dict[str, models.Aggregate] = {}
        for name, span in spans.items():
            young = models.Q(at__gt=now - span)
            sums[f"{name}_since"] = models.Min("since", filter=young)
            for column in ANSWERED:
                sums[f"{name}_{column}"] = models.Sum(column, filter=young, default=0)
        found = self.aggregate(**sums)
        return {
            name: with_share({c: found[f"{name}_{c}"] for c in ("since", *ANSWERED)})
            for name in spans
        }

    def at_work(self, now):
        """Return what the processes hold that wrote in the last minutes: of each its newest row."""
        newest = self.filter(process=models.OuterRef("process")).order_by("-since")
        rows = self.filter(at__gt=now - AT_WORK, pk=models.Subquery(newest.values("pk")[:1]))
        return rows.aggregate(
            processes=models.Count("pk"),
            pages=models.Sum("pages_kept", default=0),
            bytes=models.Sum("bytes_kept", default=0),
            bytes_most=models.Sum("bytes_most", default=0),
        )


ANSWERED = ("hits", "stale", "misses", "bytes_sent")
AT_WORK = timedelta(minutes=5)  # a process writes once a minute, while it is asked for anything


def with_share(found):
    """Add ``answers`` and ``share``, from 0 to 100: what needed no rendering. None of nothing."""
    found["answers"] = found["hits"] + found["stale"] + found["misses"]
    ready = found["hits"] + found["stale"]
    found["share"] = 100 * ready / found["answers"] if found["answers"] else None
    return found


class Tally(models.Model):
    """What one process answered from ``since`` to ``at``: some ten minutes (pagecache/tally.py)."""

    process = models.CharField(max_length=100)  # node:number
    since = models.DateTimeField()
    at = models.DateTimeField()
    hits = models.PositiveBigIntegerField()
    misses = models.PositiveBigIntegerField()
    stale = models.PositiveBigIntegerField()
    passed = models.PositiveBigIntegerField()  # never looked up, or nobody's to keep
    bytes_sent = models.PositiveBigIntegerField()  # of hits, without headers
    bytes_kept = models.PositiveBigIntegerField()  # at the end, like the two below
    bytes_most = models.PositiveBigIntegerField(db_default=0)  # what it may keep
    pages_kept = models.PositiveBigIntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = "conteggio delle pagine tenute"
        verbose_name_plural = "conteggi delle pagine tenute"
        constraints = [
            models.UniqueConstraint(
                fields=["process", "since"], name="pagecache_tally_row_of_its_time"
            ),
        ]

    def __str__(self):
        return self.process
