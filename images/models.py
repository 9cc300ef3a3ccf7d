"""Pictures: our own encoding of what was uploaded, who made it, and its smaller copies."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from images import files
from kit.fields import AddressField, LineField

# How long after the last try a picture is tried again, by how many tries it has behind it.
# The first one is also the lease: a worker that was killed loses its claim after ten minutes.
WAITS = [timedelta(minutes=minutes) for minutes in (10, 20, 60, 240)]
TRIES = len(WAITS) + 1


class ImageQuerySet(models.QuerySet):
    """Adjectives choose rows."""

    def waiting(self):
        """Pictures whose smaller copies are still to be made."""
        return self.filter(rendered_at=None, failures__lt=TRIES)

    def failed(self):
        """Pictures whose smaller copies nobody will try again."""
        return self.filter(rendered_at=None, failures__gte=TRIES)

    def finished(self):
        return self.exclude(rendered_at=None)

    def due(self, now=None):
        """Waiting pictures that nobody holds at the instant ``now``, or whose wait is over."""
        now = now or timezone.now()
        # A claim from the future is a clock that was set back.
        free = Q(claimed_at=None) | Q(claimed_at__gt=now + WAITS[0])
        for tries, wait in enumerate(WAITS, start=1):
            free |= Q(failures=tries, claimed_at__lte=now - wait)
        return self.waiting().filter(free)

    def newest_first(self):
        return self.order_by("-created_at", "-pk")


class Image(models.Model):
    class Licence(models.TextChoices):
        OURS = "ours", "della redazione"
        CC0 = "cc0", "CC0 / pubblico dominio"
        CC_BY = "cc-by", "CC BY 4.0"
        CC_BY_SA = "cc-by-sa", "CC BY-SA 4.0"
        GPL = "gpl", "GPL / licenza libera"
        PRESS = "press", "materiale per la stampa"
        PERMISSION = "permission", "per gentile concessione"
        RESERVED = "reserved", "tutti i diritti riservati"

    class Focus(models.TextChoices):
        CENTRE = "center", "centro"
        TOP = "top", "alto"
        BOTTOM = "bottom", "basso"
        LEFT = "left", "sinistra"
        RIGHT = "right", "destra"

    # Written by people.
    title = LineField(
        "nome", max_length=200, help_text="Serve a te per ritrovarla: non esce sul sito."
    )
    alt = LineField(
        "testo alternativo",
        max_length=300,
        blank=True,
        help_text="Che cosa si vede, in una frase. Lo legge chi non vede la figura.",
    )
    decorative = models.BooleanField(
        "solo decorativa",
        default=False,
        help_text="Spunta solo se la figura non dice nulla di suo.",
    )
    credit = LineField(
        "credito", max_length=200, blank=True, help_text="Chi l’ha fatta: esce sotto la figura."
    )
    credit_url = AddressField("indirizzo del credito", blank=True)
    licence = models.CharField("licenza", max_length=10, choices=Licence, default=Licence.OURS)
    focus = models.CharField(
        "punto da non tagliare",
        max_length=6,
        choices=Focus,
        default=Focus.CENTRE,
        help_text="Quando la figura viene ritagliata in un elenco, questa parte resta.",
    )

    # Written by the house: see uploads.py and renditions.py.
    name = models.CharField(
        max_length=80, unique=True, editable=False
    )  # "ab/<40 hex>.jpg" in the media store
    width = models.PositiveIntegerField(editable=False)  # pixels, upright
    height = models.PositiveIntegerField(editable=False)
    animated = models.BooleanField("animata", default=False, editable=False)
    # [{"width": 640, "type": "image/avif", "name": "ab/<40 hex>-640.avif"}, ...], smallest first.
    renditions = models.JSONField(default=list, editable=False)
    # What other sites show, asked for by whoever uses the picture so: see crops.py.
    # [{"shape": "16x9", "width": 1200, "height": 675, "type": "image/jpeg", "name": …}, ...]
    crops = models.JSONField(default=list, editable=False)
    rendered_at = models.DateTimeField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    # Tries begun and not finished: one that kills the worker counts too.
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    error = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField("caricata", auto_now_add=True)
    # Also moved by renditions.py: whoever shows this picture looks here.
    modified_at = models.DateTimeField(auto_now=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = "figura"
        verbose_name_plural = "figure"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="images_has_size", condition=Q(width__gt=0) & Q(height__gt=0)
            ),
        ]
        indexes = [
            # The worker's question, asked every few seconds.
            models.Index(fields=["id"], name="images_waiting", condition=Q(rendered_at=None)),
        ]

    def __str__(self):
        return self.title

    @property
    def cache_tag(self):
        return f"image:{self.pk}"

    @property
    def url(self):
        """Where our own encoding is; the smaller copies are in ``renditions``."""
        return files.url(self.name)

    @property
    def file_names(self):
        return [self.name, *(copy["name"] for copy in [*self.renditions, *self.crops])]
