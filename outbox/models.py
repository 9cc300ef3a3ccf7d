"""Mail as rows: what is to be sent, what was, and what came of it."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

LEASE = timedelta(minutes=10)  # a worker that was killed loses its claim after it
SUBJECT_LENGTH = 150  # characters


class MessageQuerySet(models.QuerySet):
    """Adjectives choose rows."""

    def unsent(self):
        """Rows that will still be tried."""
        return self.filter(sent_at=None, failed_at=None)

    def sent(self):
        return self.exclude(sent_at=None)

    def failed(self):
        """Rows that nobody will try again."""
        return self.exclude(failed_at=None)

    def untried(self):
        return self.unsent().filter(tries=0)

    def troubled(self):
        """Unsent rows with at least one try behind them."""
        return self.unsent().filter(tries__gt=0)

    def unclaimed(self, now=None):
        """Rows no living worker holds at the instant ``now``."""
        now = now or timezone.now()
        # A claim further ahead than its own length is a clock that was set back (D5).
        dead = Q(claimed_at__lte=now - LEASE) | Q(claimed_at__gt=now + LEASE)
        return self.filter(Q(claimed_at=None) | dead)

    def due(self, now=None):
        """Unsent rows whose time has come and that nobody holds."""
        now = now or timezone.now()
        return self.unsent().unclaimed(now).filter(due_at__lte=now)

    def overdue(self, now=None):
        """Unsent rows that should have left by now: their time has come, or a try failed."""
        return self.unsent().filter(Q(due_at__lte=now or timezone.now()) | Q(tries__gt=0))

    def longest_due_first(self):
        return self.order_by("due_at", "pk")

    def without_words(self):
        """Enough for a list: no text, no HTML, no headers, which may hold links of one person."""
        return self.defer("text", "html", "headers")


class Message(models.Model):
    """One mail to one person. Made by posting.py, moved on by sending.py, by nobody else."""

    to = models.EmailField("destinatario", max_length=254)
    subject = models.CharField("oggetto", max_length=SUBJECT_LENGTH)
    text = models.TextField(blank=True, editable=False)  # emptied once sent
    html = models.TextField(blank=True, editable=False)
    headers = models.JSONField(default=dict, blank=True, editable=False)
    sender = models.CharField("mittente", max_length=400, blank=True)  # blank: the site's own
    # "occasion:comment:recipient": nobody is told the same thing twice (M3).
    key = models.CharField(max_length=120, unique=True, null=True, blank=True, editable=False)
    about = models.CharField("riguarda", max_length=80, blank=True)  # "comment:12"
    created_at = models.DateTimeField("scritto", default=timezone.now)
    due_at = models.DateTimeField("prossimo tentativo", default=timezone.now)
    tries = models.PositiveSmallIntegerField("tentativi", default=0)  # that failed
    tried_at = models.DateTimeField("ultimo tentativo", null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField("inviato", null=True, blank=True)
    failed_at = models.DateTimeField("abbandonato", null=True, blank=True)
    error = models.TextField("motivo", blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "messaggio"
        verbose_name_plural = "messaggi"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="outbox_sent_or_failed", condition=Q(sent_at=None) | Q(failed_at=None)
            ),
        ]
        indexes = [
            # The worker's question, asked every few seconds.
            models.Index(
                fields=["due_at", "id"],
                name="outbox_due",
                condition=Q(sent_at=None, failed_at=None),
            ),
            # How many in the last minute, asked before each mail.
            models.Index(fields=["tried_at"], name="outbox_tried_lately"),
            models.Index(fields=["about"], name="outbox_about"),
        ]

    def __str__(self):
        return self.subject
