"""Who logs in (User) and who signs (Author). One may exist without the other."""

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse

from kit.fields import AddressField, LineField, ProseField
from kit.text import free_slug, slugify_tag


class User(AbstractUser):
    username = models.CharField(
        "nome utente",
        max_length=254,
        unique=True,
        validators=[AbstractUser.username_validator],
        error_messages={"unique": "Esiste già un utente con questo nome."},
    )
    email = models.EmailField("indirizzo e-mail", max_length=254, unique=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "utente"
        verbose_name_plural = "utenti"


class Author(models.Model):
    name = LineField("nome", max_length=100, help_text="Come esce in testa agli articoli.")
    slug = models.SlugField(
        "indirizzo",
        max_length=200,
        unique=True,
        blank=True,
        help_text="La parte finale di /author/…/. Lascia vuoto: lo ricaviamo dal nome.",
    )
    biography = ProseField(
        "biografia", max_length=2000, blank=True, help_text="Esce sotto ogni suo articolo."
    )
    picture = models.ForeignKey(
        "images.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="ritratto",
        related_name="+",
    )
    website = AddressField("sito", blank=True)
    mastodon = LineField(
        "Mastodon",
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^@[\w.-]+@[\w.-]+\.\w+$", "Scrivilo così: @nome@istanza.it")],
    )
    user = models.OneToOneField(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="utente",
        related_name="author",
        help_text="Solo se questa persona entra in redazione. Un ospite non ne ha bisogno.",
    )

    class Meta:
        verbose_name = "firma"
        verbose_name_plural = "firme"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        wanted = slugify_tag(self.name)
        self.slug = self.slug or free_slug(Author, wanted, but=self.pk, fallback="firma")
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("author", args=[self.slug])

    @property
    def mastodon_url(self):
        _, name, host = self.mastodon.split("@") if self.mastodon else ("", "", "")
        return f"https://{host}/@{name}" if host else ""
