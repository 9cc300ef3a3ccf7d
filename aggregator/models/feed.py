"""An outside feed: where it is, what we take of it, and how it is doing."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from aggregator.rules import Wrong, read_rules
from kit import urls
from kit.fields import AddressField, LineField, ProseField

LEASE = timedelta(minutes=10)  # a poller that died half-way loses its claim then
ALERT_AFTER = timedelta(hours=24)  # of failing, and the desk is told


class FeedQuerySet(models.QuerySet):
    """Adjectives choose rows; ``for_*`` chooses columns and joins."""

    def active(self):
        return self.filter(state=Feed.State.ACTIVE)

    def in_review(self):
        """Feeds whose items readers see in the press review."""
        return self.active().filter(listed=True)

    def due(self, now):
        """To be asked now, and in nobody's hands. A lease further ahead than its length is dead."""
        free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE) | Q(claimed_at__gt=now + LEASE)
        return self.active().filter(free, next_check_at__lte=now)

    def alarming(self, now):
        # Without failures it answers, and brings more than we take: told at once.
        flooding = Q(failing_since__isnull=False, failures=0)
        return self.active().filter(Q(failing_since__lt=now - ALERT_AFTER) | flooding)


class Feed(models.Model):
    class State(models.TextChoices):
        ACTIVE = "active", "attivo"
        PAUSED = "paused", "in pausa"
        GONE = "gone", "chiuso dalla fonte"

    # Written by people.
    address = AddressField("indirizzo del feed")
    site = AddressField("sito", blank=True)
    title = LineField("testata", max_length=200, blank=True, help_text="Vuoto: lo dice il feed.")
    language = models.CharField(
        "lingua", max_length=12, blank=True, help_text="it, en, … Vuoto: la dice il feed."
    )
    category = LineField(
        "categoria", max_length=200, blank=True, help_text="Livelli con la barra: Linux/Kernel."
    )
    licence = LineField("licenza o permesso", max_length=200, blank=True)
    contact = LineField("contatto", max_length=200, blank=True)
    note = ProseField("nota", max_length=5000, blank=True)
    keep_rules = ProseField(
        "tieni solo",
        max_length=5000,
        blank=True,
        help_text="Una regola per riga, per esempio «titolo: kernel». Vuoto: tiene tutto.",
    )
    drop_rules = ProseField(
        "scarta", max_length=5000, blank=True, help_text="Come sopra: vince su «tieni solo»."
    )
    state = models.CharField("stato", choices=State, default=State.ACTIVE, max_length=6)
    listed = models.BooleanField(
        "nella rassegna", default=True, help_text="Senza, le sue notizie le vede solo la redazione."
    )

    # Written by the house: the address in one spelling, so that nothing is added twice.
    key = models.CharField(max_length=64, unique=True, editable=False)

    # Written by polling.py, one narrow UPDATE at a time.
    etag = models.CharField(max_length=1000, blank=True, editable=False)
    last_modified = models.CharField(max_length=200, blank=True, editable=False)
    body_hash = models.CharField(max_length=64, blank=True, editable=False)
    ttl_minutes = models.PositiveIntegerField(default=0, editable=False)
    next_check_at = models.DateTimeField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField("ultimo tentativo", null=True, editable=False)
    succeeded_at = models.DateTimeField("ultima risposta buona", null=True, editable=False)
    changed_at = models.DateTimeField("ultima notizia nuova", null=True, editable=False)
    failing_since = models.DateTimeField("non va dal", null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    error = models.CharField("che cosa non va", max_length=500, blank=True, editable=False)
    # Feeds that a page named, where the address turned out to be a page: [{"url", "title"}].
    found = models.JSONField(default=list, editable=False)
    moved_to = models.CharField(max_length=2048, blank=True, editable=False)
    moved_times = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = "fonte"
        verbose_name_plural = "fonti"
        ordering = ["title", "pk"]
        indexes = [
            # The worker's question, several times a minute.
            models.Index(
                fields=["next_check_at"], name="aggregator_due", condition=Q(state="active")
            ),
        ]

    def __str__(self):
        return self.title or self.host

    @property
    def host(self):
        return urls.host(self.address)

    def clean(self):
        self.key = urls.key(self.address)
        if self.address and not self.key:
            raise ValidationError({"address": "L’indirizzo non si può usare: serve http o https."})
        same = Feed.objects.filter(key=self.key).exclude(pk=self.pk).first()
        if same:
            raise ValidationError({"address": f"C’è già, con un altro nome o quasi: {same}."})
        for name in ("keep_rules", "drop_rules"):
            try:
                read_rules(getattr(self, name))
            except Wrong as error:
                raise ValidationError({name: str(error)}) from None

    def save(self, *args, **kwargs):
        columns = kwargs.get("update_fields")
        if columns is None or "address" in columns:
            self.key = urls.key(self.address)
            kwargs |= {"update_fields": {*columns, "key"}} if columns is not None else {}
        super().save(*args, **kwargs)

    def is_alarming(self, now):
        late = self.failing_since and self.failing_since < now - ALERT_AFTER
        return bool(late or (self.failing_since and not self.failures))


class HostPause(models.Model):
    """A host that asked to be left alone (429, 503 with Retry-After), for all its feeds."""

    host = models.CharField(max_length=253, unique=True)
    until = models.DateTimeField()
    times = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = [F("until").desc()]

    def __str__(self):
        return self.host


class Submission(models.Model):
    """Somebody asks that a feed be listed or taken away; decided by an editor."""

    class Kind(models.TextChoices):
        ADD = "add", "aggiungere"
        REMOVE = "remove", "togliere"

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "da confermare"
        WAITING = "waiting", "da decidere"
        ACCEPTED = "accepted", "accettata"
        REFUSED = "refused", "rifiutata"

    kind = models.CharField("che cosa", choices=Kind, max_length=6)
    address = AddressField("indirizzo")
    email = models.EmailField("e-mail", max_length=254)
    note = ProseField("nota", max_length=1000, blank=True)
    state = models.CharField("stato", choices=State, default=State.UNCONFIRMED, max_length=11)
    network = models.CharField(max_length=43, editable=False)
    at = models.DateTimeField("quando")
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "richiesta"
        verbose_name_plural = "richieste"
        ordering = ["-at"]
        indexes = [models.Index(fields=["network", "at"], name="aggregator_asked_from")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.address}"
