"""Rows that belong to a story: who signed it, what it was written from, its old addresses."""

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Author
from kit import urls
from kit.fields import AddressField, LineField
from kit.text import SLUG_LENGTH


class BylineQuerySet(models.QuerySet):
    def names(self, stories):
        """Tuples ``(story, name, slug)`` of who signed ``stories`` (keys), as in their bylines."""
        rows = self.filter(article__in=stories).order_by("position", "pk")
        return rows.values_list("article", "author__name", "author__slug")


class Byline(models.Model):
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, verbose_name="firma", related_name="bylines")
    position = models.PositiveSmallIntegerField("ordine", default=0)

    objects = BylineQuerySet.as_manager()

    class Meta:
        verbose_name = "firma"
        verbose_name_plural = "firme"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "author"], name="articles_signed_once"),
        ]

    def __str__(self):
        return str(self.author)


class Source(models.Model):
    """What a story was written from. Printed in the box "Fonti"."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField("ordine", default=0)
    outlet = LineField("testata", max_length=200)
    title = LineField("titolo originale", max_length=300, blank=True)
    author = LineField("autore", max_length=200, blank=True)
    url = AddressField("indirizzo")
    original_date = models.DateField("data", null=True, blank=True)
    language = models.CharField("lingua", max_length=12, default="en")
    read_at = models.DateTimeField("letta il", null=True, blank=True)

    # Written by the house: the address in one spelling, to find stories that cite the same.
    key = models.CharField(max_length=64, default="", editable=False)

    class Meta:
        verbose_name = "fonte"
        verbose_name_plural = "fonti"
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["key"], name="articles_cites")]

    def __str__(self):
        return f"{self.outlet}: {self.title or self.url}"

    def save(self, *args, **kwargs):
        self.key = urls.key(self.url)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "key"}
        super().save(*args, **kwargs)

    def clean(self):
        if self.original_date and not 1970 <= self.original_date.year <= 2100:
            raise ValidationError({"original_date": "Scrivi una data tra il 1970 e il 2100."})


class FormerSlug(models.Model):
    """An address a published story once had: answers with one permanent redirect."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="former_slugs")
    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True)

    class Meta:
        verbose_name = "indirizzo precedente"
        verbose_name_plural = "indirizzi precedenti"

    def __str__(self):
        return self.slug
