"""What search engines and hubs are still to be told: one row a change and address."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

LEASE = timedelta(minutes=5)  # a worker that was killed loses its claim after it


class PingQuerySet(models.QuerySet):
    """Adjectives choose rows."""

    def unsent(self):
        """Rows that will still be tried."""
        return self.filter(sent_at=None, failed_at=None)

    def of_kind(self, kind):
        return self.filter(kind=kind)

    def waiting(self, now):
        """Rows that were tried in vain and whose next try is still to come."""
        # A wait longer than any we write is a clock that was set back.
        return self.unsent().filter(tries__gt=0, due_at__gt=now, due_at__lte=now + MOST_WAIT)

    def due(self, now):
        """Unsent rows that no living worker holds."""
        dead = Q(claimed_at__lte=now - LEASE) | Q(claimed_at__gt=now + LEASE)
        return self.unsent().filter(Q(claimed_at=None) | dead)

    def oldest_first(self):
        return self.order_by("pk")


MOST_WAIT = timedelta(days=1)


class Ping(models.Model):
    """Made by pings.py in the transaction of the change, moved on by pinging.py."""

    class Kind(models.TextChoices):
        INDEXNOW = "indexnow", "motori di ricerca (IndexNow)"
        WEBSUB = "websub", "lettori di feed (WebSub)"

    kind = models.CharField("a chi", max_length=8, choices=Kind)
    address = models.CharField("indirizzo", max_length=2048)  # absolute, ours
    created_at = models.DateTimeField("scritto", default=timezone.now)
    due_at = models.DateTimeField("prossimo tentativo", default=timezone.now)
    tries = models.PositiveSmallIntegerField("tentativi", default=0)  # that failed
    claimed_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField("inviato", null=True)
    failed_at = models.DateTimeField("abbandonato", null=True)
    error = models.TextField("motivo", blank=True)

    objects = PingQuerySet.as_manager()

    class Meta:
        verbose_name = "avviso a motori e feed"
        verbose_name_plural = "avvisi a motori e feed"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="articles_ping_sent_or_failed", condition=Q(sent_at=None) | Q(failed_at=None)
            ),
        ]
        indexes = [
            # The worker's question, every few seconds.
            models.Index(
                fields=["kind", "id"],
                name="articles_ping_unsent",
                condition=Q(sent_at=None, failed_at=None),
            ),
        ]

    def __str__(self):
        return self.address
