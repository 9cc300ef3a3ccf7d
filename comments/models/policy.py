"""What moderators set: the rules' numbers, the words, the people who are kept out."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from kit.fields import LineField
from kit.network import network_of


class Policy(models.Model):
    """The one row of numbers. Defaults are WordPress's 7.1 (product.md 5.1)."""

    hold_all = models.BooleanField(
        "una persona approva ogni commento",
        default=False,
        help_text="Anche quelli di chi ha già commenti approvati.",
    )
    need_approved = models.BooleanField(
        "il primo commento di ognuno aspetta",
        default=True,
        help_text="Dopo il primo approvato, chi ha confermato il suo indirizzo pubblica subito.",
    )
    hold_links = models.PositiveSmallIntegerField(
        "link che bastano per far aspettare", default=2, help_text="0: i link non contano."
    )
    hold_after_days = models.PositiveSmallIntegerField(
        "giorni dopo i quali ogni commento aspetta",
        default=60,
        help_text="Contati dall’uscita dell’articolo. 0: mai.",
    )
    close_after_days = models.PositiveSmallIntegerField(
        "giorni dopo i quali i commenti si chiudono",
        default=0,
        validators=[MaxValueValidator(10_000)],
        help_text="0: mai. Per un solo articolo c’è la casella nel suo modulo.",
    )

    class Meta:
        verbose_name = "regole dei commenti"
        verbose_name_plural = "regole dei commenti"

    def __str__(self):
        return "Regole dei commenti"

    @classmethod
    def current(cls):
        """The row, or the defaults while nobody saved one."""
        return cls.objects.first() or cls()


class Word(models.Model):
    """A word that holds a comment or throws it away. Readers never see which one."""

    class Effect(models.TextChoices):
        HOLD = "hold", "fa aspettare"
        TRASH = "trash", "manda nel cestino"

    text = LineField("parola o frase", max_length=200)
    effect = models.CharField("effetto", choices=Effect, default=Effect.HOLD, max_length=5)
    whole = models.BooleanField(
        "solo parola intera",
        default=True,
        help_text="Senza, «press» trova anche WordPress.",
    )
    note = LineField("nota", max_length=200, blank=True)

    class Meta:
        verbose_name = "parola"
        verbose_name_plural = "parole"
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(fields=["text", "effect"], name="comments_word_once")
        ]

    def __str__(self):
        return self.text

    def clean(self):
        if not self.text.strip():
            raise ValidationError({"text": "Scrivi almeno una lettera."})


class BlockQuerySet(models.QuerySet):
    def standing(self, at):
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at))


class Block(models.Model):
    class Kind(models.TextChoices):
        EMAIL = "email", "indirizzo e-mail"
        DOMAIN = "domain", "dominio della mail o del sito"
        NETWORK = "network", "rete"

    kind = models.CharField("che cosa", choices=Kind, max_length=7)
    value = LineField(
        "valore", max_length=254, help_text="Una rete si scrive così: 192.0.2.0/24, 2001:db8::/48."
    )
    expires_at = models.DateTimeField("fino a", null=True, blank=True, help_text="Vuoto: sempre.")
    note = LineField("nota", max_length=500, blank=True, help_text="La legge solo la redazione.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField("dal", auto_now_add=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = "blocco"
        verbose_name_plural = "blocchi"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="comments_blocked_once"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.value}"

    def clean(self):
        self.value = self.value.strip().lower().removeprefix("@").rstrip(".")
        if self.kind == self.Kind.NETWORK:
            self.value = network_of(self.value) or ""
            if not self.value:
                raise ValidationError({"value": "Non è un indirizzo di rete."})
        elif self.kind == self.Kind.EMAIL and "@" not in self.value:
            raise ValidationError({"value": "Non è un indirizzo e-mail."})
        elif self.kind == self.Kind.DOMAIN and ("@" in self.value or "." not in self.value):
            raise ValidationError({"value": "Scrivi solo il dominio: esempio.it"})
