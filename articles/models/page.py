"""Static pages: Chi siamo, Contatti, Privacy."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from articles.models.body import Body
from kit.fields import LineField
from kit.text import slugify

# First segments that the site uses itself; a page with such a slug would never be reached.
RESERVED = {
    "admin", "anteprima", "author", "category", "cerca", "commenti", "comments", "feed", "media",
    "oembed", "page", "rassegna", "search", "serie", "static", "tag", "account",
}  # fmt: skip


class PageQuerySet(models.QuerySet):
    def visible(self):
        return self.filter(published=True)


class Page(Body):
    title = LineField("titolo", max_length=250)
    slug = models.SlugField(
        "indirizzo",
        max_length=200,
        unique=True,
        blank=True,
        error_messages={"unique": "Esiste già una pagina con questo indirizzo."},
    )
    published = models.BooleanField("pubblica", default=True)
    menu_order = models.PositiveSmallIntegerField(
        "posto in fondo al sito", null=True, blank=True, help_text="Vuoto: non sta in fondo."
    )

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = "pagina"
        verbose_name_plural = "pagine"
        ordering = ["menu_order", "title"]

    def __str__(self):
        return self.title

    def clean(self):
        self.slug = self.slug or slugify(self.title)
        if self.slug in RESERVED or self.slug.isdigit():
            raise ValidationError({"slug": "Questo indirizzo serve al sito: scegline un altro."})

    def save(self, *args, **kwargs):
        self.slug = self.slug or slugify(self.title)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("page", args=[self.slug])

    @property
    def cache_tag(self):
        return f"page:{self.pk}"
