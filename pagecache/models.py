"""What the processes of all nodes tell each other: purges, and how the caches are doing."""
# mypy: disable-error-code="var-annotated"

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


class Tally(models.Model):
    """What one process has answered since it began; written about once a minute."""

    process = models.CharField(max_length=100, unique=True)  # node:number
    since = models.DateTimeField()
    at = models.DateTimeField()
    hits = models.PositiveBigIntegerField()
    misses = models.PositiveBigIntegerField()
    stale = models.PositiveBigIntegerField()
    passed = models.PositiveBigIntegerField()  # never looked up, or nobody's to keep
    bytes_sent = models.PositiveBigIntegerField()  # of hits, without headers
    bytes_kept = models.PositiveBigIntegerField()
    pages_kept = models.PositiveBigIntegerField()

    def __str__(self):
        return self.process
